/**
 * A turn that comes after the deadline: said now, with the numbers, instead of slept (I5). Where the queue
 * itself is longer than the time, it says outright that this is a matter of capacity, not of retrying.
 */
import type { WaitLimit } from '../src/contract/exchange.ts';
import type { WaitAnswer } from '../src/contract/generation.ts';
import type { Classification } from '../src/domain/classification.ts';
import { finding } from '../src/domain/finding.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { End } from '../src/policies/step.ts';
import { inWords } from './story.ts';

type Rest = Parameters<typeof finding>[2];

/** Bytes of a failure's own words (I1). */
const LONGEST_WORDS = 1_000;

/** What it comes to, by what binds; the provider's pause is a per-minute 429's. */
const BRANCH_OF: Readonly<Record<WaitLimit, (rest: Rest) => Classification>> = {
  rpm: (rest) => finding('quota-minute', 'rpm', rest),
  tpm: (rest) => finding('quota-minute', 'tpm', rest),
  ipm: (rest) => finding('quota-minute', 'ipm', rest),
  pause: (rest) => finding('quota-minute', 'rpm', rest),
  rpd: (rest) => finding('quota-day', 'rpd', rest),
  spend: (rest) => finding('spend-window', 'spend-rate', rest),
  budget: (rest) => ({
    ...finding('billing', 'spend-cap', rest),
    userAction: "Raise the tenant's budget or wait for its next period, then revive it.",
  }),
  breaker: (rest) => finding('capacity', 'overloaded', rest),
  trial: (rest) => finding('capacity', 'overloaded', rest),
  governor: (rest) => ({
    ...finding('unknown', 'unrecognised', rest),
    userAction:
      "Nothing was sent: the account's governor gave no slot. Look at the fleet's workers, then revive it.",
  }),
};

/** Limits that a longer queue only makes longer: more capacity helps, another try does not. */
const PLANNED: ReadonlySet<WaitLimit> = new Set<WaitLimit>(['rpm', 'tpm', 'ipm', 'rpd', 'spend']);
const PLAN = 'raise the limit, spread the load or give a later deadline';

/** Limits of ours: another route is no way around a tenant's budget, nor around a governor that is away. */
const OURS: ReadonlySet<WaitLimit> = new Set<WaitLimit>(['budget', 'governor']);

/** Whether another route would serve it sooner. */
export function isOfTheRoute({ limit }: Pick<WaitAnswer, 'limit'>): boolean {
  return !OURS.has(limit);
}

export function tooLate(wait: WaitAnswer, now: number, deadlineAt: number): End {
  const { limit, place } = wait;
  const numbers = numbersOf(wait, deadlineAt - now);
  const plan = planOf(wait, deadlineAt - now);
  const message = shortText([`${numbers}: ${wait.why}`, ...(plan ?? [])].join('; '), LONGEST_WORDS);
  // A later release's worker may name a limit that is none of these.
  const branchOf = Object.hasOwn(BRANCH_OF, limit) ? BRANCH_OF[limit] : BRANCH_OF.governor;
  const found = branchOf({ rule: 'quota-outlook', certainty: 'named', billed: 'no', message });
  return {
    kind: 'end',
    classification: plan === undefined ? found : { ...found, owner: 'operator', userAction: ACTION },
    cause: 'deadline',
    why: shortText(
      [
        `its turn would come after the deadline: ${numbers}`,
        `place ${place}: ${wait.why}`,
        ...(plan ?? []),
      ].join('; '),
      LONGEST_WORDS,
    ),
  };
}

const ACTION = `Plan for more: ${PLAN}; retrying cannot help.`;

/** `84 ahead, 10 per minute, deadline in 3 min` */
function numbersOf({ ms, place, perMinute }: WaitAnswer, leftMs: number): string {
  const ahead = `${Math.max(0, place - 1)} ahead`;
  const pace = perMinute === undefined ? [] : [`${round(perMinute)} per minute`];
  const deadline = leftMs > 0 ? `deadline in ${inWords(leftMs)}` : 'the deadline is over';
  return [ahead, ...pace, `turn in ${inWords(ms)}`, deadline].join(', ');
}

/** Where even a queue without a hitch is too long; the sums are the reader's to check. */
function planOf({ limit, ms, place, perMinute }: WaitAnswer, leftMs: number): readonly string[] | undefined {
  if (!PLANNED.has(limit)) return undefined;
  if (limit === 'rpd' || limit === 'spend') {
    const until = limit === 'rpd' ? 'the day is used up' : 'the spend window is full';
    return [`${until} for ${inWords(ms)}: ${PLAN}; retrying cannot help`];
  }
  if (perMinute === undefined || perMinute <= 0 || (place / perMinute) * 60_000 <= leftMs) return undefined;
  const minutes = inWords((place / perMinute) * 60_000);
  const calls = place === 1 ? '1 call takes' : `${place} calls take`;
  return [`at this limit ${calls} ${minutes}: ${PLAN}; retrying cannot help`];
}

function round(perMinute: number): number {
  return perMinute >= 10 ? Math.round(perMinute) : Math.round(perMinute * 10) / 10;
}
