/** One thing that happened to routes, and the words that people were told of it. */
import type { StandingEvent } from '../contract/standing.ts';
import type { RouteEventType, RouteNews } from '../domain/notification.ts';
import type { NewsPlace } from '../domain/subscriber.ts';
import type { StandingState } from './standing/state.ts';

export interface News {
  readonly type: RouteEventType;
  readonly key: string;
  readonly subject: string;
  readonly place: NewsPlace;
  readonly data: Omit<RouteNews, 'account'>;
}

export type Standing = Pick<StandingState, 'holds' | 'routes' | 'alerts' | 'events'>;

/** As it was told to people: the latest new event of this kind whose subject begins so. */
export function whyOf(
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
