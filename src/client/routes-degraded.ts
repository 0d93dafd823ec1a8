/** Ends degraded mode before the statistics do: the route is used as it was. */
import type { RouteKey } from '../contract/standing.ts';
import type { ClientContext } from './context.ts';
import { answered } from './governors-sight.ts';
import { sendCommand } from './governors-command.ts';
import { checkSaid, invalid } from './invalid.ts';
import { asked } from './routes-hold.ts';
import { placeScope, routeScopeKey } from './routes-scope.ts';

export interface EndDegradedRequest {
  /** `<credential>/<model>/<tier>`, or its model, or its model and tier, where one route is meant. */
  readonly route: string;
  /** `google/ai-studio/my-project`; needed where several have such a route. */
  readonly governor?: string;
  readonly by: string;
  readonly why: string;
}

/** Throws InvalidRequest, RouteCommandRefused, UnknownGovernor, NoGovernorAnswered, ServerUnreachable. */
export async function endDegraded(
  context: ClientContext,
  { route: key, governor: given, by, why }: EndDegradedRequest,
): Promise<{ readonly governor: string; readonly route: RouteKey }> {
  checkSaid({ by, why });
  const views = answered(await asked(context, given));
  // Only what is degraded is meant.
  const degraded = views.map((view) => ({ ...view, routes: [], breakers: [], holds: [] }));
  if (degraded.every((view) => view.degraded.length === 0))
    throw invalid('route', key, 'must be one that is degraded, and none is');
  const { governor, scope } = placeScope(degraded, { kind: 'route', key }, given, 'route');
  const route = views
    .find((view) => view.id === governor)
    ?.degraded.find((each) => routeScopeKey(each.route) === scope.key)?.route;
  if (route === undefined) throw invalid('route', key, 'must be one that is degraded');
  await sendCommand(context, governor, { kind: 'end-degraded', by, why, route });
  return { governor, route };
}
