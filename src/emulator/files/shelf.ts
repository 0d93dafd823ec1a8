/**
 * The files of every project. An expired file is gone, for whoever asks for it; where expired files are
 * kept, it is still listed, takes its storage and can be deleted, as one's own forgotten files do.
 * Lookups end in the file, or in nothing for the unknown, the expired and the foreign alike.
 */
import type { StoredFile } from './stored-file.ts';
import { fileId } from './stored-file.ts';

export interface ShelfRules {
  readonly seed: string;
  readonly lifetimeMs: number;
  readonly processingMs: number;
  readonly storageBytes: number;
  readonly keepExpired: boolean;
}

export interface NewFile {
  readonly project: string;
  /** Chosen by the caller; absent: the shelf makes one. */
  readonly id?: string;
  readonly displayName?: string;
  readonly mimeType: string;
  readonly bytes: Buffer;
  readonly fails: boolean;
  /** Made by the provider. */
  readonly generated?: boolean;
}

export class FileShelf {
  readonly #rules: ShelfRules;
  #files = new Map<string, StoredFile>();
  #made = 0;

  constructor(rules: ShelfRules) {
    this.#rules = rules;
  }

  add(file: NewFile, now: number): StoredFile {
    this.#made += 1;
    const stored: StoredFile = {
      ...file,
      id: file.id ?? fileId(this.#rules.seed, 'file', this.#made, now),
      n: this.#made,
      createdAt: now,
      readyAt: now + this.#rules.processingMs,
      expiresAt: now + this.#rules.lifetimeMs,
    };
    this.#files.set(stored.id, stored);
    return stored;
  }

  /** A file that this project may use. */
  find(project: string, id: string, now: number): StoredFile | undefined {
    const file = this.#files.get(id);
    return file && file.project === project && now < file.expiresAt ? file : undefined;
  }

  /** Whether an id is taken, by whatever project. */
  has(id: string, now: number): boolean {
    this.#forget(now);
    return this.#files.has(id);
  }

  /** Deletes a file of this project; says whether there was one. */
  delete(project: string, id: string, now: number): boolean {
    this.#forget(now);
    return this.#files.get(id)?.project === project && this.#files.delete(id);
  }

  /** Newest first, as the provider lists them. */
  list(project: string, now: number): readonly StoredFile[] {
    return this.all(now).filter((file) => file.project === project);
  }

  all(now: number): readonly StoredFile[] {
    this.#forget(now);
    return [...this.#files.values()].toReversed();
  }

  fits(project: string, bytes: number, now: number): boolean {
    const used = this.list(project, now).reduce((sum, file) => sum + file.bytes.length, 0);
    return used + bytes <= this.#rules.storageBytes;
  }

  get storageBytes(): number {
    return this.#rules.storageBytes;
  }

  /** Makes a file, or all of them, expire now; says how many did. */
  expire(id: string | undefined, now: number): number {
    const meant = [...this.#files.values()].filter(
      (file) => (id === undefined || file.id === id) && file.expiresAt > now,
    );
    for (const file of meant) file.expiresAt = now;
    return meant.length;
  }

  /** Takes away what has expired, kept or not. */
  sweep(now: number): number {
    const before = this.#files.size;
    for (const file of this.#files.values()) {
      if (file.expiresAt <= now) this.#files.delete(file.id);
    }
    return before - this.#files.size;
  }

  reset(): void {
    this.#files = new Map();
  }

  #forget(now: number): void {
    if (!this.#rules.keepExpired) this.sweep(now);
  }
}
