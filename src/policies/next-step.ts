/**
 * The only place where policy lives: what a generation does after an attempt (design section 5).
 * Pure and total; reads no clock, no random, no environment (I8).
 *
 * Order: a delivered image ends it · bounds (attempts, paid calls, cost; I4, I13) · at proof the
 * allowed remedies that leave the path · same-path retests while the branch's allowance lasts ·
 * the remedies that stay on the path (queue, reset) · a person, where one is asked · the end, with
 * its reason.
 */
import type { Attempt, FailedAttempt } from '../domain/attempt.ts';
import { isStopBranch } from '../domain/branch.ts';
import type { EndCause } from '../domain/phase.ts';
import type { PolicyNumbers, PolicySnapshot } from '../domain/snapshot.ts';
import { askFor } from './ask.ts';
import { backoff } from './backoff.ts';
import { POLICIES } from './index.ts';
import { STOP } from './policy.ts';
import { proofCount, retestsSpent } from './proof.ts';
import { isLostBetween, TREATMENTS, worstUsdOf } from './remedies.ts';
import type { Circumstances, Situation } from './situation.ts';
import { boundSpent, imageAttempts, isPathClosed, sinceLastChange, withinCost } from './situation.ts';
import type { Call, End, Prepare, Step } from './step.ts';

export function nextStep(
  history: readonly Attempt[],
  attempt: Attempt,
  snapshot: PolicySnapshot,
  circumstances: Circumstances,
): Step {
  if (attempt.classification === undefined && attempt.move.kind !== 'prepare') return { kind: 'deliver' };
  const situation = situationOf([...history, attempt], snapshot, circumstances);
  // A use-policy verdict on the words of a rewrite is one on the prompt: it never travels (I14).
  if (isPolicyVerdict(attempt)) return end({ ...situation, last: attempt }, 'stop-branch');

  const spent = boundSpent(situation);
  if (spent !== undefined) return end(situation, spent);

  const { last, now } = situation;
  const { numbers } = situation;
  const proof = proofCount(situation.trail, last);
  const proved = proof >= numbers.proof || provedBefore(situation) || isLostBetween(situation);
  const candidates = candidatesOf(situation, proof, proved);

  const inTime = candidates.filter(({ delayMs }) => now + delayMs < snapshot.deadlineAt);
  const next = inTime.find((step) => isAffordable(situation, step));
  if (next !== undefined) return withAsk(situation, next, proof, proved);
  if (inTime.length > 0) return end(situation, 'cost-spent');
  const ending = end(situation, endCause(candidates, last));
  const why = proved ? `${last.classification.branch} is proved; ${ending.why}` : ending.why;
  const ask = askFor(situation, { proof, proved, goesOn: false, why });
  // A wait that passes the deadline is refused now (I5), unless a person could send it elsewhere.
  const isWorthAsking =
    candidates.length === 0 || ask?.options.some(({ choice }) => choice === 'route-out') === true;
  return ask !== undefined && isWorthAsking ? { kind: 'ask', ask, end: ending } : ending;
}

function situationOf(
  all: readonly Attempt[],
  snapshot: PolicySnapshot,
  { now, random, preparations = [], rejected = [] }: Circumstances,
): Situation {
  const images = imageAttempts(all);
  const trail = sinceLastChange(images);
  const last = trail.at(-1) as FailedAttempt;
  const numbers = snapshot.policies[last.classification.branch] ?? STOP;
  return { all, images, trail, last, snapshot, numbers, now, random, preparations, rejected };
}

function isPolicyVerdict(attempt: Attempt): attempt is FailedAttempt {
  return attempt.move.kind === 'prepare' && attempt.classification?.branch === 'policy';
}

function candidatesOf(situation: Situation, proof: number, proved: boolean): readonly (Call | Prepare)[] {
  const candidates = proved ? [...remedies(situation, 'leaves-path')] : [];
  if (isPathClosed(situation)) return candidates;
  const again = retest(situation, proof);
  return [...candidates, ...(again === undefined ? [] : [again]), ...remedies(situation, 'repeats-path')];
}

/** While it waits, a person may decide otherwise; a call that is made at once leaves no time for it. */
function withAsk(situation: Situation, step: Call | Prepare, proof: number, proved: boolean): Call | Prepare {
  if (step.kind === 'prepare' || step.delayMs === 0) return step;
  const ask = askFor(situation, { proof, proved, goesOn: true, why: step.why });
  return ask === undefined ? step : { ...step, ask };
}

function isAffordable(situation: Situation, step: Call | Prepare): boolean {
  const { snapshot } = situation;
  const isTextCall = step.kind === 'prepare' && (step.remedy === 'rewrite' || step.remedy === 'simplify');
  const text = isTextCall ? (snapshot.text?.worstUsd ?? 0) : 0;
  return withinCost(situation, worstUsdOf(snapshot, step.variation) + text);
}

/**
 * A branch that was proved once and has no retest left is taken at its word on the next rung: proof would
 * need a retest that the generation may not spend (docs/decisions/0012).
 */
function provedBefore({ images, last, numbers }: Situation): boolean {
  const { branch } = last.classification;
  const left = images.some(
    ({ move }, i) => move.kind === 'remedy' && images[i - 1]?.classification?.branch === branch,
  );
  return left && retestsSpent(images, last) >= retestAllowance(numbers, last);
}

function retest({ images, last, snapshot, numbers, random }: Situation, proof: number): Call | undefined {
  const { classification } = last;
  const policy = POLICIES[classification.branch];
  if (!policy.retestable(classification)) return undefined;
  const allowance = retestAllowance(numbers, last);
  const spent = retestsSpent(images, last);
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

function remedies(situation: Situation, kind: 'leaves-path' | 'repeats-path'): readonly (Call | Prepare)[] {
  return POLICIES[situation.last.classification.branch].remedies.flatMap((remedy) => {
    const treatment = TREATMENTS[remedy];
    if (treatment === undefined) return [];
    const wanted = kind === 'leaves-path' ? treatment.leavesPath : treatment.repeatsPath;
    const step = wanted ? treatment.apply(situation) : undefined;
    return step === undefined ? [] : [step];
  });
}

function endCause(candidates: readonly (Call | Prepare)[], last: FailedAttempt): EndCause {
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
  rejected: 'a person decided against going on',
};

function end({ trail, last }: Situation, cause: EndCause): End {
  const conclude = POLICIES[last.classification.branch].conclude;
  return {
    kind: 'end',
    cause,
    classification: conclude?.(trail, last) ?? last.classification,
    why: END_WORDS[cause],
  };
}
