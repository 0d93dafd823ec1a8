/**
 * A store that kills its own process at a chosen moment: between an answer and its storing, or between
 * the stored outcome and the completion of the task. SIGKILL, so nothing gets to say goodbye.
 */
import type { ArtifactRef } from '../../src/domain/artifact.ts';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import type { WorkerSettings } from './worker-settings.ts';

async function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return await new Promise<never>(() => undefined);
}

export class MortalStore extends FileArtifactStore {
  readonly #diesAt: NonNullable<WorkerSettings['diesAt']>;
  #fenceClosed = false;

  constructor(directory: string, diesAt: NonNullable<WorkerSettings['diesAt']>) {
    super(directory);
    this.#diesAt = diesAt;
  }

  override async put(bytes: Uint8Array, mime: string, signal?: AbortSignal): Promise<ArtifactRef> {
    // The first thing stored after a fence is the answer.
    if (this.#diesAt === 'answer-received' && this.#fenceClosed) return await die();
    return await super.put(bytes, mime, signal);
  }

  override async createRecord(name: string, value: unknown): Promise<'created' | 'exists'> {
    // Between the creation of a batch job and its record.
    if (this.#diesAt === 'batch-created' && /^batches\/.*\/created$/.test(name)) return await die();
    const created = await super.createRecord(name, value);
    if (name.endsWith('/fence')) this.#fenceClosed = true;
    if (this.#diesAt === 'outcome-stored' && name.endsWith('/outcome')) return await die();
    return created;
  }
}
