/**
 * Objects below the store's prefix of a bucket, by keys without it. Relies on what S3 has promised since
 * 2020: what was written is seen by every read and listing that begins later.
 *
 * Rejects with {@link S3Refusal}, or with the reason of the caller's signal.
 */
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { chunksOf } from './s3-body.ts';
import { S3Refusal } from './s3-refusal.ts';
import type { S3Requests } from './s3-requests.ts';

export interface S3Head {
  readonly bytes: number;
  readonly mime: string | undefined;
  /** Who created it; see {@link S3Objects.create}. */
  readonly writer: string | undefined;
}

export interface S3Object extends Pick<S3Head, 'bytes'> {
  /** @param totalMs For all of them together. @default Infinity */
  chunks(totalMs?: number): AsyncGenerator<Uint8Array<ArrayBuffer>>;
  /** For those who do not read them. */
  discard(): void;
}

const CONFLICTS = 6;
const FIRST_PAUSE_MS = 50;

export class S3Objects {
  readonly #requests: S3Requests;

  constructor(requests: S3Requests) {
    this.#requests = requests;
  }

  async put(key: string, bytes: Uint8Array, mime: string, signal?: AbortSignal): Promise<void> {
    await this.#requests.send(
      key,
      async ({ client, sdk, bucket, key: Key, within }) =>
        await client.send(
          new sdk.PutObjectCommand({ Bucket: bucket, Key, Body: bytes, ContentType: mime }),
          within,
        ),
      signal,
    );
  }

  /**
   * Writes an object unless its key is taken; of several callers exactly one gets `true`. A request whose
   * answer was lost is repeated by the SDK and then finds its own object, so each call signs its object.
   */
  async create(key: string, bytes: Uint8Array, mime: string): Promise<boolean> {
    const writer = randomUUID();
    for (let conflict = 1; ; conflict += 1) {
      try {
        await this.#putNew(key, bytes, mime, writer);
        return true;
      } catch (error) {
        if (!(error instanceof S3Refusal)) throw error;
        if (error.status === 412) return (await this.head(key))?.writer === writer;
        // 409: another one is writing there at this moment, and nobody knows yet who was first.
        if (error.status !== 409 || conflict === CONFLICTS) throw error;
        await pause(FIRST_PAUSE_MS * 2 ** conflict * (0.5 + Math.random() / 2));
      }
    }
  }

  async #putNew(key: string, bytes: Uint8Array, mime: string, writer: string): Promise<void> {
    await this.#requests.send(
      key,
      async ({ client, sdk, bucket, key: Key, within }) =>
        await client.send(
          new sdk.PutObjectCommand({
            Bucket: bucket,
            Key,
            Body: bytes,
            ContentType: mime,
            IfNoneMatch: '*',
            Metadata: { writer },
          }),
          within,
        ),
    );
  }

  async head(key: string, signal?: AbortSignal): Promise<S3Head | undefined> {
    try {
      const { ContentLength, ContentType, Metadata } = await this.#requests.send(
        key,
        ({ client, sdk, bucket, key: Key, within }) =>
          client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key }), within),
        signal,
      );
      return { bytes: this.#size(key, ContentLength), mime: ContentType, writer: Metadata?.['writer'] };
    } catch (error) {
      if (!(error instanceof S3Refusal) || error.status === undefined) throw error;
      // The answer to a HEAD has no words: a listing says why, and a bucket that is gone is not an empty one.
      await this.#page(key, undefined, signal);
      if (error.status === 404) return undefined;
      throw error;
    }
  }

  async get(key: string, signal?: AbortSignal): Promise<S3Object | undefined> {
    try {
      const { Body, ContentLength } = await this.#requests.send(
        key,
        ({ client, sdk, bucket, key: Key, within }) =>
          client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key }), within),
        signal,
      );
      const body = Body as Readable;
      // A connection that breaks before anybody reads is told to the reader, not to the process.
      body.on('error', () => undefined);
      const where = { key: this.#requests.keyOf(key), chunkMs: this.#requests.timeoutMs, signal };
      return {
        bytes: this.#size(key, ContentLength),
        chunks: (totalMs = Infinity) => chunksOf(body, { ...where, totalMs }),
        discard: () => void body.destroy(),
      };
    } catch (error) {
      if (error instanceof S3Refusal && error.code === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  /** Keys that start with `prefix`, in the order of their bytes. */
  async list(prefix: string): Promise<readonly string[]> {
    const keys: string[] = [];
    let after: string | undefined;
    do {
      const page = await this.#page(prefix, after);
      keys.push(...page.keys);
      after = page.next;
    } while (after !== undefined);
    return keys;
  }

  async remove(key: string): Promise<void> {
    await this.#requests.send(key, ({ client, sdk, bucket, key: Key, within }) =>
      client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key }), within),
    );
  }

  #size(key: string, length: number | undefined): number {
    if (length !== undefined) return length;
    const words = 'the answer does not say how large the object is';
    throw new S3Refusal('NoContentLength', words, { key: this.#requests.keyOf(key) });
  }

  async #page(
    prefix: string,
    after?: string,
    signal?: AbortSignal,
  ): Promise<{ readonly keys: readonly string[]; readonly next: string | undefined }> {
    const { Contents, IsTruncated, NextContinuationToken } = await this.#requests.send(
      prefix,
      ({ client, sdk, bucket, key: Prefix, within }) =>
        client.send(
          new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix, ContinuationToken: after }),
          within,
        ),
      signal,
    );
    const ours = this.#requests.keyOf('').length;
    return {
      keys: (Contents ?? []).flatMap(({ Key }) => Key?.slice(ours) ?? []),
      next: IsTruncated === true ? NextContinuationToken : undefined,
    };
  }
}
