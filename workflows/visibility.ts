/**
 * Makes a generation in trouble findable: search attributes (those that the namespace has, recorded in
 * the snapshot) and a memo that tells why with every worker down. The happy path writes neither.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import type { MemoState } from '../src/contract/names.ts';
import { MEMO } from '../src/contract/names.ts';
import type { SearchAttributeName } from '../src/contract/search-attributes.ts';
import type { Ask } from '../src/domain/ask.ts';
import type { Attempt } from '../src/domain/attempt.ts';
import type { Phase, PhaseName } from '../src/domain/phase.ts';

/** Phases that last, or end it; the others pass within seconds. */
const SHOWN: ReadonlySet<PhaseName> = new Set<PhaseName>([
  'waiting',
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

interface Told {
  readonly phase: Phase;
  /** Epoch milliseconds at which the phase began. */
  readonly since: number;
  readonly attempts: readonly Attempt[];
  readonly ask: Ask | undefined;
}

/** Returns whether it showed anything; what was shown once must be shown again at the end. */
export function show(told: Told, listed: readonly string[]): boolean {
  const { phase, attempts } = told;
  if (!SHOWN.has(phase.phase)) return false;
  upsertMemo({ [MEMO.state]: memoState(told) });
  const last = attempts.at(-1);
  const values: Partial<Record<SearchAttributeName, string>> = {
    GeminiPhase: phase.phase,
    ...(last === undefined ? {} : { GeminiModel: last.model, GeminiRoute: last.route }),
    ...(last?.classification === undefined ? {} : { GeminiBranch: last.classification.branch }),
  };
  const pairs = Object.entries(values)
    .filter(([name]) => listed.includes(name))
    .map(([name, value]) => ({ key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value }));
  if (pairs.length > 0) upsertSearchAttributes(pairs);
  return true;
}

function memoState({ phase, since, attempts, ask }: Told): MemoState {
  return {
    phase: phase.phase,
    why: 'why' in phase ? phase.why.slice(0, 300) : '',
    since,
    ...('until' in phase && phase.until !== undefined ? { until: phase.until } : {}),
    ...(ask === undefined ? {} : { ask: { evidence: ask.evidence, choices: choicesOf(ask) } }),
    verdicts: attempts
      .slice(-MOST_VERDICTS)
      .map(({ classification: c }) => (c === undefined ? 'success' : `${c.branch}/${c.reason}`)),
  };
}

/** `route-out backup`, `retry` … */
function choicesOf({ options }: Ask): readonly string[] {
  return options.map((option) =>
    option.choice === 'route-out' ? `${option.choice} ${option.route}` : option.choice,
  );
}
