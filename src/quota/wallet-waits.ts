/** What a call without money is told: why, and for how long a durable timer is to sleep. Pure. */
import type { BudgetAnswer, BudgetStanding } from '../contract/budget.ts';
import type { QuotaWait } from './broker.ts';
import type { TenantBudget } from './wallet-budgets.ts';
import { exhausted, neverFits, reserved, soonTold, unanswered } from './wallet-words.ts';
import type { MoneyRequest } from './wallet.ts';

export interface Heard {
  readonly answer: BudgetAnswer;
  /** Of a clock that never goes back: when it was asked, and heard. */
  readonly sentAt: number;
  readonly at: number;
}

export interface Situation {
  readonly tenant: string;
  readonly budgets: readonly TenantBudget[];
  readonly heard: Heard | undefined;
  /** Millionths of a USD: of the call, and what this process has at hand. */
  readonly price: number;
  readonly atHand: number;
  readonly request: MoneyRequest;
  readonly now: number;
}

/** What was spent only grows; but a cap may be raised elsewhere, so it is asked anew after a while. */
const TRUST_SPENT_MS = 60_000;
/** What others hold comes back any moment. */
const TRUST_HELD_MS = 3_000;
/** Clocks of hosts differ a little: not a moment before the budget's own new period. */
const AFTER_THE_END_MS = 1_000;
/** Longer than any deadline: such a call never goes, and its generation ends with these words. */
const NEVER_MS = 400 * 24 * 3_600_000;
const SHORTEST_MS = 10_000;
const LONGEST_MS = 120_000;

/** Undefined where nothing is known to be in the way. */
export function knownWait(situation: Situation): QuotaWait | undefined {
  const { tenant, budgets, price, heard, now } = situation;
  const tooSmall = budgets.find(({ capMicros }) => price > capMicros);
  if (tooSmall !== undefined) {
    return wait(NEVER_MS, neverFits(tenant, tooSmall.period, tooSmall.capMicros, price));
  }
  if (heard === undefined || now - heard.at > TRUST_SPENT_MS) return undefined;
  return fullWait(situation, heard);
}

/** Also where it is others that hold the rest. */
export function answeredWait(situation: Situation): QuotaWait | undefined {
  const known = knownWait(situation);
  const { heard, now, price, atHand, tenant, request } = situation;
  if (known !== undefined || heard === undefined || now - heard.at > TRUST_HELD_MS) return known;
  const short = heard.answer.standings.find(
    (standing) => price > leftOf(standing) - standing.leasedMicros + atHand,
  );
  return short === undefined ? undefined : wait(patience(request), reserved(tenant, short));
}

/** The budget whose cap is in the way for longest. */
function fullWait({ tenant, price, now }: Situation, { answer, sentAt }: Heard): QuotaWait | undefined {
  const full = answer.standings
    .filter((standing) => price > leftOf(standing) && now < sentAt + standing.endsInMs)
    .reduce<BudgetStanding | undefined>(
      (a, b) => (a !== undefined && a.endsInMs >= b.endsInMs ? a : b),
      undefined,
    );
  if (full === undefined) return undefined;
  // From the asking on would be too early by the time that the answer took.
  return wait(full.endsInMs - (now - sentAt) + AFTER_THE_END_MS, exhausted(tenant, full, price));
}

function leftOf({ capMicros, sureMicros, possibleMicros }: BudgetStanding): number {
  return capMicros - sureMicros - possibleMicros;
}

export function unansweredWait(tenant: string, request: MoneyRequest, waiting: number): QuotaWait {
  return { ...wait(patience(request), unanswered(tenant)), place: waiting + 1 };
}

/** Its turn to be told has not come within the time that a call waits here. */
export function unheardWait(tenant: string, request: MoneyRequest, waiting: number): QuotaWait {
  return { ...wait(patience(request), soonTold(tenant)), place: waiting + 1 };
}

/** A quarter of what it has waited. */
function patience({ waitedMs = 0 }: MoneyRequest): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Math.round(waitedMs / 4)));
}

function wait(ms: number, why: string): QuotaWait {
  return { kind: 'wait', ms: Math.max(1, Math.ceil(ms)), why, limit: 'budget', place: 1 };
}
