/** What goes into a bulk and what comes out of it, and what a key may be. */
import type { GenerationResult } from '../contract/generation.ts';
import type { Cost } from '../domain/attempt.ts';
import type { GenerateRequest, InvalidRequest } from '../schema/request.ts';
import type { GenerationFailed, IdempotencyConflict } from './errors.ts';
import { invalid } from './invalid.ts';

export interface BulkLine {
  /** Unique within its bulk, at most 120 bytes; the same key is the same generation in every run of the bulk. */
  readonly key: string;
  /** Without an `idempotencyKey`: it is made of the bulk's id and the key. */
  readonly request: GenerateRequest;
}

export interface BulkOptions {
  /** Of letters, digits, `.`, `_` and `-`, at most 60: the same id goes on with what was started before. */
  readonly id: string;
  /** At most so many are started and not ended, or ended and not taken by the reader; at most 1000. @default 50 */
  readonly inFlight?: number;
  /** Generations of each line: `key`, `key#2`, `key#3` …; at most 100. Seeds stay as they are. @default 1 */
  readonly variants?: number;
  /** Once sure and possible cost reach it nothing new is started; what is in flight ends. @default none */
  readonly maxCostUsd?: number;
  /** What earlier runs have cost of which this one is not asked again; counts in `maxCostUsd`. @default 0 */
  readonly spentUsd?: number;
  /** Keys that are not asked for (any more), such as `fox#2` whose result is kept. @default none */
  readonly skips?: (key: string) => boolean;
  /** Ends the waiting: generations that were started go on, and are told as `running`. */
  readonly signal?: AbortSignal;
}

export type BulkOutcome =
  | { readonly kind: 'result'; readonly result: GenerationResult }
  /** A dead letter. */
  | { readonly kind: 'failure'; readonly failure: GenerationFailed }
  /** Refused: nothing was started. */
  | { readonly kind: 'invalid'; readonly error: InvalidRequest | IdempotencyConflict }
  | { readonly kind: 'not-started'; readonly why: 'budget' | 'aborted' }
  /** Aborted: it was started, as far as is known, and goes on. */
  | { readonly kind: 'running' };

export interface BulkItem<L extends BulkLine = BulkLine> {
  /** `fox`, or of its second variant `fox#2`. */
  readonly key: string;
  readonly line: L;
  /** Absent where the line was refused. */
  readonly generationId?: string;
  readonly outcome: BulkOutcome;
}

export interface BulkProgress {
  /** Lines taken from the source. */
  readonly lines: number;
  readonly inFlight: number;
  readonly delivered: number;
  readonly failed: number;
  readonly invalid: number;
  readonly notStarted: number;
  /** Of all that ended, also of those that an earlier run had started. */
  readonly cost: Cost;
  /** Why nothing moves: Temporal or the store does not answer. */
  readonly away?: string;
}

const LONGEST_KEY_BYTES = 120;
const VARIANT = /#\d+$/;

/** Throws {@link InvalidRequest}. */
export function checkKey(key: unknown): void {
  if (typeof key !== 'string' || key.trim() === '') throw invalid('key', key, 'must be a text');
  if (new TextEncoder().encode(key).byteLength > LONGEST_KEY_BYTES)
    throw invalid('key', key, `must be at most ${LONGEST_KEY_BYTES} bytes`);
  if (/\p{Cc}/u.test(key)) throw invalid('key', key, 'must have no control characters');
  if (VARIANT.test(key)) throw invalid('key', key, 'must not end as a variant does (#2)');
}

/** The first variant has the line's own key, so that more of them may be asked for later. */
export function variantKey(key: string, n: number): string {
  return n === 1 ? key : `${key}#${n}`;
}

export function idempotencyKeyOf(bulk: string, key: string): string {
  return `bulk/${bulk}/${key}`;
}

/** Throws {@link InvalidRequest} that names the option. */
export function checkOptions({ id, inFlight, variants, maxCostUsd, spentUsd }: BulkOptions): void {
  if (typeof id !== 'string' || !/^[\w.-]{1,60}$/.test(id))
    throw invalid('id', id, 'must be 1 to 60 letters, digits, dots, underscores and hyphens');
  checkCount('inFlight', inFlight, 1_000);
  checkCount('variants', variants, 100);
  if (maxCostUsd !== undefined && !(Number.isFinite(maxCostUsd) && maxCostUsd > 0))
    throw invalid('maxCostUsd', maxCostUsd, 'must be a number above 0, in USD');
  if (spentUsd !== undefined && !(Number.isFinite(spentUsd) && spentUsd >= 0))
    throw invalid('spentUsd', spentUsd, 'must be a number from 0, in USD');
}

function checkCount(field: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw invalid(field, value, `must be a whole number from 1 to ${most}`);
}
