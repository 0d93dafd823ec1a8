/**
 * What is measured with which numbers. The provider's minute is scaled to 20 s (1:3), so every wait that a
 * client can set is divided by three as well; the run of real minutes scales nothing.
 */
import type { EmulatorOptions } from '../../src/emulator/index.ts';

/** The four forms a quota of requests per minute may have; which one Google runs is not known. */
export const FORMS = [
  { form: 'S', quota: 'sliding', rejectedCount: false },
  { form: 'S+R', quota: 'sliding', rejectedCount: true },
  { form: 'B', quota: 'bucket', rejectedCount: false },
  { form: 'B+R', quota: 'bucket', rejectedCount: true },
] as const;

export type Form = (typeof FORMS)[number]['form'];

export const MODEL = 'gemini-3.1-flash-image';
/** The smallest image: the quota is measured here, not the decoding. */
export const SIZE = '512';
export const PROMPT = 'a red fox in fresh snow, watercolor';

export const MINUTE_MS = 60_000;

/** How long something runs, counted in windows of the provider. */
export interface Span {
  readonly windowMs: number;
  /** Calls that the provider admits in each window. */
  readonly perWindow: number;
  readonly windows: number;
  /** The first ones, left out of every figure: a full bucket and an empty log flatter them. */
  readonly excluded: number;
}

export interface Plan {
  readonly seed: string;
  /** Worker processes of each client. */
  readonly processes: number;
  /** Load over limit. */
  readonly overload: number;
  readonly overloadSpan: Span;
  readonly scenarioSpan: Span;
  readonly realSpan: Span;
  /** Generations that wait while the governor's cost is measured, and for how long each time. */
  readonly waiting: readonly number[];
  readonly waitingMs: number;
  /** Simulated hours of each case in virtual time. */
  readonly virtualHours: number;
}

const SCALED = { windowMs: 20_000, perWindow: 24 };

export const FULL: Plan = {
  seed: 'quota-1',
  processes: 4,
  overload: 3,
  overloadSpan: { ...SCALED, windows: 21, excluded: 1 },
  scenarioSpan: { ...SCALED, windows: 12, excluded: 1 },
  realSpan: { windowMs: MINUTE_MS, perWindow: 60, windows: 4, excluded: 1 },
  waiting: [100, 1_000, 5_000],
  waitingMs: 20_000,
  virtualHours: 1,
};

/** For development: too short for figures. */
export const QUICK: Plan = {
  ...FULL,
  overloadSpan: { ...SCALED, windows: 3, excluded: 1 },
  scenarioSpan: { ...SCALED, windows: 4, excluded: 1 },
  realSpan: { windowMs: MINUTE_MS, perWindow: 60, windows: 1, excluded: 0 },
  waiting: [50, 100, 200],
  waitingMs: 10_000,
  virtualHours: 0.25,
};

/** 1 for real minutes; 1/3 where a minute is 20 s. */
export function scaleOf({ windowMs }: Pick<Span, 'windowMs'>): number {
  return windowMs / MINUTE_MS;
}

export function durationMs({ windowMs, windows }: Span): number {
  return windowMs * windows;
}

/** Ten real seconds of work on an image, give or take half; a 429 comes at once. */
export function emulatorOptions(span: Span, form: Form, seed: string): EmulatorOptions {
  const { quota, rejectedCount } = FORMS.find((one) => one.form === form) as (typeof FORMS)[number];
  return {
    seed,
    quota,
    rejectedCount,
    timeScale: scaleOf(span),
    limits: { [MODEL]: { rpm: span.perWindow } },
    latencyMs: { meanMs: 10_000 * scaleOf(span), spread: 0.5 },
  };
}
