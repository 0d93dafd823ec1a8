/**
 * What a request to S3 came to when it came to nothing: the server's or the network's code, its words and
 * the key. Made of the SDK's error, which is not kept: it carries the signed request with its headers.
 */
export class S3Refusal extends Error {
  override readonly name = 'S3Refusal' as const;
  /** `NoSuchBucket`, `ECONNREFUSED`, or `HTTP 403` where the answer had no code. */
  readonly code: string;
  /** Absent where no answer came. */
  readonly status: number | undefined;
  readonly key: string;
  /** For the support of the provider. */
  readonly requestId: string | undefined;

  constructor(
    code: string,
    words: string,
    given: {
      readonly key: string;
      readonly status?: number | undefined;
      readonly requestId?: string | undefined;
    },
  ) {
    super(words);
    this.code = code;
    this.status = given.status;
    this.key = given.key;
    this.requestId = given.requestId;
  }
}

interface SdkError extends Error {
  readonly code?: unknown;
  readonly errors?: readonly Error[];
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** Names under which the SDK gives what it has no name for. */
const NAMELESS = ['Error', 'AggregateError', 'Unknown', 'UnknownError'];
/** What the SDK says, without a name, before it has sent anything. */
const NO_REGION = 'Region is missing';

export function refusalOf(error: unknown, key: string): S3Refusal {
  if (error instanceof S3Refusal) return error;
  if (!(error instanceof Error)) return new S3Refusal('Error', String(error), { key });
  const { name, message, code, errors, $metadata } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  // Of several addresses that were tried each has its own words; a HEAD that is refused has none.
  const words = message === 'UnknownError' ? '' : message || (errors?.[0]?.message ?? '');
  return new S3Refusal(codeOf(name, words, code, status), words || 'no more was said', {
    key,
    status,
    requestId: $metadata?.requestId,
  });
}

function codeOf(name: string, words: string, code: unknown, status: number | undefined): string {
  if (typeof code === 'string') return code;
  if (words === NO_REGION) return 'RegionMissing';
  return status !== undefined && NAMELESS.includes(name) ? `HTTP ${status}` : name;
}
