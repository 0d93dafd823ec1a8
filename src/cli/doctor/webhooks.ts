/** The webhooks that a worker with this configuration tells: whether they can be read, and who would not hear the worst. */
import type { EventType } from '../../domain/notification.ts';
import { checkWebhookRoutes } from '../../plugin/notification-options.ts';
import type { Webhook, Webhooks } from '../../webhooks/settings.ts';
import { UsageError } from '../usage-error.ts';
import { toldWebhook, webhookWords } from '../webhook-words.ts';
import type { Finding } from './check.ts';
import { findingOf } from './check.ts';

/** What nobody may miss: a picture that will not come, and a cause that stops everyone. */
const WORST = ['dead', 'hold-opened'] as const satisfies readonly EventType[];

/** Webhooks are nobody's duty; those in a worker's own code are not to be seen from here. */
const NONE = 'no file of them is named (--webhooks FILE); what code gives to the plugin is not seen here';

type WebhookRoutes = Parameters<typeof checkWebhookRoutes>;

/** What a worker has that webhooks may name. */
export interface NamedByWebhooks {
  readonly routes: WebhookRoutes[1];
  readonly catalogue: WebhookRoutes[2];
}

/**
 * @param read throws where a worker would not start with them
 * @param worker absent where its routes are not known; their names are not checked then
 */
export function lookAtWebhooks(
  read: () => Webhooks | undefined,
  worker: NamedByWebhooks | undefined,
): Finding {
  try {
    const webhooks = read();
    if (webhooks === undefined) return { status: 'ok', seen: NONE };
    if (worker !== undefined) checkWebhookRoutes(webhooks, worker.routes, worker.catalogue);
    return judgeWebhooks(webhooks);
  } catch (error) {
    if (error instanceof UsageError || error instanceof TypeError) return findingOf(error);
    throw error;
  }
}

export function judgeWebhooks({ all }: Pick<Webhooks, 'all'>): Finding {
  const facts = { webhooks: all.map(toldWebhook) };
  if (all.length === 0) return { status: 'warning', seen: 'the file has none: nobody is told', facts };
  const open = all.filter(({ url }) => isOpen(url)).map(({ name }) => name);
  const unheard = WORST.filter((type) => !all.some((webhook) => hears(webhook, type)));
  const seen = all.map(webhookWords).join(' | ');
  if (open.length === 0 && unheard.length === 0) return { status: 'ok', seen, facts };
  const cures = [
    open.length > 0 &&
      `${open.join(', ')} is told over http: whoever is between reads and changes it; give an https address`,
    unheard.length > 0 &&
      `nobody hears ${unheard.join(' and ')} wherever it happens; give one webhook ${unheard.length === 1 ? 'this event' : 'these events'}, without tags and routes`,
  ];
  return { status: 'warning', seen, cure: cures.filter((each) => each !== false).join('; and '), facts };
}

/** Everything of this type, not only what its filter lets through. */
function hears({ events, tags, routes }: Webhook, type: EventType): boolean {
  return events.includes(type) && tags === undefined && routes === undefined;
}

/** http, and not to this machine. */
function isOpen(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
