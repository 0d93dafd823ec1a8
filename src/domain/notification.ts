/**
 * What is told to webhooks: the events, and who wants which. JSON throughout; texts of providers are short
 * and redacted, and a prompt is in none of them.
 */
import type { ImageRef } from './artifact.ts';
import type { Cost } from './attempt.ts';

export const GENERATION_EVENTS = ['stuck', 'done', 'dead'] as const;
export const ROUTE_EVENTS = [
  'hold-opened',
  'hold-released',
  'breaker-opened',
  'breaker-closed',
  'degraded-began',
  'degraded-ended',
  'quota-80',
] as const;
export const BUDGET_EVENTS = ['budget-50', 'budget-80', 'budget-100'] as const;
/** What may be asked for; beside them `test`, which a person sends. */
export const EVENT_TYPES = [...GENERATION_EVENTS, ...ROUTE_EVENTS, ...BUDGET_EVENTS] as const;

export type GenerationEventType = (typeof GENERATION_EVENTS)[number];
export type RouteEventType = (typeof ROUTE_EVENTS)[number];
export type BudgetEventType = (typeof BUDGET_EVENTS)[number];
export type EventType = (typeof EVENT_TYPES)[number];

interface Told {
  /** The same each time it is sent: who hears it twice knows it by this. */
  readonly id: string;
  /** When it happened, ISO 8601, UTC. */
  readonly at: string;
  /** One line for people. */
  readonly subject: string;
  /** A page of the console, where the worker knows it. It opens nothing by itself. */
  readonly url?: string;
}

/** `stuck`: a person is asked, or a hold stops it. `done`: it has its images. `dead`: a dead letter. */
export interface GenerationNews {
  readonly generation: string;
  readonly run: string;
  readonly tenant?: string;
  readonly tags: readonly string[];
  /** Where it is, or was last. */
  readonly route?: string;
  readonly model?: string;
  readonly cost: Cost;
  readonly attempts: number;
  /** Why it is stuck or dead, in this product's words. */
  readonly why?: string;
  readonly branch?: string;
  readonly reason?: string;
  /** The provider's words; absent where the request hides its prompt. */
  readonly message?: string;
  readonly userAction?: string;
  /** ISO 8601: nobody can decide any more after this. */
  readonly until?: string;
  /** What a person may choose, and the evidence that the decision has to name. */
  readonly choices?: readonly string[];
  readonly evidence?: string;
  /** The hold that stops it. */
  readonly hold?: string;
  readonly images?: readonly ImageRef[];
}

export interface RouteNews {
  /** `google/ai-studio/my-project`: whose quota it is. */
  readonly account: string;
  readonly why: string;
  /** Absent where it concerns more than one. */
  readonly model?: string;
  readonly tier?: string;
  /** What a hold covers: kind and key. */
  readonly scope?: { readonly kind: string; readonly key: string };
  readonly hold?: string;
  readonly branch?: string;
  readonly reason?: string;
  readonly message?: string;
  /** The generation whose call showed it. */
  readonly generation?: string;
  /** Who paused it. */
  readonly by?: string;
}

export interface BudgetNews {
  /** Empty: requests without a tenant. */
  readonly tenant: string;
  readonly percent: number;
  readonly period: string;
  /** `2026-11-26`, `2026-11` */
  readonly label: string;
  readonly usd: number;
  readonly sureUsd: number;
  readonly possibleUsd: number;
}

export type NotificationEvent =
  | (Told & { readonly type: GenerationEventType; readonly data: GenerationNews })
  | (Told & { readonly type: RouteEventType; readonly data: RouteNews })
  | (Told & { readonly type: BudgetEventType; readonly data: BudgetNews })
  | (Told & { readonly type: 'test'; readonly data: { readonly by: string } });

/** Of an event's id: what a header may carry and a signature's dots do not split. */
export function idPart(text: string): string {
  return encodeURIComponent(text).replaceAll('.', '%2E').replaceAll('%2F', '/').replaceAll('%3A', ':');
}
