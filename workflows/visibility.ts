/**
 * Makes a generation in trouble findable: search attributes (those that the namespace has, recorded in
 * the snapshot) and a memo that tells why with every worker down. The happy path writes neither. Each leaves
 * its tally at its end, in the workflow task that ends it.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import type { MemoCause, MemoState } from '../src/contract/names.ts';
import { MEMO } from '../src/contract/names.ts';
import type { SearchAttributeName } from '../src/contract/search-attributes.ts';
import type { Ask, AskOption } from '../src/domain/ask.ts';
import type { Attempt } from '../src/domain/attempt.ts';
import { totalCost } from '../src/domain/attempt.ts';
import type { Phase, PhaseName } from '../src/domain/phase.ts';
import type { Tally } from '../src/domain/tally.ts';
import { shortText } from '../src/domain/short-text.ts';

/** Phases that last, or end it; the others pass within seconds. */
const SHOWN: ReadonlySet<PhaseName> = new Set<PhaseName>([
  'waiting',
  'batching',
  'storing',
  'backing-off',
  'held',
  'awaiting-operator',
  'no-worker',
  'done',
  'dead',
  'cancelled',
]);

const MOST_VERDICTS = 5;
/** Bytes: every list carries it. */
const LONGEST_MESSAGE = 200;

interface Told {
  readonly phase: Phase;
  /** Epoch milliseconds at which the phase began. */
  readonly since: number;
  readonly attempts: readonly Attempt[];
  readonly ask: Ask | undefined;
  readonly cause: MemoCause | undefined;
  /** At the end, where its snapshot says so. */
  readonly tally: Tally | undefined;
}

/** Phases that wait for a person. */
const ASKING: ReadonlySet<PhaseName> = new Set<PhaseName>(['held', 'awaiting-operator']);

/** Returns whether it showed anything; what was shown once must be shown again at the end. */
export function show(told: Told, listed: readonly string[]): boolean {
  const { phase, attempts } = told;
  const cause = causeIn(told);
  if (!SHOWN.has(phase.phase)) return false;
  upsertMemo({
    [MEMO.state]: memoState(told),
    ...(told.tally === undefined ? {} : { [MEMO.ended]: told.tally }),
  });
  const last = attempts.at(-1);
  const values: Partial<Record<SearchAttributeName, string>> = {
    GeminiPhase: phase.phase,
    ...(last === undefined ? {} : { GeminiModel: last.model, GeminiRoute: last.route }),
    // One that ends without a call has no verdict but its end's.
    ...(last === undefined && phase.phase === 'dead' ? { GeminiBranch: phase.branch } : {}),
    ...(last?.classification === undefined ? {} : { GeminiBranch: last.classification.branch }),
    // What stops it now, where that is not what its last call came to.
    ...(cause === undefined || cause.branch === 'operator' ? {} : { GeminiBranch: cause.branch }),
  };
  const pairs = Object.entries(values)
    .filter(([name]) => listed.includes(name))
    .map(([name, value]) => ({ key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value }));
  if (pairs.length > 0) upsertSearchAttributes(pairs);
  return true;
}

/** Of one that never left its happy path: its tally, and no more. */
export function showTally(tally: Tally): void {
  upsertMemo({ [MEMO.ended]: tally });
}

function causeIn({ phase, cause }: Told): MemoCause | undefined {
  return ASKING.has(phase.phase) ? cause : undefined;
}

function memoState(told: Told): MemoState {
  const { phase, since, attempts, ask } = told;
  const cause = causeIn(told);
  const message = attempts.at(-1)?.classification?.message;
  return {
    phase: phase.phase,
    why: 'why' in phase ? phase.why.slice(0, 300) : '',
    since,
    ...('until' in phase && phase.until !== undefined ? { until: phase.until } : {}),
    ...(ask === undefined ? {} : { ask: askState(ask) }),
    ...(cause === undefined ? {} : { cause }),
    ...(attempts.length === 0 ? {} : { cost: totalCost(attempts) }),
    ...(message === undefined ? {} : { message: shortText(message, LONGEST_MESSAGE) }),
    verdicts: attempts
      .slice(-MOST_VERDICTS)
      .map(({ classification: c }) => (c === undefined ? 'success' : `${c.branch}/${c.reason}`)),
  };
}

function askState({ evidence, options }: Ask): NonNullable<MemoState['ask']> {
  const prices = options.flatMap((option) =>
    'worstUsd' in option ? [[choiceWords(option), option.worstUsd] as const] : [],
  );
  const losses = options.flatMap((option) =>
    'changes' in option ? [[choiceWords(option), option.changes] as const] : [],
  );
  return {
    evidence,
    choices: options.map(choiceWords),
    ...(prices.length === 0 ? {} : { worstUsd: Object.fromEntries(prices) }),
    ...(losses.length === 0 ? {} : { changes: Object.fromEntries(losses) }),
  };
}

/** `route-out backup`, `retry` … */
function choiceWords(option: AskOption): string {
  return option.choice === 'route-out' ? `${option.choice} ${option.route}` : option.choice;
}
