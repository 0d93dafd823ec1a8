/**
 * What is worth telling of a change of state: the difference between how routes stood and how they stand,
 * so that what four processes report is one event. An id is made of what happened and when, never of who
 * told it: the same change gives the same id on replay, after a reset and by a successor.
 */
import type { BudgetEvent } from '../contract/budget.ts';
import type { NotificationInput, Subscriptions } from '../contract/notification.ts';
import { budgetEventType } from '../contract/notification.ts';
import type { Scope, StandingEvent } from '../contract/standing.ts';
import type { NewsPlace, NotificationEvent, RouteEventType, RouteNews } from '../domain/notification.ts';
import { idPart } from '../domain/notification.ts';
import { shortText } from '../domain/short-text.ts';
import { modelWords, routeKey, scopeWords } from './standing/scope.ts';
import type { HoldState, RouteState, StandingState } from './standing/state.ts';
import { addressees } from './subscriptions.ts';

const LONGEST_SUBJECT = 300;

interface News {
  readonly type: RouteEventType;
  readonly key: string;
  readonly subject: string;
  readonly place: NewsPlace;
  readonly data: Omit<RouteNews, 'account'>;
}

type Standing = Pick<StandingState, 'holds' | 'routes' | 'alerts' | 'events'>;

/** @param account Whose governor it is; `source` is part of the ids and tells apart what shares no governor. */
export function standingNotices(
  { account, source = account }: { readonly account: string; readonly source?: string },
  before: Standing,
  after: Standing,
  subscriptions: Subscriptions | undefined,
  now: number,
): readonly NotificationInput[] {
  if (subscriptions === undefined || before === after) return [];
  return newsOf(account, before, after).flatMap((news) => {
    const { type, key, subject, place, data } = news;
    const to = addressees(subscriptions, type, place);
    if (to.length === 0) return [];
    const event: NotificationEvent = {
      id: [type, idPart(source), idPart(key), now].join('/'),
      type,
      at: new Date(now).toISOString(),
      subject: shortText(subject, LONGEST_SUBJECT),
      data: { account, ...data },
    };
    return [{ event, to }];
  });
}

export function budgetNotices(
  { tenant, source }: { readonly tenant: string; readonly source?: string },
  events: readonly BudgetEvent[],
  subscriptions: Subscriptions | undefined,
): readonly NotificationInput[] {
  return events.flatMap(({ at, percent, period, label, usd, sureUsd, possibleUsd }) => {
    const type = budgetEventType(percent) as 'budget-50';
    const to = addressees(subscriptions, type);
    if (to.length === 0) return [];
    const whose = tenant === '' ? 'requests without a tenant' : `tenant ${tenant}`;
    const spent = `$${(sureUsd + possibleUsd).toFixed(2)} of $${usd}`;
    const event: NotificationEvent = {
      // A cap that was changed within its period has marks of its own.
      id: [type, ...(source === undefined ? [] : [source]), `t-${tenant}`, period, label, `${usd}`]
        .map(idPart)
        .join('/'),
      type,
      at: new Date(at).toISOString(),
      subject: `budget of ${whose}: ${percent} % of the ${period} ${label} reached, ${spent}`,
      data: { tenant, percent, period, label, usd, sureUsd, possibleUsd },
    };
    return [{ event, to }];
  });
}

function newsOf(account: string, before: Standing, after: Standing): readonly News[] {
  return [
    ...holdNews(account, before, after),
    ...routeNews(account, before, after),
    ...quotaNews(account, before, after),
  ];
}

function holdNews(account: string, before: Standing, after: Standing): readonly News[] {
  const opened = after.holds.flatMap((hold): readonly News[] => {
    const known = before.holds.find(({ id }) => id === hold.id);
    // Resumed and held again, because the cause is still there, is news; more calls behind it are not.
    const isNews = known === undefined || (known.phase !== 'held' && hold.phase === 'held');
    return isNews ? [aboutHold(account, hold, 'hold-opened', openedWords(hold))] : [];
  });
  const released = before.holds.flatMap((hold): readonly News[] => {
    if (after.holds.some(({ id }) => id === hold.id)) return [];
    const why = whyOf(before, after, 'hold-released', hold.id);
    // One that had to make room for others was not released by anybody.
    return why === undefined ? [] : [aboutHold(account, hold, 'hold-released', why)];
  });
  return [...opened, ...released];
}

function openedWords({ branch, reason, by, message }: HoldState): string {
  return branch === 'operator' ? `paused by ${by ?? 'somebody'}: ${message}` : `${branch}/${reason}`;
}

function aboutHold(
  account: string,
  hold: HoldState,
  type: 'hold-opened' | 'hold-released',
  why: string,
): News {
  const { id, scope, branch, reason, message, generationId, by } = hold;
  const what = type === 'hold-opened' ? 'everything is held' : 'released';
  return {
    type,
    key: id,
    subject: `${what} by ${id}, ${scopeWords(scope)}: ${why}`,
    place: placeOf(account, scope),
    data: {
      ...{ why, scope, hold: id, branch, reason, message },
      ...(scope.kind === 'model' ? { model: scope.key } : {}),
      ...(generationId === undefined ? {} : { generation: generationId }),
      ...(by === undefined ? {} : { by }),
    },
  };
}

function placeOf(account: string, { kind, key }: Scope): NewsPlace {
  switch (kind) {
    case 'credential':
      return { account, credential: key };
    case 'project':
      return { account };
    case 'model':
      return { account, model: key };
    case 'endpoint':
    case 'gateway':
      return { baseUrl: key };
    case 'route': {
      const [credential = '', ...rest] = key.split('/');
      return { account, credential, model: rest.slice(0, -1).join('/') };
    }
  }
}

function routeNews(account: string, before: Standing, after: Standing): readonly News[] {
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

function quotaNews(account: string, before: Standing, after: Standing): readonly News[] {
  return after.alerts.flatMap(({ kind, subject, value }): readonly News[] => {
    const isKnown = before.alerts.some((alert) => alert.kind === kind && alert.subject === subject);
    if (kind !== 'quota-80' || isKnown) return [];
    // `gemini-3-pro-image rpm`
    const [model = subject, dimension = ''] = subject.split(' ');
    const why = `${Math.round(value * 100)} % of ${dimension} in use`;
    const key = subject.replaceAll(' ', ':');
    return [
      { type: 'quota-80', key, subject: `${model}: ${why}`, place: { account, model }, data: { why, model } },
    ];
  });
}

/** As it was told to people: the latest new event of this kind whose subject begins so. */
function whyOf(
  before: Standing,
  after: Standing,
  what: StandingEvent['what'],
  subject: string,
): string | undefined {
  const last = before.events.at(-1);
  const seen = after.events.findLastIndex(
    ({ at, what: kind, subject: of }) => at === last?.at && kind === last.what && of === last.subject,
  );
  const fresh = after.events.slice(seen + 1);
  return fresh.findLast(
    (event) => event.what === what && (event.subject === subject || event.subject.startsWith(`${subject} `)),
  )?.why;
}
