/**
 * The artifact store on a file system. For more than one host the directory must be shared (NFS or
 * the like): the fence (design section 15) and idempotency (I11) hold only among those who see it.
 *
 * ```
 * <directory>/sha256/ab/cdef…        the bytes, named by their hash
 *             sha256/ab/cdef….mime   their type, one line
 *             records/<name>.json    { name, value }
 *             tmp/                   files being written
 * ```
 * Everything appears whole or not at all, is flushed to the disk before its writer is told so (I2),
 * and is verified on read. Failures: {@link StoreUnavailable} (worth repeating), {@link ArtifactMissing},
 * {@link ArtifactCorrupt}.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactRef } from '../domain/artifact.ts';
import {
  discard,
  discardGarbage,
  makeDirectory,
  present,
  publish,
  publishFirst,
  writeTemporary,
} from './atomic-file.ts';
import { ArtifactCorrupt, ArtifactMissing, StoreUnavailable } from './errors.ts';
import { FileRecords } from './file-records.ts';
import { encodeRecord } from './record.ts';
import { CHUNK_BYTES, isSha256 } from './sha256.ts';
import type { ArtifactStore } from './store.ts';
import { errorCode, storeFailure } from './store-failure.ts';

const UNKNOWN_MIME = 'application/octet-stream';

export class FileArtifactStore implements ArtifactStore {
  readonly #root: string;
  readonly #artifacts: string;
  readonly #temporary: string;
  readonly #records: FileRecords;
  #prepared: Promise<void> | undefined;

  /** @param directory Created on first use; relative paths are resolved now. */
  constructor(directory: string) {
    this.#root = resolve(directory);
    this.#artifacts = join(this.#root, 'sha256');
    this.#temporary = join(this.#root, 'tmp');
    this.#records = new FileRecords(join(this.#root, 'records'), this.#temporary);
  }

  describe(): string {
    return pathToFileURL(this.#root).href;
  }

  async put(bytes: Uint8Array, mime: string, signal?: AbortSignal): Promise<ArtifactRef> {
    const size = bytes.length;
    return await this.#guard(`store ${size} bytes`, async () => {
      const temporary = await writeTemporary(this.#temporary, bytes, signal);
      const { sha256 } = temporary;
      try {
        if (temporary.bytes !== size) throw new TypeError('the bytes were moved away while being stored');
        const path = this.#artifact(sha256);
        // Renaming over the same content is harmless, and heals a copy that the disk has damaged.
        await publish(temporary, path);
        await this.#noteMime(path, mime);
      } catch (error) {
        await discard(temporary.path);
        throw error;
      }
      return { sha256, mime, bytes: size };
    });
  }

  /** A convenience for those who have only the hash, so a crash may cost it; the newline ends it. */
  async #noteMime(path: string, mime: string): Promise<void> {
    try {
      await writeFile(`${path}.mime`, `${mime}\n`, { flag: 'wx' });
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }

  async get(sha256: string, signal?: AbortSignal): Promise<Uint8Array> {
    return await this.#guard(`read artifact ${sha256}`, async () => {
      const handle = await this.#openArtifact(sha256);
      try {
        const hash = createHash('sha256');
        const bytes = new Uint8Array((await handle.stat()).size);
        for (let at = 0; at < bytes.length;) {
          signal?.throwIfAborted();
          const { bytesRead } = await handle.read(bytes, at, Math.min(CHUNK_BYTES, bytes.length - at), at);
          if (bytesRead === 0) break;
          hash.update(bytes.subarray(at, at + bytesRead));
          at += bytesRead;
        }
        this.#verify(sha256, hash.digest('hex'));
        return bytes;
      } finally {
        await handle.close();
      }
    });
  }

  async open(sha256: string, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return await this.#guard(`read artifact ${sha256}`, async () => {
      const handle = await this.#openArtifact(sha256);
      return this.#stream(sha256, handle, signal);
    });
  }

  #stream(sha256: string, handle: FileHandle, signal?: AbortSignal): ReadableStream<Uint8Array> {
    const hash = createHash('sha256');
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      try {
        signal?.throwIfAborted();
        const chunk = new Uint8Array(CHUNK_BYTES / 4);
        const { bytesRead } = await handle.read(chunk, 0, chunk.length);
        if (bytesRead > 0) {
          hash.update(chunk.subarray(0, bytesRead));
          controller.enqueue(chunk.subarray(0, bytesRead));
          return;
        }
        await handle.close();
        this.#verify(sha256, hash.digest('hex'));
        controller.close();
      } catch (error) {
        await handle.close().catch(() => undefined);
        controller.error(storeFailure(error, this.describe(), `read artifact ${sha256}`));
      }
    };
    return new ReadableStream<Uint8Array>({ pull, cancel: () => handle.close() }, { highWaterMark: 0 });
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.stat(sha256)) !== undefined;
  }

  async stat(sha256: string): Promise<ArtifactRef | undefined> {
    if (!isSha256(sha256)) return undefined;
    return await this.#guard(`look up artifact ${sha256}`, async () => {
      const path = this.#artifact(sha256);
      const file = await present(this.#records.directory, () => stat(path));
      if (file === undefined) return undefined;
      const line = await readFile(`${path}.mime`, 'utf8').catch(() => '');
      return { sha256, mime: line.endsWith('\n') ? line.trimEnd() : UNKNOWN_MIME, bytes: file.size };
    });
  }

  async createRecord(name: string, value: unknown): Promise<'created' | 'exists'> {
    const record = encodeRecord(name, value);
    return await this.#guard(`write record ${name}`, async () =>
      (await this.#records.create(name, record)) ? 'created' : 'exists',
    );
  }

  async readRecord(name: string): Promise<unknown> {
    return await this.#guard(`read record ${name}`, () => this.#records.read(name));
  }

  async listRecords(prefix: string, options?: { readonly limit?: number }): Promise<readonly string[]> {
    const names = await this.#guard(`list records below ${prefix}`, () => this.#records.list(prefix));
    return names.slice(0, options?.limit);
  }

  async checkWritable(): Promise<void> {
    const probe = new TextEncoder().encode(`probe of process ${process.pid}\n`);
    await this.#guard('write a probe', async () => {
      const temporary = await writeTemporary(this.#temporary, probe);
      const path = `${temporary.path}.linked`;
      try {
        // Linking is what records stand on, and some file systems that can write cannot link.
        await publishFirst(temporary, path);
        const back = await readFile(path);
        if (!back.equals(probe)) {
          throw new StoreUnavailable(
            `artifact store ${this.describe()}: ${path} does not read back as it was written — operator: check the disk or the file server`,
          );
        }
      } finally {
        await discard(path);
      }
    });
  }

  #artifact(sha256: string): string {
    return join(this.#artifacts, sha256.slice(0, 2), sha256.slice(2));
  }

  async #openArtifact(sha256: string): Promise<FileHandle> {
    const path = isSha256(sha256) ? this.#artifact(sha256) : undefined;
    const handle =
      path === undefined ? undefined : await present(this.#records.directory, () => open(path, 'r'));
    if (handle !== undefined) return handle;
    throw new ArtifactMissing(
      `artifact ${JSON.stringify(sha256)} is not in ${this.describe()} — caller: check the reference; operator: check that all hosts share one store`,
    );
  }

  #verify(expected: string, actual: string): void {
    if (actual === expected) return;
    throw new ArtifactCorrupt(
      `${this.#artifact(expected)} no longer has its hash (${actual}) — operator: restore the file from a copy, or store the original bytes again`,
    );
  }

  async #guard<T>(action: string, act: () => Promise<T>): Promise<T> {
    try {
      await this.#prepare();
      return await act();
    } catch (error) {
      throw storeFailure(error, this.describe(), action);
    }
  }

  /** Once per process. Not repeated after a success: a directory that vanishes later is a fault. */
  #prepare(): Promise<void> {
    this.#prepared ??= this.#makeDirectories().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  async #makeDirectories(): Promise<void> {
    for (const path of [this.#records.directory, this.#artifacts, this.#temporary]) await makeDirectory(path);
    await discardGarbage(this.#temporary);
  }
}
