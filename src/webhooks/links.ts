/** Pages of the console that events link to: plain addresses, which open nothing to who may not see them. */
import type { NotificationEvent } from '../domain/notification.ts';
import { BUDGET_EVENTS, GENERATION_EVENTS } from '../domain/notification.ts';

const has = (types: readonly string[], type: string): boolean => types.includes(type);

export function withLink(event: NotificationEvent, consoleUrl: string | undefined): NotificationEvent {
  if (consoleUrl === undefined) return event;
  return { ...event, url: `${consoleUrl}${pageOf(event)}` };
}

function pageOf({ type, data }: NotificationEvent): string {
  if (has(GENERATION_EVENTS, type) && 'generation' in data && data.generation !== undefined)
    return `/generations/${encodeURIComponent(data.generation)}`;
  return has(BUDGET_EVENTS, type) ? '/spend' : '/';
}
