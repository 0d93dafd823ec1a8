/** Breakers and degraded mode: what began and what is over. */
import type { StandingEvent } from '../contract/standing.ts';
import type { RouteEventType } from '../domain/notification.ts';
import type { News, Standing } from './news-item.ts';
import { whyOf } from './news-item.ts';
import { modelWords, routeKey } from './standing/scope.ts';
import type { RouteState } from './standing/state.ts';

export function routeNews(account: string, before: Standing, after: Standing): readonly News[] {
  const known = new Map(before.routes.map((each) => [routeKey(each.route), each]));
  return after.routes.flatMap((now): readonly News[] => {
    const was = known.get(routeKey(now.route));
    const words = modelWords(now.route);
    const news = (type: RouteEventType, what: StandingEvent['what']): readonly News[] => {
      const why = whyOf(before, after, what, words) ?? '';
      return [aboutRoute(account, now, was, type, why)];
    };
    // A trial that fails opens it again: it was never closed.
    const breaker =
      now.breaker !== undefined && was?.breaker === undefined
        ? news('breaker-opened', 'breaker-opened')
        : now.breaker === undefined && was?.breaker !== undefined
          ? news('breaker-closed', 'breaker-closed')
          : [];
    const degraded =
      now.degraded !== undefined && was?.degraded === undefined
        ? news('degraded-began', 'degraded-began')
        : now.degraded === undefined && was?.degraded !== undefined
          ? news('degraded-ended', 'degraded-ended')
          : [];
    return [...breaker, ...degraded];
  });
}

const ROUTE_WORDS: Readonly<Partial<Record<RouteEventType, string>>> = {
  'breaker-opened': 'the breaker opened',
  'breaker-closed': 'the breaker closed',
  'degraded-began': 'degraded, other models are taken where they are allowed',
  'degraded-ended': 'not degraded any more',
};

function aboutRoute(
  account: string,
  { route, breaker }: RouteState,
  was: RouteState | undefined,
  type: RouteEventType,
  why: string,
): News {
  const { credential, model, tier } = route;
  const branch = type.startsWith('breaker') ? (breaker ?? was?.breaker)?.branch : undefined;
  return {
    type,
    key: routeKey(route),
    subject: `${modelWords(route)}: ${ROUTE_WORDS[type] ?? type}${why === '' ? '' : `; ${why}`}`,
    place: { account, credential, model },
    data: { why, model, tier, ...(branch === undefined ? {} : { branch }) },
  };
}
