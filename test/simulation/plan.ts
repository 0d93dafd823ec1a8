/** What a simulated fleet is like: everything that is not said is left to the seed. */
import type { ModelLimits } from '../../src/contract/exchange.ts';
import type { ServiceTier } from '../../src/domain/path.ts';
import type { Limits } from '../../src/emulator/quota-windows.ts';
import type { WindowForm } from '../../src/emulator/window.ts';
import type { SlotRequest } from '../../src/quota/broker.ts';

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

export interface ModelPlan {
  /** What the provider counts by. */
  readonly limits: Limits;
  /** What the processes are configured with: right, wrong, or nothing. */
  readonly config?: ModelLimits;
  /** Share of the load among models. @default 1 */
  readonly weight?: number;
  /** Tokens of a call, from and to. @default [100, 100] */
  readonly tokens?: readonly [number, number];
}

/** A stretch of the load. */
export interface Phase {
  readonly forMs: number;
  /** Arrivals, in multiples of what the limit lets through. */
  readonly times: number;
  /** Generations that come at the same time. @default 1 */
  readonly burst?: number;
}

/** Shares of messages between processes and governor, 0–1. */
export interface NetworkPlan {
  /** They take 1–8 s, not 1–80 ms. */
  readonly slow: number;
  readonly lostRequests: number;
  readonly lostAnswers: number;
  /** They arrive a second time. */
  readonly doubled: number;
}

/** How often each hour. */
export interface TroublePlan {
  readonly joins: number;
  readonly leaves: number;
  /** kill −9: the process is gone with its leases and calls, and comes back as a new one. */
  readonly kills: number;
  /** The governor answers nobody for 1–60 s. */
  readonly outages: number;
  /** The governor is terminated, and its successor knows what it knew. */
  readonly takeovers: number;
  /** The governor is gone with all it knew. */
  readonly losses: number;
}

/** How the provider behaves beside its limits; shares of calls, 0–1. */
export interface MoodPlan {
  /** 503s, and for how long from the start. */
  readonly overloaded: number;
  readonly overloadedForMs: number;
  /** 429s that name no number. */
  readonly wordless: number;
  /** 429s out of the blue, without a reason and with a broken RetryInfo or none. */
  readonly malformed: number;
  /** One such with an endless RetryInfo, so long after the start. */
  readonly endlessAfterMs: number;
  /** The key is refused from this time on, in milliseconds from the start. */
  readonly leakedAfterMs: number;
}

export interface Crowd {
  readonly tenants: readonly string[];
  readonly urgencies: readonly SlotRequest['urgency'][];
  /** They share the limits of their model. */
  readonly tiers: readonly ServiceTier[];
  /** Generations come back to the process that they began at; Temporal sends them anywhere. */
  readonly loyal: boolean;
}

/** What is held against the course, beside the laws that always hold. */
export interface Expected {
  /** Of the limit, over any three windows of steady overload. */
  readonly use?: number;
  /** After the load everyone is served within what the limit needs, times this. */
  readonly drain?: number;
  /** Beyond that, everybody may wait so much longer: for an outage, or for what the provider said. */
  readonly slackMs?: number;
  /** Nobody is overtaken by one of the same urgency and tenant that came so much later, in milliseconds. */
  readonly order?: number;
  /** Equal processes get equal shares, to this deviation. */
  readonly shares?: number;
  /** Exchanges of a process each second, on average. */
  readonly exchanges?: number;
  /** A generation sleeps and asks again at most so often before its turn. */
  readonly wakes?: number;
  /** Share of calls that were answered 429. */
  readonly refused?: number;
  /** Of the day's limit, on each whole day. */
  readonly dayUse?: number;
}

export interface Scenario {
  readonly name: string;
  /** @default 2026-11-20T20:00:00Z */
  readonly startsAt?: string;
  readonly models: Readonly<Record<string, ModelPlan>>;
  /** @default sliding */
  readonly form?: WindowForm;
  /** Calls that were refused count, too. @default true */
  readonly rejectedCount?: boolean;
  /** At the start, 1–12. */
  readonly processes: number;
  readonly load: readonly Phase[];
  /** Clocks of processes are off by up to so much, either way. @default 5_000 */
  readonly clocksMs?: number;
  readonly crowd?: Partial<Crowd>;
  readonly network?: Partial<NetworkPlan>;
  readonly trouble?: Partial<TroublePlan>;
  readonly mood?: Partial<MoodPlan>;
  readonly expected?: Expected;
  /** The first windows are for learning and joining. @default 3 */
  readonly warmUpWindows?: number;
}

export const QUIET_NETWORK: NetworkPlan = { slow: 0, lostRequests: 0, lostAnswers: 0, doubled: 0 };
export const NO_TROUBLE: TroublePlan = {
  joins: 0,
  leaves: 0,
  kills: 0,
  outages: 0,
  takeovers: 0,
  losses: 0,
};
export const GOOD_MOOD: MoodPlan = {
  overloaded: 0,
  overloadedForMs: Infinity,
  wordless: 0,
  malformed: 0,
  endlessAfterMs: Infinity,
  leakedAfterMs: Infinity,
};
export const PLAIN_CROWD: Crowd = {
  tenants: ['shop'],
  urgencies: ['standard'],
  tiers: ['standard'],
  loyal: false,
};

export const WINDOW_MS = MINUTE;

export function loadMs({ load }: Scenario): number {
  return load.reduce((sum, { forMs }) => sum + forMs, 0);
}

/** Calls of this model that the provider lets through in a window; a day's limit is no pace. */
export function perWindow({ limits, tokens = [100, 100] }: ModelPlan): number {
  const { rpm = Infinity, ipm = Infinity, tpm = Infinity } = limits;
  return Math.min(rpm, ipm, tpm / ((tokens[0] + tokens[1]) / 2));
}

/** What the load is measured by: a day's limit is spread over the day. */
export function pace(plan: ModelPlan): number {
  return Math.min(perWindow(plan), (plan.limits.rpd ?? Infinity) / (24 * 60));
}

/** Where this limit of the configuration is the provider's own, no call may ever pass it (I6). */
export function isRight({ limits, config }: ModelPlan, dimension: keyof ModelLimits): boolean {
  return config?.[dimension] !== undefined && config[dimension] === limits[dimension];
}
