/** What may be said of a webhook: its name, its host and what it wants. The rest of its address may be a secret (I7). */
import type { EventType } from '../domain/notification.ts';
import { EVENT_TYPES } from '../domain/notification.ts';
import type { Webhook } from '../webhooks/settings.ts';

export interface ToldWebhook {
  readonly name: string;
  readonly host: string;
  readonly events: readonly EventType[];
  readonly timeoutMs: number;
  /** How many. */
  readonly secrets: number;
  readonly routes?: readonly string[];
  readonly tags?: readonly string[];
}

export function toldWebhook({ name, url, events, routes, tags, timeoutMs, keys }: Webhook): ToldWebhook {
  return {
    ...{ name, host: new URL(url).host, events, timeoutMs, secrets: keys.length },
    ...(routes === undefined ? {} : { routes }),
    ...(tags === undefined ? {} : { tags }),
  };
}

/** `route backup, tag shop`; empty where it hears of everything. */
export function filterWords({ routes = [], tags = [] }: Pick<Webhook, 'routes' | 'tags'>): string {
  return [...routes.map((each) => `route ${each}`), ...tags.map((each) => `tag ${each}`)].join(', ');
}

/** `ops at hooks.example.com: stuck, dead; only tag shop` */
export function webhookWords(webhook: Webhook): string {
  const { name, host, events } = toldWebhook(webhook);
  const filter = filterWords(webhook);
  const heard = events.length === EVENT_TYPES.length ? 'all events' : events.join(', ');
  return `${name} at ${host}: ${heard}${filter === '' ? '' : `; only ${filter}`}`;
}
