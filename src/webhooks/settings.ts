/** The webhooks of a process, read once from its configuration, secrets from the environment. */
import type { EventType } from '../domain/notification.ts';
import { EVENT_TYPES } from '../domain/notification.ts';
import type { NotificationSettings, WebhookSettings } from '../schema/webhooks.ts';
import { readNotifications } from '../schema/webhooks.ts';
import { secretKeys } from './secret.ts';

export type { NotificationSettings, WebhookSettings } from '../schema/webhooks.ts';

export interface Webhook {
  readonly name: string;
  /** May be a secret itself: of messages only its host is a part. */
  readonly url: string;
  readonly keys: readonly Uint8Array[];
  readonly events: readonly EventType[];
  readonly routes?: readonly string[];
  readonly tags?: readonly string[];
  readonly timeoutMs: number;
}

export interface Webhooks {
  readonly all: readonly Webhook[];
  /** Without a slash at its end. */
  readonly consoleUrl?: string;
  /** What must appear nowhere (I7). */
  readonly secrets: readonly string[];
}

export const DEFAULT_TIMEOUT_MS = 10_000;
export const NO_WEBHOOKS: Webhooks = { all: [], secrets: [] };

/** Throws a TypeError that names the field and the cure. */
export function webhooksOf(
  given: NotificationSettings | undefined,
  {
    name = 'notifications',
    env = process.env,
  }: { readonly name?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Webhooks {
  if (given === undefined) return NO_WEBHOOKS;
  const { webhooks, consoleUrl } = readNotifications(given, name);
  const read = webhooks.map((each, i) => webhookOf(each, `${name}.webhooks[${i}]`, env));
  return {
    all: read.map(({ webhook }) => webhook),
    secrets: read.flatMap(({ secrets }) => secrets),
    ...(consoleUrl === undefined ? {} : { consoleUrl: consoleUrl.replace(/\/+$/, '') }),
  };
}

function webhookOf(
  { secret, secretEnv, allowInsecure: _said, ...rest }: WebhookSettings,
  field: string,
  env: NodeJS.ProcessEnv,
): { readonly webhook: Webhook; readonly secrets: readonly string[] } {
  const place = secretEnv === undefined ? `${field}.secret` : `${field}.secretEnv: the variable ${secretEnv}`;
  const given = secretEnv === undefined ? secret : env[secretEnv];
  if (given === undefined || given === '')
    throw new TypeError(`${place} is not set: give the worker the secret that the receiver knows`);
  const keys = secretKeys(given, place);
  const { name, url, events = EVENT_TYPES, routes, tags, timeoutMs = DEFAULT_TIMEOUT_MS } = rest;
  const texts = typeof given === 'string' ? [given] : given;
  return {
    webhook: {
      ...{ name, url, keys, events, timeoutMs },
      ...(routes === undefined ? {} : { routes }),
      ...(tags === undefined ? {} : { tags }),
    },
    secrets: texts
      .flatMap((text) => text.split(/\s+/))
      .flatMap((text) => [text, text.replace(/^whsec_/, '')]),
  };
}
