/** How an event reaches webhooks: one durable workflow for each event, one activity for each webhook. */
import type { EventType, NotificationEvent } from '../domain/notification.ts';
import type { Subscriber } from '../domain/subscriber.ts';

/** The argument of workflow `geminiNotification`; its id is `gemini-notification/<event id>`. */
export interface NotificationInput {
  readonly event: NotificationEvent;
  readonly to: readonly Addressee[];
}

export interface Addressee {
  /** Name of a webhook; address and secret are its worker's. */
  readonly webhook: string;
  /** Task queue of the workers that have it; absent: the notification's own. */
  readonly queue?: string;
}

/** What it returns: the webhooks that took the event. */
export interface NotificationResult {
  readonly delivered: readonly string[];
}

export interface DeliverInput {
  readonly webhook: string;
  readonly event: NotificationEvent;
}

export interface Delivered {
  /** 2xx */
  readonly status: number;
  /** Of the attempt that was taken. */
  readonly tookMs: number;
}

export interface NotificationActivities {
  'gemini.notify'(input: DeliverInput): Promise<Delivered>;
}

/** What a process tells governors and budgets: its webhooks, and where their deliveries are carried out. */
export interface NotifyTerms {
  readonly queue: string;
  readonly webhooks: readonly Subscriber[];
}

/** What governors and budgets know of webhooks, by task queue; the last one told holds. */
export type Subscriptions = Readonly<Record<string, readonly Subscriber[]>>;

export function notificationWorkflowId(event: string): string {
  return `gemini-notification/${event}`;
}

/** `budget-80` of 80. */
export function budgetEventType(percent: number): EventType {
  return `budget-${percent}` as EventType;
}
