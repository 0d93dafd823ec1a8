/** What somebody means by a name: an account, a hold, a grant or a route of the fleet. */
import { nearNames } from '../client/near-names.ts';
import { parseScope, routeScopeKey } from '../client/routes-scope.ts';
import type { GovernorView } from '../contract/exchange.ts';
import type { Grant, Hold, RouteStatistics } from '../contract/standing.ts';
import { UsageError } from './usage-error.ts';

export type Found =
  | { readonly kind: 'governor'; readonly view: GovernorView }
  | { readonly kind: 'hold'; readonly view: GovernorView; readonly hold: Hold }
  | { readonly kind: 'grant'; readonly view: GovernorView; readonly grant: Grant }
  | { readonly kind: 'route'; readonly view: GovernorView; readonly route: RouteStatistics };

/** Everything of that name; throws {@link UsageError} that says what there is where nothing has it. */
export function findInRoutes(views: readonly GovernorView[], name: string): readonly Found[] {
  const found = views.flatMap((view) => foundIn(view, name));
  if (found.length > 0) return found;
  const known = views.flatMap(namesIn);
  const words = known.length === 0 ? 'no governor answers' : `there is ${nearNames(name, known).join(', ')}`;
  throw new UsageError(`NAME: nothing is called ${name}: ${words}`);
}

function foundIn(view: GovernorView, name: string): readonly Found[] {
  const route = routeName(name);
  return [
    ...(view.id === name ? [{ kind: 'governor', view } as const] : []),
    ...view.holds.filter(({ id }) => id === name).map((hold) => ({ kind: 'hold', view, hold }) as const),
    ...view.grants.filter(({ id }) => id === name).map((grant) => ({ kind: 'grant', view, grant }) as const),
    ...view.routes
      .filter((each) => namesOf(each).includes(route))
      .map((each) => ({ kind: 'route', view, route: each }) as const),
  ];
}

function routeName(name: string): string {
  const scope = parseScope(name);
  return scope?.kind === 'route' || scope?.kind === 'model' ? scope.key : name;
}

/** By its model, its model and tier, or whole. */
function namesOf({ route }: RouteStatistics): readonly string[] {
  const { model, tier } = route;
  return [model, `${model}/${tier}`, routeScopeKey(route)];
}

function namesIn({ id, holds, grants, routes }: GovernorView): readonly string[] {
  return [
    id,
    ...holds.map((hold) => hold.id),
    ...grants.map((grant) => grant.id),
    ...new Set(routes.map(({ route }) => `${route.model}/${route.tier}`)),
  ];
}
