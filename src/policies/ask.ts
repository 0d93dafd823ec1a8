/**
 * What a person may decide: while a proved branch is waited out, and when nothing else is left. A
 * route-out is offered only at proof, never after a use-policy verdict (I4, I14); a retry and a change of
 * one variable always, because a person may know what the policies cannot.
 */
import type { Ask, AskOption } from '../domain/ask.ts';
import type { FailedAttempt } from '../domain/attempt.ts';
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
  const routes = asks && proved ? routeOuts(situation) : [];
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

function asksAPerson({ classification }: FailedAttempt): boolean {
  const { remedies } = POLICIES[classification.branch];
  return remedies.includes('operator') || remedies.includes('hold');
}

function routeOuts(situation: Situation): readonly AskOption[] {
  const { trail, last, snapshot, rejected } = situation;
  if (rejected.includes(last.classification.branch) || !hasRoom(situation, 1)) return [];
  const taken = new Set(trail.map(({ variation }) => variation.rung));
  return snapshot.rungs.flatMap((rung, index): readonly AskOption[] => {
    if (rung.kind !== 'route-out' || rung.closed === true || taken.has(index)) return [];
    const worstUsd = rung.worstUsd[0] ?? 0;
    if (!withinCost(situation, worstUsd)) return [];
    return [{ choice: 'route-out', route: rung.route, rung: index, model: rung.model, worstUsd }];
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
