/**
 * A line of the corpus, as evidence. Only what the provider or the network said is read: the line's
 * own verdict (`branch`, `reason`, `why`, `also_acceptable`, `evidence`, `source`) and its id never
 * reach the classifier, for the evidence is built from named fields alone.
 */
import type { ErrorFacts, Evidence, ImageCheck, Outcome } from '../evidence.ts';
import type { ImagePart } from '../response-part.ts';
import { readResponse } from '../response-parts.ts';
import type { Json } from './json.ts';
import { integerOf, isRecord, stringOf } from './json.ts';

export const CORPUS_KINDS = ['http_error', 'response', 'network', 'thrown_text'] as const;
export type CorpusKind = (typeof CORPUS_KINDS)[number];

export interface CorpusLine {
  readonly id: string | null;
  readonly evidence: Evidence;
}

/** A line that cannot be read: which field, and what it should hold. */
export class CorpusLineError extends Error {
  override readonly name = 'CorpusLineError';
  /** Null where the line has none. */
  readonly id: string | null;

  constructor(id: string | null, message: string) {
    super(message);
    this.id = id;
  }
}

export function isCorpusShaped(value: unknown): value is Json {
  return isRecord(value) && typeof value['kind'] === 'string' && Object.hasOwn(value, 'body');
}

/** Throws {@link CorpusLineError} for a line whose shape is wrong; any content of `body` is fine. */
export function readCorpusLine(value: unknown): CorpusLine {
  if (!isRecord(value))
    throw new CorpusLineError(null, 'the line is not a JSON object; give one object a line');
  const id = stringOf(value['id']) ?? null;
  const kind = CORPUS_KINDS.find((known) => known === value['kind']);
  if (kind === undefined) {
    throw new CorpusLineError(id, `kind is ${shown(value['kind'])}; give one of ${CORPUS_KINDS.join(', ')}`);
  }
  if (!Object.hasOwn(value, 'body')) {
    throw new CorpusLineError(id, 'body is missing; give what came back, as an object or a string');
  }
  const status = value['status'] ?? undefined;
  if (status !== undefined && integerOf(status) === undefined) {
    throw new CorpusLineError(id, `status is ${shown(status)}; give an HTTP status as a number, or null`);
  }
  const model = stringOf(value['model']);
  const outcome = outcomeOf(kind, value, integerOf(status));
  return { id, evidence: { outcome, ...(model === undefined ? {} : { model }) } };
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80);
}

function outcomeOf(kind: CorpusKind, line: Json, status: number | undefined): Outcome {
  const { body } = line;
  const known = status === undefined ? {} : { status };
  if (kind === 'network') {
    return { kind: 'broken', stage: 'sent', by: 'unknown', error: errorFacts(body, 0), ...known };
  }
  if (kind === 'thrown_text' || (kind === 'http_error' && status === undefined)) {
    return { kind: 'text', text: typeof body === 'string' ? body : JSON.stringify(body), ...known };
  }
  const whole = line['truncated'] !== true && line['redacted'] !== true;
  const imageChecks = kind === 'response' && whole ? checkImages(body) : undefined;
  return {
    kind: 'answer',
    status: status ?? 200,
    headers: headersOf(line['headers']),
    body,
    ...(imageChecks === undefined ? {} : { imageChecks }),
  };
}

function headersOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name.toLowerCase(), String(text)]));
}

function errorFacts(value: unknown, depth: number): ErrorFacts {
  if (!isRecord(value)) {
    return { name: '', message: typeof value === 'string' ? value : JSON.stringify(value ?? '') };
  }
  const code = stringOf(value['code']);
  const cause = value['cause'];
  return {
    name: stringOf(value['name']) ?? '',
    message: stringOf(value['message']) ?? '',
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined || cause === null || depth > 8 ? {} : { cause: errorFacts(cause, depth + 1) }),
  };
}

/** What can be told of an image without a decoder: base64 that begins like a picture. */
function checkImages(body: unknown): ImageCheck[] {
  return readResponse(body).images.map((image) => {
    const problem = problemOf(image);
    const { candidate, part } = image;
    return problem === undefined ? { candidate, part, ok: true } : { candidate, part, ok: false, problem };
  });
}

/** The smallest pictures there are (a GIF of one pixel) are longer than this. */
const SMALLEST_IMAGE_BYTES = 24;
const MAGIC: readonly RegExp[] = [
  /^\x89PNG\r\n/,
  /^\xff\xd8\xff/,
  /^GIF8[79]a/,
  /^RIFF[\s\S]{4}WEBP/,
  /^[\s\S]{4}ftyp(?:avif|heic|heix|mif1|msf1|hevc)/,
  /^BM/,
  /^(?:II\*\0|MM\0\*)/,
  /^\s*<(?:\?xml|svg)/,
];

function problemOf({ source }: ImagePart): string | undefined {
  if (source.kind === 'uri') return undefined;
  const head = headBytes(source.data);
  if (head === undefined) return 'not base64';
  if (source.data.length * 0.75 < SMALLEST_IMAGE_BYTES) return 'shorter than any image';
  return MAGIC.some((magic) => magic.test(head)) ? undefined : 'does not begin like an image';
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The first bytes as one character each; undefined where the text is not base64. */
function headBytes(data: string): string | undefined {
  const head = data.slice(0, 64).replace(/\s/g, '').replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(head)) return undefined;
  let bits = 0;
  let held = 0;
  let bytes = '';
  for (const char of head) {
    held = ((held << 6) | ALPHABET.indexOf(char)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += String.fromCharCode((held >> bits) & 0xff);
    }
  }
  return bytes;
}
