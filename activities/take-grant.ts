/**
 * `gemini.takeGrant`: an operator's standing approval in place of a person's decision. The broker has the
 * governor record the use before it answers; a generation that asks again, because this activity was run
 * again, is given the same one.
 */
import { Context } from '@temporalio/activity';
import type { TakeGrantAnswer, TakeGrantInput } from '../src/contract/generation.ts';
import type { ActivityDeps } from './deps.ts';
import { routeOfRung } from './outlook.ts';

export async function takeGrant(deps: ActivityDeps, input: TakeGrantInput): Promise<TakeGrantAnswer> {
  const { generationId, rung, branch, offers } = input;
  const route = routeOfRung(deps, rung);
  // A use-policy verdict never travels, whoever approved what (I14).
  if (route === undefined || branch === 'policy' || offers.length === 0) return {};
  const { cancellationSignal } = Context.current();
  const grant = await deps.broker.takeGrant(
    { generationId, route, cause: { branch }, offers },
    cancellationSignal,
  );
  return grant === undefined ? {} : { grant };
}
