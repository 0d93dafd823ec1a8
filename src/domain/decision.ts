/**
 * A person's decision: read from whatever was sent, and judged against what is asked now. Total: junk is
 * an answer too. An update is refused by it; a signal, which cannot be, is recorded with the answer (I12).
 */
import type { Ask, Choice } from './ask.ts';

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

export interface DecisionRecord {
  /** Epoch milliseconds, the workflow's clock. */
  readonly at: number;
  readonly via: 'signal' | 'update';
  readonly outcome: DecisionOutcome;
  /** What came of it, in words for the person who sent it. */
  readonly answer: string;
  readonly choice: Choice;
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

type Junk = { readonly junk: string };

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

const CHOICES: readonly Choice[] = ['route-out', 'rewrite', 'retry', 'change', 'reject'];

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

export interface Judgement {
  readonly outcome: DecisionOutcome;
  readonly answer: string;
}

/** What is known of the moment in which a decision arrives. */
export interface Moment {
  /** Absent while nothing is asked. */
  readonly ask: Ask | undefined;
  /** A decision that was taken and is being carried out. */
  readonly taken: Decision | undefined;
  /** The last one that was taken, whenever that was. */
  readonly before?: DecisionRecord | undefined;
  readonly now: number;
}

export function judge(decision: Decision | Junk, { ask, taken, before, now }: Moment): Judgement {
  if ('junk' in decision) return { outcome: 'junk', answer: decision.junk };
  if (taken !== undefined) {
    return { outcome: 'refused', answer: `${taken.by} has decided already: ${taken.choice}` };
  }
  if (ask === undefined) {
    const last = before === undefined ? '' : `; ${before.by ?? 'somebody'} decided ${before.choice} before`;
    return { outcome: 'refused', answer: `nothing is asked at the moment${last}` };
  }
  if (now >= ask.expiresAt) {
    return {
      outcome: 'refused',
      answer: `the time to decide ended at ${new Date(ask.expiresAt).toISOString()}`,
    };
  }
  if (!ask.evidence.startsWith(decision.evidence)) {
    return {
      outcome: 'stale',
      answer: `the evidence has changed since: it is now ${ask.branch}/${ask.reason}, evidence ${ask.evidence}; look again and decide on that`,
    };
  }
  return available(decision, ask);
}

function available(decision: Decision, { options }: Ask): Judgement {
  const offered = options.filter(({ choice }) => choice === decision.choice);
  if (offered.length === 0) {
    const choices = [...new Set(options.map(({ choice }) => choice))].join(', ');
    return { outcome: 'refused', answer: `${decision.choice} is not offered; these are: ${choices}` };
  }
  if (decision.choice !== 'route-out') return { outcome: 'taken', answer: `taken: ${decision.choice}` };
  const routes = options.flatMap((option) => (option.choice === 'route-out' ? [option.route] : []));
  if (decision.route === undefined && routes.length > 1) {
    return { outcome: 'refused', answer: `route: give one of ${routes.join(', ')}` };
  }
  if (decision.route !== undefined && !routes.includes(decision.route)) {
    return {
      outcome: 'refused',
      answer: `route: ${decision.route} is not offered; these are: ${routes.join(', ')}`,
    };
  }
  return { outcome: 'taken', answer: `taken: route out to ${decision.route ?? routes[0]}` };
}
