/**
 * What was uploaded already, as the store keeps it. A generation's own files are known by the attempt that first
 * wanted them; a session's serve all its turns while they last, each upload of an image a record of its own.
 */
import type { ArtifactStore } from '../src/artifacts/store.ts';
import type { UploadInput } from '../src/contract/generation.ts';
import type { UploadedInput } from '../src/domain/request.ts';
import { FILE_MARGIN_MS } from '../src/domain/request.ts';

/** A file lives two days, so that these are years. */
const MOST_UPLOADS = 1_000;

interface Kept extends UploadedInput {
  /** `<generation>/<series>`: what it was uploaded for. */
  readonly for?: string;
  /** It could be used at once: nobody needs to look whether it can be by now. */
  readonly active?: true;
}

export interface Shelved {
  readonly file: UploadedInput;
  readonly isActive: boolean;
}

export class UploadRecords {
  readonly isSession: boolean;
  readonly #store: ArtifactStore;
  readonly #name: string;
  readonly #for: string;
  readonly #isAnew: boolean;
  #at = 0;

  constructor(store: ArtifactStore, input: UploadInput, route: string, sha256: string) {
    const { generationId, series, request, move } = input;
    const session = request.conversation?.session;
    this.#store = store;
    this.isSession = session !== undefined;
    this.#for = `${generationId}/${series}`;
    this.#name = `uploads/${session ?? this.#for}/${route}/${sha256}`;
    this.#isAnew = move.kind === 'remedy' && move.remedy === 're-upload';
  }

  /** The next file that may still be there; undefined where there is none any more. */
  async next(): Promise<Shelved | undefined> {
    for (; this.#at < MOST_UPLOADS; this.#at += 1) {
      const kept = (await this.#store.readRecord(this.#record)) as Kept | undefined;
      if (kept === undefined) return undefined;
      if (!this.isSession) {
        this.#at = MOST_UPLOADS;
        return { file: kept, isActive: false };
      }
      const isFresh = kept.expiresAt - FILE_MARGIN_MS > Date.now();
      if (!isFresh || (this.#isAnew && kept.for !== this.#for)) continue;
      this.#at += 1;
      const { for: _for, active, ...file } = kept;
      return { file, isActive: active === true };
    }
    return undefined;
  }

  async keep(uploaded: UploadedInput, isActive: boolean): Promise<void> {
    if (!this.isSession) {
      await this.#store.createRecord(this.#name, uploaded);
      return;
    }
    const kept: Kept = { ...uploaded, for: this.#for, ...(isActive ? { active: true } : {}) };
    // Another turn may have kept one meanwhile; both files are good.
    for (; this.#at < MOST_UPLOADS; this.#at += 1) {
      if ((await this.#store.createRecord(this.#record, kept)) === 'created') return;
    }
  }

  get #record(): string {
    return this.isSession ? `${this.#name}/${this.#at}` : this.#name;
  }
}
