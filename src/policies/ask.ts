/**
 * What a person may decide: while a proved branch is waited out, and when nothing else is left. A
 * route-out is offered only at proof, never after a use-policy verdict (I4, I14); a retry and a change of
 * one variable always, because a person may know what the policies cannot.
 */
import type { Ask, AskOption, StopScope } from '../domain/ask.ts';
import type { FailedAttempt } from '../domain/attempt.ts';
import type { Branch } from '../domain/branch.ts';
import { extraUsdOf } from '../domain/way.ts';
import { POLICIES } from './index.ts';
import { worstUsdOf } from './remedies.ts';
import type { Situation } from './situation.ts';
import { hasRoom, withinCost } from './situation.ts';

export interface Standing {
  /** Same-path attempts in a row. */
  readonly proof: number;
  readonly proved: boolean;
  /** Whether the generation goes on by itself when nobody decides. */
  readonly goesOn: boolean;
  readonly why: string;
}

export function askFor(situation: Situation, { proof, proved, goesOn, why }: Standing): Ask | undefined {
  const { last, snapshot, numbers, now } = situation;
  const { branch, reason } = last.classification;
  const { hold } = POLICIES[branch];
  if (now >= snapshot.deadlineAt) return undefined;
  const rewritten = rewriteOption(situation);
  const asks = snapshot.permits?.ask === true && asksAPerson(last);
  if (!asks && rewritten === undefined) return undefined;
  const routes = asks && proved ? routeOuts({ ...situation, branch }) : [];
  const retry: readonly AskOption[] = asks ? retryOption(situation) : [];
  // Where it goes on by itself, there is something to reject only where something is offered.
  const isOffer = routes.length > 0 || rewritten !== undefined;
  return {
    branch,
    reason,
    why,
    proof,
    of: numbers.proof,
    evidence: evidenceOf(last),
    options: [
      ...routes,
      ...(rewritten === undefined ? [] : [rewritten]),
      ...retry,
      ...(asks ? [{ choice: 'change' } as const] : []),
      ...(goesOn && !isOffer ? [] : [{ choice: 'reject' } as const]),
    ],
    expiresAt: snapshot.deadlineAt,
    userAction: last.classification.userAction,
    ...(hold === undefined || goesOn ? {} : { hold }),
  };
}

/** What a decision must name. */
export function evidenceOf({ evidence, fingerprint }: FailedAttempt): string {
  return evidence ?? fingerprint;
}

/** What attempts share when they end in a branch whose cause nobody must fix, and that others share. */
const SHARED: Readonly<Partial<Record<Branch, StopScope>>> = {
  'quota-minute': 'model',
  'quota-day': 'model',
  'spend-window': 'project',
  'gateway-fault': 'gateway',
  network: 'gateway',
};

/** The request's own: no other generation shares them, and what leaves because of one leaves by a person. */
const OWN: ReadonlySet<Branch> = new Set<Branch>(['policy', 'safety-prompt', 'safety-image']);

/** What asks are grouped by and a grant is given for; undefined where each is a matter of its own (I14). */
export function sharedScope(branch: Ask['branch']): StopScope | undefined {
  if (branch === 'operator' || OWN.has(branch)) return undefined;
  return POLICIES[branch].hold ?? SHARED[branch] ?? 'route';
}

function asksAPerson({ classification }: FailedAttempt): boolean {
  return asksAPersonFor(classification.branch);
}

export function asksAPersonFor(branch: Branch): boolean {
  const { remedies } = POLICIES[branch];
  return remedies.includes('operator') || remedies.includes('hold');
}

type Leaving = Pick<Situation, 'all' | 'trail' | 'snapshot' | 'rejected'> & {
  /** What it leaves for. */
  readonly branch: Branch;
  /** Rungs that are no way out now. */
  readonly not?: readonly number[];
};

export function routeOuts(leaving: Leaving): readonly AskOption[] {
  const { trail, snapshot, rejected, branch, not = [] } = leaving;
  if (rejected.includes(branch) || !hasRoom(leaving, 1)) return [];
  const taken = new Set([...trail.map(({ variation }) => variation.rung), ...not]);
  return snapshot.rungs.flatMap((rung, index): readonly AskOption[] => {
    if (rung.kind !== 'route-out' || rung.closed === true || taken.has(index)) return [];
    const worstUsd = rung.worstUsd[0] ?? 0;
    if (!withinCost(leaving, worstUsd)) return [];
    const { route, model, changes } = rung;
    const told = changes === undefined ? {} : { changes };
    const extraUsd = extraUsdOf(snapshot, rung);
    return [{ choice: 'route-out', route, rung: index, model, worstUsd, extraUsd, ...told }];
  });
}

function rewriteOption(situation: Situation): AskOption | undefined {
  const { trail, snapshot, preparations, rejected, last } = situation;
  if (
    snapshot.permits?.rewrite !== 'ask' ||
    !POLICIES[situation.last.classification.branch].remedies.includes('rewrite')
  )
    return undefined;
  if (rejected.includes(last.classification.branch)) return undefined;
  const isSent = trail.some(({ move }) => move.kind === 'remedy' && move.remedy === 'rewrite');
  const ready = preparations.find((each) => each.remedy === 'rewrite' && each.ok);
  if (isSent || ready?.ok !== true || ready.remedy !== 'rewrite') return undefined;
  const [made] = ready.prompts;
  const worstUsd = worstUsdOf(snapshot, situation.last.variation);
  if (made === undefined || !hasRoom(situation, 1) || !withinCost(situation, worstUsd)) return undefined;
  const { techniques, record } = ready;
  return { choice: 'rewrite', prompt: made.prompt, techniques, record, worstUsd };
}

function retryOption(situation: Situation): readonly AskOption[] {
  const worstUsd = worstUsdOf(situation.snapshot, situation.last.variation);
  return hasRoom(situation, 1) && withinCost(situation, worstUsd) ? [{ choice: 'retry', worstUsd }] : [];
}

/** What is still offered beside a wait once a person decided against what was. */
export function afterRejection(ask: Ask): Ask {
  return { ...ask, options: ask.options.filter(({ choice }) => choice === 'retry' || choice === 'change') };
}
