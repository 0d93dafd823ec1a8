/** Pauses a scope, and finds a hold by its id: `h-1`, unique within its governor. */
import type { GovernorView } from '../contract/exchange.ts';
import type { Hold, Scope } from '../contract/standing.ts';
import type { Dealt } from './causes-wake.ts';
import { isAffected } from './causes-wake.ts';
import { holdIdOf } from './causes.ts';
import type { ClientContext } from './context.ts';
import type { GovernorSight } from './governors-sight.ts';
import { governors, governorSight } from './governors.ts';
import { answered, isSilent } from './governors-sight.ts';
import { sendCommand } from './governors-command.ts';
import { checkSaid, invalid } from './invalid.ts';
import type { Listed } from './listed.ts';
import { knownWords } from './near-names.ts';
import { placeScope, readScope, sameScope, scopeWords } from './routes-scope.ts';

export interface PauseRequest {
  /**
   * What to stop: `{ kind: 'model', key: 'gemini-3-pro-image' }`, or in words `model:gemini-3-pro-image`; a
   * bare name is a route. A credential may be its beginning, a route its model, or its model and tier, where
   * one thing is meant.
   */
  readonly scope: Scope | string;
  /** `google/ai-studio/my-project`; needed where several know the scope, or none does yet. */
  readonly governor?: string;
  readonly by: string;
  readonly why: string;
}

/** A hold where it is kept. */
export interface PlacedHold {
  readonly governor: string;
  readonly hold: Hold;
}

/** Throws InvalidRequest, RouteCommandRefused, UnknownGovernor, NoGovernorAnswered, ServerUnreachable. */
export async function pauseScope(context: ClientContext, given: PauseRequest): Promise<PlacedHold> {
  const { by, why } = given;
  checkSaid(given);
  const { governor, scope } = placeScope(
    answered(await asked(context, given.governor)),
    readScope(given.scope),
    given.governor,
  );
  const view = await sendCommand(context, governor, { kind: 'pause', scope, by, why });
  const hold = view.holds.findLast((each) => each.branch === 'operator' && sameScope(each.scope, scope));
  // It was taken: what cannot be shown is still there.
  if (hold === undefined) throw new Error(`${scopeWords(scope)} was paused, and ${governor} shows no hold`);
  return { governor, hold };
}

/** Of one that is named, or of all. */
export async function asked(
  context: ClientContext,
  governor: string | undefined,
): Promise<readonly GovernorSight[]> {
  return governor === undefined ? await governors(context) : [await governorSight(context, governor)];
}

/** Throws InvalidRequest that names the holds there are, or the governors that have one of this id. */
export function placeHold(
  sights: readonly GovernorSight[],
  id: string,
  governor?: string,
): PlacedHold & { readonly view: GovernorView } {
  const views = answered(sights).filter((view) => governor === undefined || view.id === governor);
  const found = views.flatMap((view) =>
    view.holds.filter((hold) => hold.id === id).map((hold) => ({ governor: view.id, hold, view })),
  );
  const [first, ...others] = found;
  if (first === undefined) {
    const words = knownWords(id, views.flatMap(holdNames), 'none is open');
    throw invalid('hold', id, `must be an open hold: ${words}${silentWords(sights)}`);
  }
  if (others.length > 0) {
    const ids = found.map((each) => each.governor).join(', ');
    throw invalid('governor', governor, `must say whose ${id} is meant: ${ids}`);
  }
  return first;
}

/** A hold of that id which is gone, and which somebody waits for still; undefined where it stands. */
export function goneHold(
  sights: readonly GovernorSight[],
  waiting: readonly Listed[],
  id: string,
  governor?: string,
): Dealt | undefined {
  const gone = answered(sights)
    .filter((view) => governor === undefined || view.id === governor)
    .filter((view) => !view.holds.some((hold) => hold.id === id))
    .map((view) => ({ governor: view.id, hold: id }))
    .filter((dealt) =>
      waiting.some(({ cause }) => holdIdOf(cause) !== undefined && isAffected(cause, dealt)),
    );
  const stands = answered(sights).some(({ holds }) => holds.some((hold) => hold.id === id));
  // Where it stands with another governor, that one is more likely meant.
  return stands || gone.length > 1 ? undefined : gone[0];
}

/** `; google/ai-studio/shop did not answer` */
export function silentWords(sights: readonly GovernorSight[]): string {
  const silent = sights
    .filter(isSilent)
    .map(({ id, unreachable }) => `${id} did not answer (${unreachable})`);
  return silent.length === 0 ? '' : `; ${silent.join('; ')}`;
}

function holdNames({ holds }: GovernorView): readonly string[] {
  return holds.map(({ id, branch, scope }) => `${id} (${branch}, ${scopeWords(scope)})`);
}
