/** Everything that a failed answer says, in one flat value that the table's rows are asked about. */
import type { QuotaViolation } from '../classification.ts';
import type { Answerer } from './answerer.ts';
import { answererOf } from './answerer.ts';
import { hintsInDetails, hintsInFields, hintsInHeaders, hintsInText } from './duration.ts';
import type { Json } from './json.ts';
import { isRecord, stringOf } from './json.ts';
import { violationsIn } from './quota.ts';
import type { RpcStatus } from './rpc-status.ts';
import { HTTP_OF, isRpcStatus, RPC_STATUSES, rpcStatusIn } from './rpc-status.ts';
import type { Told } from './told-enum.ts';
import { toldEnum } from './told-enum.ts';
import type { Layer, Unwrapped } from './unwrap.ts';
import { unwrap } from './unwrap.ts';

export interface Reading {
  readonly by: Answerer;
  readonly layers: readonly Layer[];
  /** All words, innermost first, without the boilerplate that misleads. */
  readonly text: string;
  /** The innermost original message, whole. */
  readonly message: string;
  /** Status of the HTTP answer, or the one that an SDK printed. */
  readonly httpStatus?: number;
  /** Status that the provider gave, where a gateway answered with another. */
  readonly upstreamStatus?: number;
  /** The innermost status that is known. */
  readonly code?: number;
  readonly status?: RpcStatus;
  /** `ErrorInfo.reason` words and codes in words, as written. */
  readonly words: readonly string[];
  readonly details: readonly Json[];
  readonly violations: readonly QuotaViolation[];
  readonly retryAfterMs?: number;
  /** The refusal that the words name. */
  readonly told?: Told;
  readonly html: boolean;
  /** Nobody said a word: no body, or an SDK's `(no body)`. */
  readonly silent: boolean;
  /** Only text is known; the call was not ours. */
  readonly textOnly: boolean;
  readonly model?: string;
}

export interface Said {
  readonly body: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly textOnly?: boolean;
  readonly model?: string;
}

/** Sentences that every 429 carries, and that would be taken for a billing fault. */
const BOILERPLATE =
  /,? ?(please )?check your plan and billing details\.?|To monitor your current usage, head to: \S+|For more information on this error, (head to|read the docs): \S+|Learn more about Gemini API quotas/gi;

export function readError(said: Said): Reading {
  const headers = said.headers ?? {};
  const unwrapped = unwrap(said.body);
  const text = unwrapped.texts.join('\n').replace(BOILERPLATE, '');
  const { layers } = unwrapped;
  const inner = innermost(layers);
  const printed = said.status ?? statusIn(unwrapped.texts, layers);
  const innerCode = plausible(inner?.code);
  const status = statusOf(inner, text);
  const details = layers.flatMap((layer) => layer.details);
  const code = innerCode ?? (status === undefined ? printed : preferred(printed, status));
  const violations = violationsIn({ details, text, model: said.model });
  const retryAfterMs = longest([
    ...hintsInDetails(details),
    ...hintsInText(text),
    ...hintsInFields(unwrapped.objects),
    ...hintsInHeaders(headers),
  ]);
  const told = toldEnum(text);
  const http = printed ?? innerCode;
  return {
    by: answererOf(unwrapped, headers),
    layers,
    text,
    message: messageOf(inner, unwrapped, said.body),
    ...(http === undefined ? {} : { httpStatus: http }),
    ...(innerCode === undefined || innerCode === http ? {} : { upstreamStatus: innerCode }),
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    words: wordsOf(layers, details, text),
    details,
    violations,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(told === undefined ? {} : { told }),
    html: unwrapped.html || /text\/html/i.test(headers['content-type'] ?? ''),
    silent: isSilent(text),
    textOnly: said.textOnly ?? false,
    ...(said.model === undefined ? {} : { model: said.model }),
  };
}

/** The innermost error that Google wrote; where it wrote none, the innermost error at all. */
function innermost(layers: readonly Layer[]): Layer | undefined {
  const deepest = (among: readonly Layer[]): Layer | undefined =>
    among.reduce<Layer | undefined>(
      (best, layer) => (best === undefined || layer.depth > best.depth ? layer : best),
      undefined,
    );
  return (
    deepest(layers.filter(({ google }) => google)) ??
    deepest(layers.filter(({ code }) => plausible(code) !== undefined)) ??
    deepest(layers)
  );
}

