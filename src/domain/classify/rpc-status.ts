/** The google.rpc status words, in every spelling that SDKs of other languages print. */
/** In the order of google.rpc's numbers, from 1. */
export const RPC_STATUSES = [
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export type RpcStatus = (typeof RPC_STATUSES)[number];

export function isRpcStatus(word: string): word is RpcStatus {
  return (RPC_STATUSES as readonly string[]).includes(word);
}

/** Exception classes of google-api-core and gRPC that do not spell the status itself. */
const EXCEPTIONS: Readonly<Record<string, RpcStatus>> = {
  ServiceUnavailable: 'UNAVAILABLE',
  InternalServerError: 'INTERNAL',
  GatewayTimeout: 'DEADLINE_EXCEEDED',
  TooManyRequests: 'RESOURCE_EXHAUSTED',
  Canceled: 'CANCELLED',
};

const camel = (status: string): string =>
  status
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');

/** `code = ResourceExhausted`, `ResourceExhausted: 429 …`, `google.api_core.exceptions.NotFound`. */
const CAMEL: Readonly<Record<string, RpcStatus>> = {
  ...Object.fromEntries(
    RPC_STATUSES.filter((status) => status.includes('_') || status === 'UNAUTHENTICATED').map((status) => [
      camel(status),
      status,
    ]),
  ),
  ...EXCEPTIONS,
};
const CAMEL_WORD = new RegExp(`\\b(${Object.keys(CAMEL).join('|')})\\b`, 'g');
const GRPC_CODE = /\bcode\s*=\s*([A-Z][A-Za-z]+)\b/g;
const UPPER_WORD = new RegExp(
  `(?:^|[^A-Z_a-z.])(?:StatusCode\\.)?(${RPC_STATUSES.filter((s) => s !== 'UNKNOWN').join('|')})(?![A-Z_a-z])`,
  'g',
);
const GENERIC = /generic::([a-z_]+)/g;

/** The last status word of a text: what stands last is nearest to the cause. */
export function rpcStatusIn(text: string): RpcStatus | undefined {
  const found: { at: number; status: RpcStatus }[] = [];
  const add = (at: number, word: string): void => {
    if (isRpcStatus(word)) found.push({ at, status: word });
  };
  for (const match of text.matchAll(UPPER_WORD)) add(match.index, match[1] ?? '');
  for (const match of text.matchAll(GENERIC)) add(match.index, (match[1] ?? '').toUpperCase());
  for (const match of text.matchAll(CAMEL_WORD)) add(match.index, CAMEL[match[1] ?? ''] ?? '');
  for (const match of text.matchAll(GRPC_CODE)) {
    const name = match[1] ?? '';
    add(match.index, RPC_STATUSES.find((status) => camel(status) === name) ?? CAMEL[name] ?? '');
  }
  return found.sort((a, b) => b.at - a.at)[0]?.status;
}

/** Written by a Google server or its gRPC channel; an exception's class name may be anybody's. */
export function isSigned(text: string): boolean {
  return [...text.matchAll(UPPER_WORD)].length > 0 || /generic::[a-z_]+|\brpc error: code\s*=/.test(text);
}

/** The HTTP status that google.rpc maps a word to. */
export const HTTP_OF: Readonly<Record<RpcStatus, number>> = {
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};
