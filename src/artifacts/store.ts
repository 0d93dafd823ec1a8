/**
 * The artifact store port. Two kinds of things live in it, both written once:
 * - artifacts: bytes addressed by their SHA-256, verified on read;
 * - records: small JSON under a name, created only if absent (fences, answers, indexes, provenance).
 *
 * Write-once is what makes the fence (design section 15) and idempotency (I11) work without locks:
 * of two writers of one record exactly one is told `created`.
 */
import type { ArtifactRef } from '../domain/artifact.ts';

export interface ArtifactStore {
  /** For error messages: `file:///…`, `memory`, `s3://bucket/prefix`. No secrets. */
  describe(): string;

  /** Stores bytes; storing the same bytes twice is one artifact. Throws {@link StoreUnavailable}. */
  put(bytes: Uint8Array, mime: string, signal?: AbortSignal): Promise<ArtifactRef>;

  /**
   * Reads a whole artifact and checks its hash.
   * Throws {@link ArtifactMissing}, {@link ArtifactCorrupt}, {@link StoreUnavailable}.
   */
  get(sha256: string, signal?: AbortSignal): Promise<Uint8Array>;

  /** Streams an artifact; the stream errors at its end with {@link ArtifactCorrupt} on a bad hash. */
  open(sha256: string, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>>;

  has(sha256: string): Promise<boolean>;

  /** Reference of an artifact of which only the hash is known; undefined when there is none. */
  stat(sha256: string): Promise<ArtifactRef | undefined>;

  /**
   * Creates a record unless the name is taken (atomic, also between processes and hosts).
   * Names are `/`-separated; each segment may hold any text, the store escapes it.
   */
  createRecord(name: string, value: unknown): Promise<'created' | 'exists'>;

  /** Reads a record; undefined when there is none. */
  readRecord(name: string): Promise<unknown>;

  /** Names of records below a prefix (`attempts/abc/`), in lexical order, at most `limit`. */
  listRecords(prefix: string, options?: { readonly limit?: number }): Promise<readonly string[]>;

  /** Writes, reads back and removes a probe; throws {@link StoreUnavailable} with the cure. */
  checkWritable(): Promise<void>;
}