function plausible(code: number | undefined): number | undefined {
  return code !== undefined && code >= 300 && code <= 599 ? code : undefined;
}

function statusOf(inner: Layer | undefined, text: string): RpcStatus | undefined {
  if (inner?.status !== undefined && isRpcStatus(inner.status)) return inner.status;
  // Items of a batch carry google.rpc's number (`8`) where answers carry HTTP's (`429`).
  const numbered = inner?.code === undefined ? undefined : RPC_STATUSES[inner.code - 1];
  return numbered ?? rpcStatusIn(text);
}

/** A status word in text speaks for the cause unless the HTTP status says the same class already. */
function preferred(printed: number | undefined, status: RpcStatus): number {
  return printed ?? HTTP_OF[status];
}

function longest(hints: readonly number[]): number | undefined {
  return hints.length === 0 ? undefined : Math.max(...hints);
}

function messageOf(inner: Layer | undefined, { texts }: Unwrapped, body: unknown): string {
  if (inner?.message !== undefined && inner.message.trim() !== '') return inner.message;
  return texts[0] ?? (typeof body === 'string' ? body.slice(0, 2000) : '');
}

const STATUS_IN_TEXT = [
  /<title>[^<]*?\b([345]\d\d)\b/i,
  /\[(\d{3})(?: [A-Za-z][^\]]*)?\s*\]/,
  /\b(?:status(?:[ _]?code)?|http(?: status)?|http\/[\d.]+|error(?: code)?|code|got status|returned|with)\s*[:=]?\s*["'(]?([345]\d\d)\b/i,
  /(?:^|[\s(:])([345]\d\d)\s+(?:[A-Z][A-Z_]{4,}|[A-Z][a-z]+(?: [A-Z][a-z]+)*|status code|\{)/,
  /^\s*([345]\d\d)\b/,
  /\(([345]\d\d)\)/,
];

function statusIn(texts: readonly string[], layers: readonly Layer[]): number | undefined {
  const outer = layers.map(({ code }) => plausible(code)).find((code) => code !== undefined);
  if (outer !== undefined) return outer;
  for (const text of [...texts].reverse()) {
    for (const pattern of STATUS_IN_TEXT) {
      const found = plausible(Number(pattern.exec(text)?.[1]));
      if (found !== undefined) return found;
    }
  }
  const phrases = [...texts, ...layers.map(({ status }) => status ?? '')].map(
    (text) => PHRASES[phraseOf(text)],
  );
  return phrases.find((code) => code !== undefined);
}

/** HTTP reason phrases, for the relays that print nothing else. */
const PHRASES: Readonly<Record<string, number>> = {
  'bad request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not found': 404,
  'request timeout': 408,
  'payload too large': 413,
  'too many requests': 429,
  'internal server error': 500,
  'bad gateway': 502,
  'service unavailable': 503,
  'gateway timeout': 504,
};

function phraseOf(text: string): string {
  const word = text.trim().replace(/\.$/, '').toLowerCase();
  return Object.hasOwn(PHRASES, word) ? word : '';
}

function wordsOf(layers: readonly Layer[], details: readonly Json[], text: string): string[] {
  const named = details.flatMap((detail) => [stringOf(detail['reason']), metadataReason(detail)]);
  const inText = [...text.matchAll(/\breason['"]?\s*[:=]\s*['"]?([A-Z][A-Z_]{5,})/g)].map(([, word]) => word);
  const bare =
    text.match(/\b(API_KEY|CONSUMER|ACCESS_TOKEN|SERVICE|BILLING|MODEL_CAPACITY|URL)_[A-Z_]+\b/g) ?? [];
  const codes = layers.flatMap(({ codeWord, type }) => [codeWord, type]);
  return [...named, ...inText, ...bare, ...codes].filter((word) => word !== undefined);
}

function metadataReason(detail: Json): string | undefined {
  return isRecord(detail['metadata']) ? stringOf(detail['metadata']['reason']) : undefined;
}

function isSilent(text: string): boolean {
  const left = text
    .replace(
      /\(?no body\)?|status code|\[?GoogleGenerativeAI Error\]?:?|Error fetching from \S+|ApiError:?|error/gi,
      '',
    )
    .replace(
      /\b[345]\d\d\b|Bad Request|Forbidden|Not Found|Unauthorized|Bad Gateway|Service Unavailable|Gateway Time-?out|Internal Server Error|Too Many Requests/gi,
      '',
    );
  return !/[\p{L}]/u.test(left);
}
