/**
 * Package export `./diagnose`: what a Gemini failure means, for programs and for people. Loads no
 * Temporal code and calls nobody. Takes a recorded answer in the corpus format, a pasted payload
 * (JSON, SSE, HTML) or the text that an SDK, a relay or a log printed.
 */
import { heeded } from './domain/hint.ts';
import type { Branch } from './domain/branch.ts';
import { isStopBranch } from './domain/branch.ts';
import type { Billed, Certainty, Classification, Verdict } from './domain/classification.ts';
import { CorpusLineError, isCorpusShaped, readCorpusLine } from './domain/classify/corpus-line.ts';
import { classify } from './domain/classify/index.ts';
import { isRecord, parseJson, stringOf } from './domain/classify/json.ts';
import { BRANCH_FACTS } from './domain/branch-facts.ts';
import type { Evidence } from './domain/evidence.ts';
import type { Owner, Reason } from './domain/reason.ts';

export { classify, CorpusLineError };
export type { Branch, Classification, Evidence, Verdict };

/** One verdict as one JSON object; every field is always there, `id` where the input had one. */
export interface Diagnosis {
  readonly id?: string;
  readonly branch: Branch | 'success';
  /** Null for `success`. */
  readonly reason: Reason | null;
  /** The row of the classifier's table that matched. */
  readonly rule: string;
  readonly certainty: Certainty;
  readonly owner: Owner;
  readonly userAction: string;
  /** What the provider said, in milliseconds, capped to a day; null where it said nothing readable. */
  readonly retryAfterMs: number | null;
  readonly billed: Billed;
}

export interface BadLine {
  /** Null where the line has none, or is not JSON. */
  readonly id: string | null;
  readonly error: string;
}

/**
 * A corpus-shaped object, a pasted payload or error text. Throws {@link CorpusLineError} only for an
 * object that names a `kind` and is not a corpus line.
 *
 * @example diagnose('503 UNAVAILABLE. The model is overloaded.').branch // 'capacity'
 */
export function diagnose(input: unknown): Diagnosis {
  const { id, evidence } = evidenceOf(input);
  return diagnosisOf(classify(evidence), id ?? undefined);
}

/** The verdict behind a diagnosis, with everything that the classifier kept. */
export function verdictOf(input: unknown): Verdict {
  return classify(evidenceOf(input).evidence);
}

/**
 * One result a line, in order, while the lines come; blank lines are skipped. A line that cannot be
 * read gives `{ id, error }`, and the rest go on.
 */
export async function* diagnoseLines(lines: AsyncIterable<string>): AsyncGenerator<Diagnosis | BadLine> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    yield diagnoseLine(line, number);
  }
}

export function isBadLine(result: Diagnosis | BadLine): result is BadLine {
  return 'error' in result;
}

