/**
 * An operator's grant in place of a person's decision: the same record, the same approval, the same call;
 * only nobody had to be woken for it (I4, I12). Where a person decides meanwhile, theirs is the word.
 */
import type { Ask, AskOption } from '../src/domain/ask.ts';
import type { Decision } from '../src/domain/decision.ts';
import { sharedScope } from '../src/policies/ask.ts';
import type { Whereabouts } from '../src/policies/decided.ts';
import { decided } from '../src/policies/decided.ts';
import type { Call } from '../src/policies/step.ts';
import { activityOutcome } from './activity-outcome.ts';
import { granting } from './activity-options.ts';
import { approve } from './carry-out.ts';
import type { GenerationState } from './state.ts';

type RouteOut = Extract<AskOption, { choice: 'route-out' }>;

export function routeOutsOf(ask: Ask | undefined): readonly RouteOut[] {
  return (ask?.options ?? []).filter((option): option is RouteOut => option.choice === 'route-out');
}

/** The call that a grant approves; undefined where there is none, or a person was faster. */
export async function useGrant(
  state: GenerationState,
  ask: Ask | undefined,
  at: Whereabouts,
): Promise<Call | undefined> {
  const offers = routeOutsOf(ask);
  const { snapshot } = state;
  if (ask === undefined || snapshot === undefined || offers.length === 0) return undefined;
  const grant = await granted(state, ask, at, offers);
  if (grant === undefined || state.desk.isDecided || Date.now() >= ask.expiresAt) return undefined;
  const { by, why, evidence, route } = grant;
  const decision: Decision = { choice: 'route-out', by, why, evidence, route };
  const call = offers.some((offer) => offer.route === route)
    ? decided(decision, ask, at, snapshot)
    : undefined;
  if (call === undefined) return undefined;
  // Nothing is asked any more: what comes now is told so.
  state.desk.put(undefined);
  const answer = `grant ${grant.id}: route out to ${route}, by ${by} on ${new Date(grant.grantedAt).toISOString()}`;
  return approve(state, state.desk.granted(decision, answer), {
    ...call,
    why: `grant ${grant.id} of ${by}: ${why}`,
  });
}

async function granted(
  state: GenerationState,
  { branch }: Ask,
  { variation }: Whereabouts,
  offers: readonly RouteOut[],
) {
  // What is the request's own matter leaves by a person's word alone, a use-policy verdict never (I14).
  if (branch === 'operator' || sharedScope(branch) === undefined) return undefined;
  const { route, model, tier } = state.rungOf(variation);
  const summary = `${branch}: is there a grant to leave ${route} for ${offers.map((each) => each.route).join(', ')}?`;
  try {
    const answer = await granting(summary.slice(0, 200))['gemini.takeGrant']({
      generationId: state.id,
      rung: { route, model, tier },
      branch,
      offers: offers.map((offer) => ({ route: offer.route, worstUsd: offer.worstUsd })),
    });
    return answer.grant;
  } catch (error) {
    // A governor that is away has no answer: a person is asked as without it.
    if (activityOutcome(error).kind === 'cancelled') throw error;
    return undefined;
  }
}
