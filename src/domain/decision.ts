/**
 * A person's decision, read from whatever was sent: anything, and then it is junk that says what to give.
 * What comes of it is `judgement.ts`.
 */
import type { Choice } from './ask.ts';

export interface Decision {
  readonly choice: Choice;
  /** Who decides. */
  readonly by: string;
  readonly why: string;
  /** SHA-256 of the evidence they saw, or its first 12 characters. */
  readonly evidence: string;
  /** With `route-out`: which of the routes offered; may be left out where there is one. */
  readonly route?: string;
  /** With `change`: exactly one field of the request. */
  readonly change?: FieldChange;
}

export interface FieldChange {
  readonly field: ChangeableField;
  readonly value: unknown;
}

/** `stale`: made on evidence that has changed. `refused`: not possible now. `junk`: not a decision. */
export type DecisionOutcome = 'taken' | 'stale' | 'refused' | 'junk';

/** Of one that waits for quiet hours or a batch: no answer to a question. */
export const MOVE_CHOICES = ['promote', 'to-batch'] as const;
export type MoveChoice = (typeof MOVE_CHOICES)[number];

export interface DecisionRecord {
  /** Epoch milliseconds, the workflow's clock. */
  readonly at: number;
  /** `grant`: nobody sent it, an operator's standing approval answered. */
  readonly via: 'signal' | 'update' | 'grant';
  readonly outcome: DecisionOutcome;
  /** What came of it, in words for the person who sent it. */
  readonly answer: string;
  /** Absent where what was sent names none. */
  readonly choice?: Choice | MoveChoice;
  readonly by?: string;
  readonly why?: string;
  readonly evidence?: string;
  readonly route?: string;
  /** Name of the field that was changed. */
  readonly field?: string;
}

/** Fields of a request that a person may change, one at a time; the rest is the caller's alone. */
export const CHANGEABLE_FIELDS = [
  'prompt',
  'model',
  'size',
  'aspectRatio',
  'modalities',
  'thinking',
  'safetySettings',
  'systemInstruction',
  'temperature',
  'seed',
  'maxOutputTokens',
  'callTimeoutMs',
  'maxPaidCalls',
  'maxAttempts',
  'maxCostUsd',
  'deadlineMs',
] as const;
export type ChangeableField = (typeof CHANGEABLE_FIELDS)[number];

const LONGEST_NAME = 100;
const LONGEST_WHY = 500;
/** Of a digest: enough that a mistaken paste does not fit by chance. */
const SHORTEST_EVIDENCE = 12;
/** Characters of a changed value as JSON; a longer prompt is given as a reference into the store. */
const LONGEST_VALUE = 8 * 1024;

/** Not a decision, and what to give instead. */
export type Junk = { readonly junk: string };

/** @param payload As it came from a signal or an update: anything. */
export function readDecision(choice: Choice, payload: unknown): Decision | Junk {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) {
    return { junk: 'give a JSON object: { "by": "…", "why": "…", "evidence": "…" }' };
  }
  const { by, why, evidence, route, change } = payload as Readonly<Record<string, unknown>>;
  const missing = textProblem('by', by, LONGEST_NAME) ?? textProblem('why', why, LONGEST_WHY);
  if (missing !== undefined) return { junk: missing };
  if (typeof evidence !== 'string' || !/^[0-9a-f]+$/.test(evidence) || evidence.length < SHORTEST_EVIDENCE) {
    return {
      junk: `evidence: give the SHA-256 that the details show, or its first ${SHORTEST_EVIDENCE} characters`,
    };
  }
  const decision = { choice, by: by as string, why: why as string, evidence };
  if (choice === 'route-out' && route !== undefined) {
    const problem = textProblem('route', route, LONGEST_NAME);
    return problem === undefined ? { ...decision, route: route as string } : { junk: problem };
  }
  if (choice !== 'change') return decision;
  const changed = readChange(change);
  return 'junk' in changed ? changed : { ...decision, change: changed };
}

/** For the update, which carries its choice. */
export function readChoice(payload: unknown): Decision | Junk {
  const choice = (payload as { readonly choice?: unknown } | null | undefined)?.choice;
  if (!isChoice(choice)) return { junk: `choice: give one of ${CHOICES.join(', ')}` };
  return readDecision(choice, payload);
}

export const CHOICES = [
  'route-out',
  'rewrite',
  'retry',
  'change',
  'reject',
] as const satisfies readonly Choice[];

function isChoice(value: unknown): value is Choice {
  return (CHOICES as readonly unknown[]).includes(value);
}

function textProblem(field: string, value: unknown, longest: number): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return `${field}: give a text`;
  return value.length > longest ? `${field}: give at most ${longest} characters` : undefined;
}

/** `{ "size": "1K" }`: one variable at a time (I4). */
export function readChange(change: unknown): FieldChange | Junk {
  const example = 'change: give one field of the request and its value, such as { "size": "1K" }';
  if (change === null || typeof change !== 'object' || Array.isArray(change)) return { junk: example };
  const [first, ...rest] = Object.entries(change as Readonly<Record<string, unknown>>);
  if (first === undefined) return { junk: example };
  if (rest.length > 0) {
    const names = Object.keys(change).slice(0, 5).join(', ');
    return { junk: `change: one variable at a time, give one of ${names}` };
  }
  const [field, value] = first;
  if (!isChangeable(field)) {
    return {
      junk: `change: ${field.slice(0, LONGEST_NAME)} cannot be changed; these can: ${CHANGEABLE_FIELDS.join(', ')}`,
    };
  }
  if (value === undefined || value === null) return { junk: `change: give ${field} a value` };
  if (JSON.stringify(value).length > LONGEST_VALUE) {
    return {
      junk: `change: ${field} passes ${LONGEST_VALUE} characters; a longer prompt is given as { sha256, bytes }`,
    };
  }
  return { field, value };
}

function isChangeable(field: string): field is ChangeableField {
  return (CHANGEABLE_FIELDS as readonly string[]).includes(field);
}