function diagnoseLine(line: string, number: number): Diagnosis | BadLine {
  const value = parseJson(line);
  if (value === undefined) return { id: null, error: `line ${number} is not JSON; give one object a line` };
  try {
    const { id, evidence } = readCorpusLine(value);
    return diagnosisOf(classify(evidence), id ?? undefined);
  } catch (error) {
    // A line must not end the run, whatever it holds.
    const id =
      error instanceof CorpusLineError ? error.id : isRecord(value) ? (stringOf(value['id']) ?? null) : null;
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

function evidenceOf(input: unknown): { id: string | null; evidence: Evidence } {
  if (isCorpusShaped(input)) return readCorpusLine(input);
  if (typeof input === 'string') {
    const parsed = /^\s*[[{]/.test(input) ? parseJson(input) : undefined;
    if (isRecord(parsed) || Array.isArray(parsed)) return evidenceOf(parsed);
    if (isAnswerText(input)) return answered(input);
    return { id: null, evidence: { outcome: { kind: 'text', text: input } } };
  }
  if (isAnswer(input)) return answered(input);
  return { id: null, evidence: { outcome: { kind: 'text', text: JSON.stringify(input) ?? '' } } };
}

function answered(body: unknown): { id: null; evidence: Evidence } {
  return { id: null, evidence: { outcome: { kind: 'answer', status: 200, headers: {}, body } } };
}

/** What only a 200 carries; anything else that is pasted is taken for an error. */
function isAnswer(value: unknown): boolean {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return (
    isRecord(first) &&
    ['candidates', 'promptFeedback', 'usageMetadata', 'steps', 'outputs', 'predictions', 'choices'].some(
      (key) => key in first,
    )
  );
}

function isAnswerText(text: string): boolean {
  return /^\s*(?:data|event):/.test(text) && /"(?:candidates|promptFeedback)"/.test(text.slice(0, 2000));
}

function diagnosisOf(verdict: Verdict, id: string | undefined): Diagnosis {
  const known = id === undefined ? {} : { id };
  if (verdict.branch === 'success') {
    const { branch, rule, billed } = verdict;
    const userAction = 'Nothing to do: an image is there.';
    return {
      ...known,
      branch,
      reason: null,
      rule,
      certainty: 'named',
      owner: 'nobody',
      userAction,
      retryAfterMs: null,
      billed,
    };
  }
  const { branch, reason, rule, certainty, owner, userAction, retryAfterMs, billed } = verdict;
  return {
    ...known,
    branch,
    reason,
    rule,
    certainty,
    owner,
    userAction,
    retryAfterMs: retryAfterMs ?? null,
    billed,
  };
}

const WHO: Readonly<Record<Owner, string>> = {
  caller: 'the caller of this request',
  operator: 'an operator with access to the account or the configuration',
  provider: 'Google; it passes without you',
  gateway: 'whoever runs the relay or proxy in between',
  nobody: 'nobody',
};
const SURE: Readonly<Record<Certainty, string>> = {
  named: 'the answer says so in a field',
  inferred: 'read from its words',
  guessed: 'guessed from little more than a status',
};
const COST: Readonly<Record<Billed, string>> = {
  no: 'No cost: nothing was generated.',
  possible: 'It may have cost money: the request may have been carried out.',
  yes: 'It was generated, so it counts as paid.',
};

/** A few lines for a person: what happened, who must act, what the same path would do, when, at what cost. */
export function explain(verdict: Verdict): string {
  if (verdict.branch === 'success')
    return `success: an image is there and may be delivered. ${COST[verdict.billed]}`;
  const c = verdict;
  const { title, toldBy } = BRANCH_FACTS[c.branch];
  return [
    `${c.branch}/${c.reason}: ${title} (${SURE[c.certainty]}; rule ${c.rule})`,
    `  Original:  ${oneLine(c.message)}`,
    ...(statuses(c) === '' ? [] : [`  Status:    ${statuses(c)}`]),
    ...limits(c),
    `  Told by:   ${toldBy}`,
    `  Who acts:  ${WHO[c.owner]}`,
    `  What next: ${c.userAction}`,
    `  Same path: ${samePath(c)}`,
    `  When:      ${when(c)}`,
    `  Cost:      ${COST[c.billed]}`,
  ].join('\n');
}

const LONGEST_LINE = 300;

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > LONGEST_LINE ? `${flat.slice(0, LONGEST_LINE)}…` : flat;
}

function statuses({ httpStatus, upstreamStatus, finishReason }: Classification): string {
  return [
    httpStatus === undefined ? [] : [`HTTP ${httpStatus}`],
    upstreamStatus === undefined ? [] : [`the provider's own ${upstreamStatus}`],
    finishReason === undefined ? [] : [finishReason],
  ]
    .flat()
    .join(', ');
}

function limits({ violations = [], safety, field }: Classification): string[] {
  const named = violations.map(({ quotaId, metric, limit, model }) =>
    [
      quotaId ?? metric ?? 'a limit',
      limit === undefined ? '' : `= ${limit}`,
      model === undefined ? '' : `for ${model}`,
    ]
      .filter((word) => word !== '')
      .join(' '),
  );
  return [
    ...(named.length === 0 ? [] : [`  Limits:    ${[...new Set(named)].join('; ')}`]),
    ...(safety === undefined
      ? []
      : [
          `  Safety:    layer ${[safety.layer, safety.category, safety.probability].filter(Boolean).join(', ')}`,
        ]),
    ...(field === undefined ? [] : [`  Field:     ${field}`]),
  ];
}

/** Reasons of stop-branches that only ask for patience. */
const WAITED_FOR: readonly Reason[] = ['throttled', 'not-ready'];

function samePath({ branch, reason, billed }: Classification): string {
  if (isStopBranch(branch) && !WAITED_FOR.includes(reason)) {
    return branch === 'policy' || branch === 'cancelled'
      ? 'is never tried again.'
      : 'would fail the same way, so it is not tried again unchanged.';
  }
  if (branch === 'quota-day') return "cannot succeed before the day's quota resets at midnight Pacific.";
  if (billed !== 'no') return 'is tried once more at most, because this call may have been paid for.';
  return 'may well succeed later: it is tried again a few times, with growing waits.';
}

function when({ branch, reason, retryAfterMs }: Classification): string {
  if (branch === 'quota-day') return 'after midnight Pacific, whatever shorter delay the answer names.';
  if (isStopBranch(branch) && !WAITED_FOR.includes(reason))
    return 'when the cause is mended; waiting alone does not help.';
  const hintMs = heeded(retryAfterMs);
  return hintMs === undefined
    ? 'the answer names no delay that can be waited for; a computed one is used.'
    : `not before ${Math.ceil(hintMs / 1000)} s, as the answer says.`;
}
