/**
 * The options of an S3 store. What cannot be used is a TypeError that names the field and the cure and
 * repeats nothing that may hold a secret. Credentials are no options: they come from where AWS's own
 * tools take them (environment, profile, role of the machine), or with a client of the caller's.
 */

/**
 * The part of `S3Client` (`@aws-sdk/client-s3`) that the store calls. A type of our own, so that who keeps
 * artifacts elsewhere can compile without that package.
 */
export interface S3Sender {
  send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
}

export interface S3ArtifactStoreOptions {
  /** Has to exist: the store makes no buckets. */
  readonly bucket: string;
  /** Keeps several stores in one bucket apart: `shop/images`. @default '' */
  readonly prefix?: string;
  /** @default AWS_REGION or the profile's; `us-east-1` where an endpoint is given */
  readonly region?: string;
  /** A server that is not AWS's: `http://127.0.0.1:7070`. @default AWS_ENDPOINT_URL_S3, else AWS */
  readonly endpoint?: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. @default true where an endpoint is given */
  readonly forcePathStyle?: boolean;
  /**
   * Milliseconds that a request may take, repetitions included: at most three tries, each with a third
   * of it. Bodies are sent in requests of at most 8 MiB. @default 60000
   */
  readonly timeoutMs?: number;
  /**
   * An `S3Client` of the caller's, on the SDK's handler for Node, with credentials or a proxy of its own; it is
   * then the one that knows region, endpoint and path style, and how often to repeat within `timeoutMs`.
   */
  readonly client?: S3Sender;
}

export const DEFAULT_TIMEOUT_MS = 60_000;

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** An access point or the like; S3 knows what is behind it. */
const ARN = /^arn:[\w-]+:s3[\w-]*:/;
const SEGMENT = /^[A-Za-z0-9!_.*'()=@+,-]+$/;
/** A key has 1024 bytes; the longest record name needs the rest. */
const LONGEST_PREFIX = 200;

export function checkS3Options(options: S3ArtifactStoreOptions): void {
  const { bucket, prefix = '', endpoint, region, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  if (!BUCKET.test(bucket) && !ARN.test(bucket)) {
    throw new TypeError(
      'bucket of the S3 store: not a bucket name; give 3 to 63 lower-case letters, digits, dots and hyphens',
    );
  }
  const segments = prefix === '' ? [] : prefix.split('/');
  if (segments.some((segment) => !SEGMENT.test(segment) || /^\.+$/.test(segment))) {
    throw new TypeError(
      "prefix of the S3 store: give segments of letters, digits and !_.*'()=@+,- with one / between them",
    );
  }
  if (prefix.length > LONGEST_PREFIX) {
    throw new TypeError(`prefix of the S3 store: longer than ${LONGEST_PREFIX} characters; shorten it`);
  }
  if (region !== undefined && !/^[a-z0-9-]+$/i.test(region))
    throw new TypeError('region of the S3 store: give one such as eu-central-1, or leave it out');
  if (endpoint !== undefined) checkEndpoint(endpoint);
  if (!(timeoutMs > 0)) throw new TypeError('timeoutMs of the S3 store: give milliseconds above 0');
  if (options.client !== undefined && (region ?? endpoint ?? options.forcePathStyle) !== undefined) {
    throw new TypeError(
      'client of the S3 store: it has region, endpoint and forcePathStyle of its own; leave those out',
    );
  }
}

function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError(
      'endpoint of the S3 store: give the URL of the server, such as https://s3.example.com',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(
      'endpoint of the S3 store: it holds credentials; give them in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in a profile',
    );
  }
  if (url.search !== '' || url.hash !== '')
    throw new TypeError('endpoint of the S3 store: leave out what follows ? and #');
}
