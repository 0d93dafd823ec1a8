/**
 * The only place where policy lives: what a generation does after an attempt (design section 5).
 * Pure and total; reads no clock, no random, no environment (I8).
 *
 * Order: a delivered image ends it · bounds (attempts, paid calls, cost; I4, I13) · at proof the
 * allowed remedies that leave the path · same-path retests while the branch's allowance lasts ·
 * the remedies that stay on the path (queue, reset) · the end, with its reason.
 */
import type { Attempt, FailedAttempt } from '../domain/attempt.ts';
import { mayHaveBeenBilled, totalCost } from '../domain/attempt.ts';
import { isStopBranch } from '../domain/branch.ts';
import type { EndCause } from '../domain/phase.ts';
import type { PolicyNumbers, PolicySnapshot } from '../domain/snapshot.ts';
import { backoff } from './backoff.ts';
import { POLICIES } from './index.ts';
import { STOP } from './policy.ts';
import { proofCount, retestsSpent } from './proof.ts';
import type { Call, Situation } from './remedies.ts';
import { TREATMENTS } from './remedies.ts';
import type { Step } from './step.ts';

/** Possibly billed calls after which nothing repeats the same path without a person (I13). */
const POSSIBLE_CALLS_BEFORE_A_PERSON = 2;

export interface Circumstances {
  /** Epoch milliseconds, the workflow's clock. */
  readonly now: number;
  /** Uniform in [0, 1), the workflow's seeded random. */
  readonly random: number;
}

export function nextStep(
  history: readonly Attempt[],
  attempt: Attempt,
  snapshot: PolicySnapshot,
  { now, random }: Circumstances,
): Step {
  if (attempt.classification === undefined) return { kind: 'deliver' };
  const last = attempt as FailedAttempt;
  const trail = [...history, attempt];
  const { branch } = last.classification;
  const numbers = snapshot.policies[branch] ?? STOP;
  const situation: Situation = { trail, last, snapshot, numbers, now, random };

  const spent = boundSpent(trail, snapshot);
  if (spent !== undefined) return end(situation, spent);

  const proof = proofCount(trail, last);
  const candidates: Call[] = [];
  if (proof >= numbers.proof || provedBefore(situation))
    candidates.push(...remedies(situation, 'leaves-path'));
  if (!aPersonMustDecide(trail, last)) {
    const again = retest(situation, proof);
    if (again !== undefined) candidates.push(again);
    candidates.push(...remedies(situation, 'repeats-path'));
  }

  const inTime = candidates.find(({ delayMs }) => now + delayMs < snapshot.deadlineAt);
  if (inTime === undefined) return end(situation, endCause(candidates, last));
  return withinCost(inTime, trail, snapshot) ? inTime : end(situation, 'cost-spent');
}

function boundSpent(trail: readonly Attempt[], snapshot: PolicySnapshot): EndCause | undefined {
  if (trail.length >= snapshot.maxAttempts) return 'attempts-spent';
  if (trail.filter(mayHaveBeenBilled).length >= snapshot.maxPaidCalls) return 'paid-calls-spent';
  return undefined;
}

function aPersonMustDecide(trail: readonly Attempt[], last: FailedAttempt): boolean {
  const possible = trail.filter(({ billed }) => billed === 'possible').length;
  return last.billed === 'possible' && possible >= POSSIBLE_CALLS_BEFORE_A_PERSON;
}

/**
 * A branch that was proved once and has no retest left is taken at its word on the next rung: proof would
 * need a retest that the generation may not spend (docs/decisions/0012).
 */
function provedBefore({ trail, last, numbers }: Situation): boolean {
  const { branch } = last.classification;
  const left = trail.some(
    ({ move }, i) => move.kind === 'remedy' && trail[i - 1]?.classification?.branch === branch,
  );
  return left && retestsSpent(trail, last) >= retestAllowance(numbers, last);
}

function retest({ trail, last, snapshot, numbers, random }: Situation, proof: number): Call | undefined {
  const { classification } = last;
  const policy = POLICIES[classification.branch];
  if (!policy.retestable(classification)) return undefined;
  const allowance = retestAllowance(numbers, last);
  const spent = retestsSpent(trail, last);
  if (spent >= allowance) return undefined;

  const change = policy.retestChange?.(last, snapshot);
  const delayMs = backoff(numbers, {
    spent,
    timeScale: snapshot.timeScale,
    random,
    ...(classification.retryAfterMs === undefined ? {} : { retryAfterMs: classification.retryAfterMs }),
  });
  return {
    kind: 'call',
    delayMs,
    variation: { ...last.variation, ...change },
    move:
      change === undefined
        ? { kind: 'retest' }
        : { kind: 'retest', change: 'modalities' in change ? 'modalities' : 'callTimeout' },
    why:
      proof >= numbers.proof
        ? `${classification.branch} is proved; no other path is allowed`
        : `${classification.branch} needs ${numbers.proof} in a row as proof, has ${proof}`,
    retest: spent + 1,
    of: allowance,
  };
}

function retestAllowance(numbers: PolicyNumbers, last: FailedAttempt): number {
  return last.billed === 'no'
    ? numbers.retests
    : Math.min(numbers.retests, numbers.retestsIfBilled ?? numbers.retests);
}

function remedies(situation: Situation, kind: 'leaves-path' | 'repeats-path'): readonly Call[] {
  return POLICIES[situation.last.classification.branch].remedies.flatMap((remedy) => {
    const treatment = TREATMENTS[remedy];
    if (treatment === undefined) return [];
    const wanted = kind === 'leaves-path' ? treatment.leavesPath : treatment.repeatsPath;
    const call = wanted ? treatment.apply(situation) : undefined;
    return call === undefined ? [] : [call];
  });
}

function withinCost(call: Call, trail: readonly Attempt[], snapshot: PolicySnapshot): boolean {
  if (snapshot.maxCostUsd === undefined) return true;
  const rung = snapshot.rungs[call.variation.rung];
  const index = call.variation.size === undefined ? 0 : (rung?.sizes.indexOf(call.variation.size) ?? 0);
  const next = rung?.worstUsd[Math.max(0, index)] ?? 0;
  const { sureUsd, possibleUsd } = totalCost(trail);
  return sureUsd + possibleUsd + next <= snapshot.maxCostUsd;
}

function endCause(candidates: readonly Call[], last: FailedAttempt): EndCause {
  if (candidates.length > 0) return 'deadline';
  return isStopBranch(last.classification.branch) ? 'stop-branch' : 'no-remedy';
}

const END_WORDS: Readonly<Record<EndCause, string>> = {
  'stop-branch': 'the same path must not be tried again and nothing else is allowed',
  'no-remedy': 'no retest and no allowed remedy is left',
  'attempts-spent': 'maxAttempts is spent',
  'paid-calls-spent': 'maxPaidCalls is spent',
  'cost-spent': 'the next call could pass maxCostUsd',
  deadline: 'the next wait would pass the deadline',
};

function end({ trail, last }: Situation, cause: EndCause): Step {
  const conclude = POLICIES[last.classification.branch].conclude;
  return {
    kind: 'end',
    cause,
    classification: conclude?.(trail, last) ?? last.classification,
    why: END_WORDS[cause],
  };
}
