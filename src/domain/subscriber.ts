/** Who wants to be told what: a webhook's filter, and what an event is about. */
import type { EventType } from './notification.ts';

/** A webhook as history may know it: its name and what it wants, never its address or its secret (I7). */
export interface Subscriber {
  readonly name: string;
  readonly events: readonly EventType[];
  /** Names of routes and models; absent: all, and what belongs to none. */
  readonly routes?: readonly string[];
  /** What those of `routes` that are names of routes stand for, where only a governor can tell. */
  readonly places?: readonly SubscribedPlace[];
}

export interface SubscribedPlace {
  readonly route: string;
  readonly account: string;
  readonly credential: string;
  readonly baseUrl: string;
}

/** What an event is about; what is absent is not narrowed down. */
export interface NewsPlace {
  readonly route?: string;
  readonly model?: string;
  readonly account?: string;
  readonly credential?: string;
  readonly baseUrl?: string;
}

/** @param place Absent for what belongs to no route, such as a budget: who names routes does not hear it. */
export function isWanted(
  { events, routes, places = [] }: Pick<Subscriber, 'events' | 'routes' | 'places'>,
  type: EventType,
  place?: NewsPlace,
): boolean {
  if (!events.includes(type)) return false;
  if (routes === undefined) return true;
  if (place === undefined) return false;
  const { route, model } = place;
  if (routes.some((each) => each === route || each === model)) return true;
  if (places.some((each) => isAt(each, place))) return true;
  // A stopped credential or project stops each of its models.
  const namesModel = routes.some((each) => !places.some((known) => known.route === each));
  return route === undefined && model === undefined && namesModel;
}

function isAt(one: SubscribedPlace, { account, credential, baseUrl }: NewsPlace): boolean {
  if (baseUrl !== undefined) return one.baseUrl === baseUrl;
  return one.account === account && (credential === undefined || one.credential === credential);
}
