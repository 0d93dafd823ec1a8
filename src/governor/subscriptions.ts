/**
 * Who is told what by a durable entity. Processes tell it their webhooks with each request; what makes no
 * sense is taken for nothing, for a reducer that threw would stop its entity.
 */
import type { Addressee, NotifyTerms, Subscriptions } from '../contract/notification.ts';
import type { EventType } from '../domain/notification.ts';
import type { NewsPlace, SubscribedPlace, Subscriber } from '../domain/subscriber.ts';
import { EVENT_TYPES } from '../domain/notification.ts';
import { isWanted } from '../domain/subscriber.ts';

/** Task queues of a namespace whose workers have webhooks; the one that was told longest ago is forgotten. */
const MOST_QUEUES = 10;
const MOST_WEBHOOKS = 20;
const MOST_ROUTES = 50;
const LONGEST_NAME = 200;

/** Undefined as long as nobody has a webhook, so that a state is what it was. */
export function toldTerms(before: Subscriptions | undefined, terms: unknown): Subscriptions | undefined {
  const { queue, webhooks } = (terms ?? {}) as Partial<NotifyTerms>;
  if (!isName(queue) || !Array.isArray(webhooks)) return before;
  const sound = (webhooks as readonly unknown[]).slice(0, MOST_WEBHOOKS).flatMap(subscriber);
  const known = before?.[queue];
  if (JSON.stringify(known ?? []) === JSON.stringify(sound)) return before;
  const others = Object.entries(before ?? {}).filter(([name]) => name !== queue);
  const kept = sound.length === 0 ? others : [...others.slice(1 - MOST_QUEUES), [queue, sound] as const];
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Each name once, however many queues have it: an event is told to a webhook once. */
export function addressees(
  subscriptions: Subscriptions | undefined,
  type: EventType,
  place?: NewsPlace,
): readonly Addressee[] {
  const byName = new Map<string, Addressee>();
  for (const [queue, webhooks] of Object.entries(subscriptions ?? {})) {
    for (const each of webhooks) {
      if (!byName.has(each.name) && isWanted(each, type, place))
        byName.set(each.name, { webhook: each.name, queue });
    }
  }
  return [...byName.values()];
}

function subscriber(told: unknown): readonly Subscriber[] {
  const { name, events, routes, places } = (told ?? {}) as Partial<Subscriber>;
  if (!isName(name) || !Array.isArray(events)) return [];
  const known = EVENT_TYPES.filter((type) => events.includes(type));
  if (known.length === 0) return [];
  return [
    {
      name,
      events: known,
      ...(Array.isArray(routes) ? { routes: routes.filter(isName).slice(0, MOST_ROUTES) } : {}),
      ...(Array.isArray(places) ? { places: places.flatMap(placeOf).slice(0, MOST_ROUTES) } : {}),
    },
  ];
}

function placeOf(told: unknown): readonly SubscribedPlace[] {
  const { route, account, credential, baseUrl } = (told ?? {}) as Partial<SubscribedPlace>;
  const isWhole = isName(route) && isName(account) && isName(credential) && typeof baseUrl === 'string';
  return isWhole ? [{ route, account, credential, baseUrl }] : [];
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME && value !== '__proto__';
}
