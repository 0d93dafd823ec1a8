/**
 * The artifact store in one process's memory: for tests, demos and callers who keep nothing. Same
 * semantics as the others, no durability; what is put in or handed out is a copy.
 */
import type { ArtifactRef } from '../domain/artifact.ts';
import { ArtifactCorrupt, ArtifactMissing, StoreUnavailable } from './errors.ts';
import { decodeRecord, encodeRecord } from './record.ts';
import { sha256 as hash } from './sha256.ts';
import type { ArtifactStore } from './store.ts';

const STREAM_CHUNK_BYTES = 256 * 1024;

interface Stored {
  readonly mime: string;
  readonly bytes: Uint8Array;
}

export interface MemoryArtifactStoreOptions {
  /**
   * Artifacts and records together may hold this many bytes, then the store is full.
   * @default Infinity
   */
  readonly maxBytes?: number;
}

export class MemoryArtifactStore implements ArtifactStore {
  private readonly artifacts = new Map<string, Stored>();
  private readonly records = new Map<string, Uint8Array>();
  private readonly maxBytes: number;
  private usedBytes = 0;

  constructor(options: MemoryArtifactStoreOptions = {}) {
    this.maxBytes = options.maxBytes ?? Infinity;
  }

  describe(): string {
    return 'memory';
  }

  async put(bytes: Uint8Array, mime: string, signal?: AbortSignal): Promise<ArtifactRef> {
    // The copy is made before anything is awaited, so that hash and bytes belong together.
    const copy = new Uint8Array(bytes);
    const sha256 = await hash(copy);
    signal?.throwIfAborted();
    const before = this.artifacts.get(sha256);
    if (before === undefined) this.take(copy.length, `store ${copy.length} bytes`);
    this.artifacts.set(sha256, { mime: before?.mime ?? mime, bytes: copy });
    return { sha256, mime, bytes: copy.length };
  }

  async get(sha256: string, signal?: AbortSignal): Promise<Uint8Array> {
    const copy = new Uint8Array(this.find(sha256).bytes);
    await verify(sha256, copy);
    signal?.throwIfAborted();
    return copy;
  }

  async open(sha256: string, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const { bytes } = this.find(sha256);
    let at = 0;
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      signal?.throwIfAborted();
      if (at < bytes.length) {
        controller.enqueue(bytes.slice(at, at + STREAM_CHUNK_BYTES));
        at += STREAM_CHUNK_BYTES;
        return;
      }
      await verify(sha256, bytes);
      controller.close();
    };
    return new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
  }

  async has(sha256: string): Promise<boolean> {
    return this.artifacts.has(sha256);
  }

  async stat(sha256: string): Promise<ArtifactRef | undefined> {
    const stored = this.artifacts.get(sha256);
    return stored && { sha256, mime: stored.mime, bytes: stored.bytes.length };
  }

  async createRecord(name: string, value: unknown): Promise<'created' | 'exists'> {
    const bytes = encodeRecord(name, value);
    if (this.records.has(name)) return 'exists';
    this.take(bytes.length, `write record ${name}`);
    this.records.set(name, bytes);
    return 'created';
  }

  async readRecord(name: string): Promise<unknown> {
    const bytes = this.records.get(name);
    return bytes && decodeRecord(new TextDecoder().decode(bytes), name).value;
  }

  async listRecords(prefix: string, options?: { readonly limit?: number }): Promise<readonly string[]> {
    return [...this.records.keys()]
      .filter((name) => name.startsWith(prefix))
      .sort()
      .slice(0, options?.limit);
  }

  async checkWritable(): Promise<void> {
    const probe = 1;
    this.take(probe, 'write a probe');
    this.usedBytes -= probe;
  }

  private find(sha256: string): Stored {
    const stored = this.artifacts.get(sha256);
    if (stored !== undefined) return stored;
    throw new ArtifactMissing(
      `artifact ${JSON.stringify(sha256)} is not in this process's memory — caller: check the reference, and that one process made and reads it`,
    );
  }

  private take(bytes: number, action: string): void {
    if (this.usedBytes + bytes > this.maxBytes) {
      throw new StoreUnavailable(
        `artifact store memory: cannot ${action} (${this.usedBytes} of maxBytes ${this.maxBytes} are used) — operator: raise maxBytes or use a store on disk`,
      );
    }
    this.usedBytes += bytes;
  }
}

async function verify(expected: string, bytes: Uint8Array): Promise<void> {
  const actual = await hash(bytes);
  if (actual === expected) return;
  throw new ArtifactCorrupt(`artifact ${expected} in memory no longer has its hash (${actual})`);
}
