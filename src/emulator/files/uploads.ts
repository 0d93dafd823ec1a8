/**
 * Uploads under way, by the id in their URL. Bytes come in order: the offset of a part must be what is
 * there already. An upload that ended, or never was, is unknown.
 */
import { randomUUID } from 'node:crypto';

export interface UploadStart {
  readonly project: string;
  readonly apiVersion: string;
  /** Chosen by the caller, without `files/`. */
  readonly id?: string;
  readonly displayName?: string;
  readonly mimeType: string;
}

export interface Upload extends UploadStart {
  readonly parts: Buffer[];
  received: number;
}

export class Uploads {
  #open = new Map<string, Upload>();

  start(start: UploadStart): string {
    const uploadId = randomUUID();
    this.#open.set(uploadId, { ...start, parts: [], received: 0 });
    return uploadId;
  }

  get(uploadId: string): Upload | undefined {
    return this.#open.get(uploadId);
  }

  end(uploadId: string): void {
    this.#open.delete(uploadId);
  }

  reset(): void {
    this.#open = new Map();
  }
}
