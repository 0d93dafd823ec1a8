/**
 * A file store with moods: writes fail as a full disk does while it is told to. Reads go on, as they do
 * on a full or read-only disk.
 */
import { existsSync } from 'node:fs';
import { StoreUnavailable } from '../../src/artifacts/errors.ts';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import type { ArtifactRef } from '../../src/domain/artifact.ts';

export const FULL = 'the disk of the artifact store is full — operator: free space';

export class MoodyStore extends FileArtifactStore {
  /**
   * Which writes fail now. `images`: those of pictures; `answers`: everything but the fence, so that a
   * call can still be made.
   */
  full: 'no' | 'images' | 'answers' | 'all' = 'no';
  /** How often a write was refused. */
  refused = 0;
  readonly #sign: string | undefined;

  /** @param sign While a file stands there, answers cannot be stored: moods for another process. */
  constructor(directory: string, sign?: string) {
    super(directory);
    this.#sign = sign;
  }

  override async put(bytes: Uint8Array, mime: string, signal?: AbortSignal): Promise<ArtifactRef> {
    const mood = this.#mood();
    this.#complain(mood === 'images' ? mime.startsWith('image/') : mood !== 'no');
    return await super.put(bytes, mime, signal);
  }

  override async createRecord(name: string, value: unknown): Promise<'created' | 'exists'> {
    const mood = this.#mood();
    this.#complain(mood === 'all' || (mood === 'answers' && !name.endsWith('/fence')));
    return await super.createRecord(name, value);
  }

  #mood(): MoodyStore['full'] {
    return this.#sign !== undefined && existsSync(this.#sign) ? 'answers' : this.full;
  }

  #complain(refuse: boolean): void {
    if (!refuse) return;
    this.refused += 1;
    throw new StoreUnavailable(FULL);
  }
}
