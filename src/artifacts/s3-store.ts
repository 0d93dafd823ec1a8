/**
 * The artifact store in a bucket of S3 or of a server that speaks its language: what a fleet of hosts can
 * share without a common file system.
 *
 * ```
 * <prefix>/sha256/ab/cdef…      the bytes, named by their hash; their type is the object's Content-Type
 *          records/<name>.json  { name, value }
 *          probes/              of checkWritable, removed again
 * ```
 * The server must refuse to write what is there (`If-None-Match: *`), or fences (design section 15) would
 * hold nobody back; `checkWritable` tries it. Objects appear whole, are there for everybody once their writer
 * is told so (I2), and are verified on read. Needs the package `@aws-sdk/client-s3`.
 *
 * Failures: {@link StoreUnavailable} (worth repeating), {@link ArtifactMissing}, {@link ArtifactCorrupt}.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { ArtifactRef } from '../domain/artifact.ts';
import { ArtifactCorrupt, ArtifactMissing, StoreUnavailable } from './errors.ts';
import { encodeRecord } from './record.ts';
import { NO_CONDITIONS, s3Failure } from './s3-failure.ts';
import type { S3Object } from './s3-objects.ts';
import { S3Objects } from './s3-objects.ts';
import type { S3ArtifactStoreOptions } from './s3-options.ts';
import { checkS3Options } from './s3-options.ts';
import { S3Records } from './s3-records.ts';
import { S3Requests } from './s3-requests.ts';
import { PART_BYTES, uploadInParts } from './s3-upload.ts';
import { isSha256, sha256 as hashOf } from './sha256.ts';
import type { ArtifactStore } from './store.ts';

const UNKNOWN_MIME = 'application/octet-stream';
/** What a header can carry and a signature covers alike everywhere. */
const PLAIN_ASCII = /^[\x20-\x7e]+$/;

export class S3ArtifactStore implements ArtifactStore {
  readonly #place: string;
  readonly #requests: S3Requests;
  readonly #objects: S3Objects;
  readonly #records: S3Records;

  /** Throws a TypeError for options that cannot be used; asks nobody yet. */
  constructor(options: S3ArtifactStoreOptions) {
    checkS3Options(options);
    const { bucket, prefix = '' } = options;
    this.#place = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
    this.#requests = new S3Requests(options);
    this.#objects = new S3Objects(this.#requests);
    this.#records = new S3Records(this.#objects);
  }

  describe(): string {
    return this.#place;
  }

  async put(bytes: Uint8Array, mime: string, signal?: AbortSignal): Promise<ArtifactRef> {
    const size = bytes.length;
    // A copy, so that what is hashed is what is sent; of a large body each part is one.
    const whole = size > PART_BYTES ? bytes : bytes.slice();
    return await this.#guard(`store ${size} bytes`, async () => {
      const sha256 = await hashOf(whole);
      const key = keyOf(sha256);
      // The first type stays; the bytes are written again all the same, which heals a damaged copy.
      const noted = (await this.#objects.head(key, signal))?.mime ?? plainOf(mime);
      if (size > PART_BYTES) {
        await uploadInParts(this.#requests, { key, bytes: whole, sha256, mime: noted }, signal);
      } else await this.#objects.put(key, whole, noted, signal);
      return { sha256, mime, bytes: size };
    });
  }

  async get(sha256: string, signal?: AbortSignal): Promise<Uint8Array> {
    return await this.#guard(`read artifact ${sha256}`, async () => {
      const object = await this.#find(sha256, signal);
      const hash = createHash('sha256');
      const bytes = new Uint8Array(object.bytes);
      let at = 0;
      for await (const chunk of object.chunks(this.#allowanceMs(object))) {
        hash.update(chunk);
        bytes.set(chunk, at);
        at += chunk.length;
      }
      this.#verify(sha256, hash.digest('hex'));
      return bytes;
    });
  }

  async open(sha256: string, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const action = `read artifact ${sha256}`;
    const object = await this.#guard(action, () => this.#find(sha256, signal));
    return this.#stream(sha256, object, action);
  }

  #stream(sha256: string, object: S3Object, action: string): ReadableStream<Uint8Array> {
    const hash = createHash('sha256');
    const chunks = object.chunks();
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      try {
        const next = await chunks.next();
        if (next.done !== true) {
          hash.update(next.value);
          controller.enqueue(next.value);
          return;
        }
        this.#verify(sha256, hash.digest('hex'));
        controller.close();
      } catch (error) {
        controller.error(s3Failure(error, this.#place, action));
      }
    };
    return new ReadableStream<Uint8Array>({ pull, cancel: () => object.discard() }, { highWaterMark: 0 });
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.stat(sha256)) !== undefined;
  }

  async stat(sha256: string): Promise<ArtifactRef | undefined> {
    if (!isSha256(sha256)) return undefined;
    return await this.#guard(`look up artifact ${sha256}`, async () => {
      const head = await this.#objects.head(keyOf(sha256));
      return head && { sha256, mime: head.mime ?? UNKNOWN_MIME, bytes: head.bytes };
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
    const key = `probes/${randomUUID()}`;
    await this.#guard('write a probe', async () => {
      try {
        const first = await this.#objects.create(key, probe, 'text/plain');
        const second = await this.#objects.create(key, probe, 'text/plain');
        if (!first || second) throw this.#unusable('a probe could be written twice', NO_CONDITIONS);
        const listed = await this.#objects.list(key);
        const found = await this.#objects.get(key);
        found?.discard();
        if (found?.bytes !== probe.length || listed[0] !== key) {
          throw this.#unusable(
            'what was just written is not read and listed',
            'use a server, or a replica of it, that answers with what was last written',
          );
        }
      } finally {
        // Where nobody may delete, a probe stays: garbage, not an error.
        await this.#objects.remove(key).catch(() => undefined);
      }
    });
  }

  #unusable(seen: string, cure: string): StoreUnavailable {
    return new StoreUnavailable(`artifact store ${this.#place}: ${seen} — operator: ${cure}`);
  }

  async #find(sha256: string, signal?: AbortSignal): Promise<S3Object> {
    const object = isSha256(sha256) ? await this.#objects.get(keyOf(sha256), signal) : undefined;
    if (object !== undefined) return object;
    throw new ArtifactMissing(
      `artifact ${JSON.stringify(sha256)} is not in ${this.#place} — caller: check the reference; operator: check that all hosts share one store`,
    );
  }

  /** As much as sending it takes at most. */
  #allowanceMs({ bytes }: S3Object): number {
    return this.#requests.timeoutMs * Math.ceil((bytes + 1) / PART_BYTES);
  }

  #verify(expected: string, actual: string): void {
    if (actual === expected) return;
    throw new ArtifactCorrupt(
      `${keyOf(expected)} in ${this.#place} no longer has its hash (${actual}) — operator: restore the object from a copy or an earlier version, or store the original bytes again`,
    );
  }

  async #guard<T>(action: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw s3Failure(error, this.#place, action);
    }
  }
}

function plainOf(mime: string): string {
  return PLAIN_ASCII.test(mime) ? mime : UNKNOWN_MIME;
}

function keyOf(sha256: string): string {
  return `sha256/${sha256.slice(0, 2)}/${sha256.slice(2)}`;
}
