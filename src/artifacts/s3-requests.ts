/**
 * Requests to one bucket, each with a deadline. The AWS SDK is loaded and its client made with the first
 * one, so that importing the store costs nothing. Rejects with {@link S3Refusal}, or with the reason of
 * the caller's signal.
 */
import type * as Sdk from '@aws-sdk/client-s3';
import type { S3ArtifactStoreOptions } from './s3-options.ts';
import { DEFAULT_TIMEOUT_MS } from './s3-options.ts';
import { S3Refusal, refusalOf } from './s3-refusal.ts';

interface Connection {
  readonly sdk: typeof Sdk;
  readonly client: Sdk.S3Client;
}

export interface S3Request extends Connection {
  readonly bucket: string;
  /** With the prefix of the store. */
  readonly key: string;
  /** Second argument of `client.send`. */
  readonly within: { readonly abortSignal: AbortSignal };
}

const TRIES = 3;
const LONGEST_CONNECT_MS = 5_000;
/** The region that servers which have none answer to. */
const ANY_REGION = 'us-east-1';

export class S3Requests {
  readonly timeoutMs: number;
  readonly #options: S3ArtifactStoreOptions;
  readonly #prefix: string;
  #connecting: Promise<Connection> | undefined;

  constructor(options: S3ArtifactStoreOptions) {
    this.#options = options;
    this.#prefix = options.prefix ? `${options.prefix}/` : '';
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  /** The key in the bucket of a key in the store. */
  keyOf(key: string): string {
    return this.#prefix + key;
  }

  /** @param key In the store. */
  async send<T>(key: string, act: (request: S3Request) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const where = this.keyOf(key);
    const cut = new AbortController();
    const abort = (): void => cut.abort(signal?.reason);
    signal?.addEventListener('abort', abort);
    const timer = setTimeout(() => {
      cut.abort(new S3Refusal('TimeoutError', `no answer within ${this.timeoutMs} ms`, { key: where }));
    }, this.timeoutMs);
    // The SDK heeds the signal on the network only, not while it looks for credentials.
    const overdue = new Promise<never>((_resolve, reject) => {
      cut.signal.addEventListener('abort', () => reject(cut.signal.reason as Error));
    });
    try {
      return await Promise.race([overdue, this.#act(act, where, cut.signal)]);
    } catch (error) {
      throw cut.signal.aborted ? cut.signal.reason : refusalOf(error, where);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  async #act<T>(act: (request: S3Request) => Promise<T>, key: string, abortSignal: AbortSignal): Promise<T> {
    const connection = await this.#connect();
    return await act({ ...connection, bucket: this.#options.bucket, key, within: { abortSignal } });
  }

  async #connect(): Promise<Connection> {
    this.#connecting ??= connect(this.#options, this.timeoutMs).catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    });
    return await this.#connecting;
  }
}

async function connect(options: S3ArtifactStoreOptions, timeoutMs: number): Promise<Connection> {
  const sdk = await import('@aws-sdk/client-s3').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new S3Refusal('ERR_MODULE_NOT_FOUND', 'the package @aws-sdk/client-s3 is not installed', {
      key: '',
    });
  });
  if (options.client !== undefined) return { sdk, client: options.client as Sdk.S3Client };
  const { endpoint, forcePathStyle } = options;
  const region = options.region ?? (endpoint === undefined ? undefined : regionBeside(process.env));
  const tryMs = Math.ceil(timeoutMs / TRIES);
  const client = new sdk.S3Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: forcePathStyle ?? endpoint !== undefined,
    maxAttempts: TRIES,
    requestHandler: {
      connectionTimeout: Math.min(LONGEST_CONNECT_MS, tryMs),
      requestTimeout: tryMs,
      throwOnRequestTimeout: true,
    },
    // Bodies are signed by their SHA-256 and verified by it on reading; servers that are not AWS's trip over more.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { sdk, client };
}

function regionBeside({ AWS_REGION, AWS_DEFAULT_REGION }: NodeJS.ProcessEnv): string {
  return AWS_REGION || AWS_DEFAULT_REGION || ANY_REGION;
}
