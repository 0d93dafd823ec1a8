/** Words for people: what a generation waits for, with the numbers that explain it. */
import type { Dimension, LimitView } from '../contract/exchange.ts';

const UNITS: Readonly<Record<LimitView['dimension'], string>> = {
  rpm: 'request',
  tpm: 'input token',
  ipm: 'image',
  rpd: 'request',
};

export interface WaitFacts {
  readonly model: string;
  /** The id that the provider counts under, where it is another one. */
  readonly countedAs?: string;
  readonly binding: Dimension | 'pause';
  /** The binding limit, where its number is known. */
  readonly known?: Pick<LimitView, 'limit' | 'source' | 'ageMs'>;
  readonly windowMs: number;
  /** Milliseconds until the binding pause ends or the day resets. */
  readonly untilMs: number;
  readonly ahead: number;
}

/** `22 s`, `3 min`, `5 h 12 min`; under a second in ms. */
export function describeDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.ceil(ms))} ms`;
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

function describeSource({ source, ageMs }: Pick<LimitView, 'source' | 'ageMs'>): string {
  if (source === 'config') return 'configured';
  const age = ageMs < 1000 ? 'just now' : `${describeDuration(ageMs)} ago`;
  return source === 'live' ? `read ${age}` : `learned ${age}`;
}

function describeWindow(dimension: LimitView['dimension'], windowMs: number): string {
  if (dimension === 'rpd') return 'day';
  return windowMs === 60_000 ? 'minute' : describeDuration(windowMs);
}

/** `60 requests per minute (learned 3 min ago)` */
export function describeLimit(
  limit: Pick<LimitView, 'dimension' | 'limit' | 'source' | 'ageMs'>,
  windowMs = 60_000,
): string {
  const { dimension } = limit;
  const number = limit.limit.toLocaleString('en-US');
  const window = describeWindow(dimension, windowMs);
  const units = limit.limit === 1 ? UNITS[dimension] : `${UNITS[dimension]}s`;
  return `${number} ${units} per ${window} (${describeSource(limit)})`;
}

function describeBinding({ binding, known, windowMs, untilMs }: WaitFacts): string {
  if (binding === 'pause') return `paused by the provider's answer for another ${describeDuration(untilMs)}`;
  const limit =
    known === undefined
      ? "the day's requests are used up (the provider named no number)"
      : describeLimit({ dimension: binding, ...known }, windowMs);
  return binding === 'rpd' ? `${limit}, reset at midnight Pacific in ${describeDuration(untilMs)}` : limit;
}

/** `gemini-3-pro-image: 60 requests per minute (learned 3 min ago), 12 ahead` */
export function describeWait(facts: WaitFacts): string {
  const { model, countedAs, ahead } = facts;
  const name = countedAs === undefined || countedAs === model ? model : `${model} (counted as ${countedAs})`;
  const queue = ahead === 0 ? 'next in the queue' : `${ahead} ahead`;
  return `${name}: ${describeBinding(facts)}, ${queue}`;
}
