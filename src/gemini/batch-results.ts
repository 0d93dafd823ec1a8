/**
 * The results of a batch, line by line. Every key gets at most one answer: its first response, wherever
 * that stands in the file, else its first error, told at the end. Whatever else a line holds is a
 * problem with its number; the rest goes on. Throws only what the stream throws.
 */
import { linesOf } from './batch-lines.ts';
import type { Line } from './batch-lines.ts';
import type { RawOutcome } from './call.ts';

/** Its line is the first that tells it; a problem without a line is about the whole file. */
export type BatchResult =
  | {
      readonly kind: 'answer';
      readonly line: number;
      readonly key: string;
      /** As of a live call: to be stored, extracted and classified in the same way. */
      readonly outcome: Extract<RawOutcome, { kind: 'answer' }>;
      /** `error`: the body is `{"error": {code, message, details}}`, its code google.rpc's number. */
      readonly what: 'response' | 'error';
    }
  | {
      readonly kind: 'problem';
      readonly line?: number;
      readonly problem: BatchProblem;
      /** Whose result it is, where that can be read. */
      readonly key?: string;
      /** At most 120 characters of the line's beginning. */
      readonly excerpt: string;
    };

/**
 * `not-json`: no JSON object · `too-long`: beyond the limit, not read · `no-key` · `no-result`: neither
 * response nor error · `repeated`: its key has an answer already · `unexpected`: nobody asked for its key,
 * not read · `missing`: a key that no line answers.
 */
export type BatchProblem =
  'not-json' | 'too-long' | 'no-key' | 'no-result' | 'repeated' | 'unexpected' | 'missing';

export interface ReadResultsOptions {
  /** @default 64 MiB, several times what a 4K answer with drafts needs */
  readonly maxLineBytes?: number;
  /** The keys asked for: those without an answer are told as `missing`, others as `unexpected`. */
  readonly expected?: ReadonlySet<string>;
}

const MAX_LINE_BYTES = 64 * 1024 * 1024;
const EXCERPT_CHARACTERS = 120;
const KEY_AT_START = /^\s*\{\s*"key"\s*:\s*("(?:[^"\\]|\\.)*")/;

type Answer = Extract<BatchResult, { kind: 'answer' }>;
type Problem = Extract<BatchResult, { kind: 'problem' }>;

export async function* readResults(
  source: AsyncIterable<Uint8Array>,
  { maxLineBytes = MAX_LINE_BYTES, expected }: ReadResultsOptions = {},
): AsyncGenerator<BatchResult> {
  const answered = new Set<string>();
  // A response may follow, which was paid for.
  const errors = new Map<string, Answer>();
  for await (const line of linesOf(source, maxLineBytes)) {
    const read = readLine(line);
    if (read === undefined) continue;
    if (read.kind === 'problem') yield read;
    else if (expected?.has(read.key) === false) yield problemOf(line, 'unexpected', read.key);
    else if (answered.has(read.key) || (read.what === 'error' && errors.has(read.key)))
      yield problemOf(line, 'repeated', read.key);
    else if (read.what === 'error') errors.set(read.key, read);
    else {
      answered.add(read.key);
      yield read;
    }
  }
  for (const error of errors.values()) {
    if (answered.has(error.key)) yield repeatedError(error);
    else yield error;
  }
  for (const key of expected ?? []) {
    if (!answered.has(key) && !errors.has(key)) {
      yield { kind: 'problem', problem: 'missing', key, excerpt: '' };
    }
  }
}

/** Undefined for an empty line. */
function readLine(line: Line): Answer | Problem | undefined {
  const text = line.bytes.toString('utf8');
  if (line.tooLong) return problemOf(line, 'too-long', keyAtStart(text));
  if (text.trim() === '') return undefined;
  const item = parsed(text);
  if (!isObject(item)) return problemOf(line, 'not-json', keyAtStart(text));
  const key = keyOf(item);
  if (key === undefined) return problemOf(line, 'no-key');
  const { response, error } = item;
  // An empty response beside an error is a field that was not filled.
  if (isObject(response) && (Object.keys(response).length > 0 || !isObject(error)))
    return answerOf(line, key, 'response', response);
  return isObject(error) ? answerOf(line, key, 'error', { error }) : problemOf(line, 'no-result', key);
}

function answerOf({ number }: Line, key: string, what: Answer['what'], body: unknown): Answer {
  const outcome = {
    kind: 'answer',
    // Of the download that brought it: items of a batch have no status of their own.
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  } as const;
  return { kind: 'answer', line: number, key, what, outcome };
}

function problemOf({ number, bytes }: Line, problem: BatchProblem, key?: string): Problem {
  const excerpt = bytes
    .subarray(0, 4 * EXCERPT_CHARACTERS)
    .toString('utf8')
    .slice(0, EXCERPT_CHARACTERS);
  return { kind: 'problem', line: number, problem, ...(key === undefined ? {} : { key }), excerpt };
}

function repeatedError({ line, key, outcome }: Answer): Problem {
  const excerpt = Buffer.from(outcome.body).toString('utf8').slice(0, EXCERPT_CHARACTERS);
  return { kind: 'problem', line, problem: 'repeated', key, excerpt };
}

function keyOf({ key, metadata }: Record<string, unknown>): string | undefined {
  const given = key ?? (isObject(metadata) ? metadata['key'] : undefined);
  return typeof given === 'string' && given !== '' ? given : undefined;
}

function keyAtStart(text: string): string | undefined {
  const [, quoted] = KEY_AT_START.exec(text) ?? [];
  const key = quoted === undefined ? undefined : parsed(quoted);
  return typeof key === 'string' && key !== '' ? key : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
