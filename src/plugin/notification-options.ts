/** The part of the plugin's options that webhooks are about. */
import type { ConfiguredRoute } from '../../activities/deps.ts';
import type { Catalogue } from '../domain/catalogue.ts';
import type { SubscribedPlace, Subscriber } from '../domain/subscriber.ts';
import { BUDGET_EVENTS, ROUTE_EVENTS } from '../domain/notification.ts';
import { quotaId } from '../domain/path.ts';
import type { NotificationSettings, Webhooks } from '../webhooks/settings.ts';

export interface NotificationOptions {
  /**
   * Webhooks that are told what happens, signed (docs/notifications.md). Secrets stay in this process: history
   * knows a webhook's name only.
   *
   * @example { webhooks: [{ name: 'ops', url: 'https://hooks.example.com/images', secretEnv: 'OPS_WEBHOOK_SECRET' }] }
   * @default none
   */
  readonly notifications?: NotificationSettings;
}

/** Throws a TypeError for a name that nothing has: its webhook would be told nothing, for ever. */
export function checkWebhookRoutes(
  { all }: Webhooks,
  routes: readonly ConfiguredRoute[],
  catalogue: Catalogue,
): void {
  const names = routes.map(({ name }) => name);
  const models = [
    ...catalogue.map(({ model }) => model),
    ...routes.flatMap(({ models: own = [] }) => own.map(({ model }) => model)),
  ];
  for (const { name, routes: wanted = [] } of all) {
    const unknown = wanted.find((each) => !names.includes(each) && !models.includes(each));
    if (unknown === undefined) continue;
    throw new TypeError(
      `notifications: webhook ${name} names the route ${unknown}, which is neither a route of this worker ` +
        `(${names.join(', ')}) nor a model of its catalogue`,
    );
  }
}

/**
 * Who is told how routes and budgets stand. Tags are requests': who wants only tagged ones is told of nothing
 * else. A governor knows credentials, not names of routes: what they stand for goes with them.
 */
export function standingSubscribers(
  { all }: Webhooks,
  configured: readonly ConfiguredRoute[],
): readonly Subscriber[] {
  const standing = [...ROUTE_EVENTS, ...BUDGET_EVENTS];
  return all.flatMap(({ name, events: wanted, routes, tags }): readonly Subscriber[] => {
    const events = standing.filter((type) => wanted.includes(type));
    if (events.length === 0 || tags !== undefined) return [];
    if (routes === undefined) return [{ name, events }];
    const places = configured.filter((route) => routes.includes(route.name)).map(placeOf);
    return [{ name, events, routes, places }];
  });
}

function placeOf({ name, gemini: { account } }: ConfiguredRoute): SubscribedPlace {
  const { credential, baseUrl } = account;
  return { route: name, account: quotaId(account), credential, baseUrl };
}
