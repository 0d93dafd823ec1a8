/**
 * Every metric of ours, as data: workers measure by it, the operations page lists it, dashboard and alert rules
 * are held against it. Names are part of the contract for whoever has dashboards of their own.
 *
 * Labels are bounded by construction: closed unions, and models and quotas that a worker is configured with.
 * Never an id, a prompt, a URL of an input, a key (I7). What a generation comes to is counted by its workflow,
 * so it is counted once although activities are retried, and not again when a history is replayed.
 */
import type { Metric } from './metric.ts';

const counter = 'counter';
const gauge = 'gauge';
const histogram = 'histogram';
/** Seconds of provider calls: seconds for a draft, minutes at 4K. */
const CALL_SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 180, 300, 600] as const;
/** Seconds of waits and whole generations: from a slot to a deadline of days. */
const LONG_SECONDS = [1, 10, 30, 60, 300, 900, 1_800, 3_600, 10_800, 43_200, 86_400, 259_200] as const;

export const METRICS = {
  attempts: {
    name: 'gemini_images_attempts_total',
    kind: counter,
    labels: ['branch', 'level', 'model', 'tier', 'billed'],
    help: 'Provider calls of generations, by the branch they ended in; none: it went well',
  },
  callSeconds: {
    name: 'gemini_images_call_seconds',
    kind: histogram,
    buckets: CALL_SECONDS,
    labels: ['model', 'outcome'],
    help: 'From the send of a provider call to its answer or its end',
  },
  cost: {
    name: 'gemini_images_cost_microusd_total',
    kind: counter,
    labels: ['certainty', 'model'],
    help: 'What calls cost for sure, and at most possibly, in millionths of a US dollar',
  },
  tokens: {
    name: 'gemini_images_tokens_total',
    kind: counter,
    labels: ['kind', 'model'],
    help: 'Tokens of billed calls: prompt, image, and text with thinking',
  },
  remedies: {
    name: 'gemini_images_remedies_total',
    kind: counter,
    labels: ['remedy', 'outcome'],
    help: 'Calls made as a remedy after proof',
  },
  fallbacks: {
    name: 'gemini_images_fallbacks_total',
    kind: counter,
    labels: ['from', 'to'],
    help: 'Calls of generations that left one model for another',
  },
  waitSeconds: {
    name: 'gemini_images_wait_seconds',
    kind: histogram,
    buckets: LONG_SECONDS,
    labels: ['reason'],
    help: 'Waits of generations that are over: what for, how many, how long',
  },
  generations: {
    name: 'gemini_images_generations_total',
    kind: counter,
    labels: ['outcome', 'model'],
    help: 'Generations that ended: delivered, dead or cancelled',
  },
  generationSeconds: {
    name: 'gemini_images_generation_seconds',
    kind: histogram,
    buckets: LONG_SECONDS,
    labels: ['outcome'],
    help: 'From the start of a generation to its end, waits included',
  },
  images: {
    name: 'gemini_images_images_total',
    kind: counter,
    labels: ['model'],
    help: 'Images delivered',
  },
  deadLetters: {
    name: 'gemini_images_dead_letters_total',
    kind: counter,
    labels: ['branch', 'level', 'cause'],
    help: 'Generations that ended unserved and can be revived',
  },
  artifactBytes: {
    name: 'gemini_images_artifact_bytes_total',
    kind: counter,
    labels: ['kind'],
    help: 'Bytes that calls brought into the artifact store: raw responses, images, drafts',
  },
  storeFailures: {
    name: 'gemini_images_store_failures_total',
    kind: counter,
    labels: [],
    help: 'Times that a worker found the artifact store away; it tries again, and keeps a paid answer meanwhile',
  },
  slots: {
    name: 'gemini_images_slots_total',
    kind: counter,
    labels: ['event', 'model'],
    help: 'Slots: leased and returned by a process of a fleet, granted to a call, and then sent, limited, unused or expired',
  },
  quotaUsed: {
    name: 'gemini_images_quota_used_ratio',
    kind: gauge,
    labels: ['quota', 'model', 'dimension', 'source'],
    help: 'Share of a known limit that is in use',
  },
  quotaLimit: {
    name: 'gemini_images_quota_limit',
    kind: gauge,
    labels: ['quota', 'model', 'dimension', 'source'],
    help: 'A known limit: calls, tokens or images a minute, calls a day',
  },
  quotaClosedUntil: {
    name: 'gemini_images_quota_closed_until_seconds',
    kind: gauge,
    labels: ['quota', 'model'],
    help: 'Unix time until which nobody calls the model: a pause, the day, spending; 0 where it is open',
  },
  stops: {
    name: 'gemini_images_stops',
    kind: gauge,
    labels: ['quota', 'kind'],
    help: 'Holds and breakers that keep this process from sending',
  },
  degraded: {
    name: 'gemini_images_degraded_routes',
    kind: gauge,
    labels: ['quota'],
    help: 'Routes whose generations take an allowed alternative at once',
  },
  governorEvents: {
    name: 'gemini_images_governor_events_total',
    kind: counter,
    labels: ['quota', 'event', 'alert'],
    help: 'Holds, breakers, degraded mode, alerts and grants at a governor; alert is none but for alerts',
  },
  budgetMarks: {
    name: 'gemini_images_budget_marks_total',
    kind: counter,
    labels: ['mark', 'period'],
    help: 'Budgets of a fleet that reached 50, 80 or 100 % of a cap; which tenant stands in the log',
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;
/** Metrics of one kind, by name. */
export type MetricOf<K extends Metric['kind']> = {
  [M in MetricName]: (typeof METRICS)[M]['kind'] extends K ? M : never;
}[MetricName];
/** Exactly the labels that the metric has. */
export type LabelsOf<M extends MetricName> = Readonly<Record<(typeof METRICS)[M]['labels'][number], string>>;

/** What stands where a label has nothing to say. */
export const NONE = 'none';
/** A model that nobody configured. */
export const OTHER = 'other';
