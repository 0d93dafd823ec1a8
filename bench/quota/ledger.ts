/** What the provider saw, in bins of one second: the judge of every client here. */
import type { Arrival } from './arrivals.ts';
import type { Span } from './plan.ts';

/** One call as the emulator booked it. */
export interface Call {
  /** Epoch milliseconds of its arrival. */
  readonly at: number;
  /** The request it was for. */
  readonly id: string;
  /** Answered 429. */
  readonly refused: boolean;
  /** Admitted and drawn. */
  readonly image: boolean;
}

export interface Seen {
  /** Calls, refused ones, and images in the seconds that count. */
  readonly calls: number;
  readonly refused: number;
  readonly images: number;
  /** Share of the limit that came out as images, 0–1. */
  readonly use: number;
  /** The same of the worst and the best window. */
  readonly useByWindow: readonly [number, number];
  /** Share of calls answered 429, 0–1. */
  readonly share429: number;
  /** Calls for each image; where there is none, the calls made: a lower bound. */
  readonly callsPerImage: number;
  /** Milliseconds from a request's arrival here to its image's call at the provider, over the whole run. */
  readonly waitP50Ms: number;
  readonly waitP95Ms: number;
  /** Requests of the whole run, and how many of them got an image before its end. */
  readonly requests: number;
  readonly served: number;
  /** Images of each process in the seconds that count, where it is known who made the call. */
  readonly byProcess: readonly number[];
}

const SECOND_MS = 1_000;

/**
 * @param startAt Epoch milliseconds of time 0.
 * @param processOf Which process made the call for a request; undefined where nobody knows.
 */
export function judge(
  calls: readonly Call[],
  arrivals: readonly Arrival[],
  span: Span,
  startAt: number,
  processOf: (id: string) => number | undefined,
): Seen {
  const { windowMs, perWindow, windows, excluded } = span;
  const endAt = startAt + windows * windowMs;
  const inTime = calls.filter(({ at }) => at < endAt);
  const bins = binned(inTime, startAt, (windows * windowMs) / SECOND_MS);
  const perBin = windowMs / SECOND_MS;
  const counted = bins.slice(excluded * perBin);
  const total = sum(counted);
  const uses = Array.from(
    { length: windows - excluded },
    (_, k) => sum(counted.slice(k * perBin, (k + 1) * perBin)).images / perWindow,
  );
  const waits = waitsOf(inTime, arrivals, startAt);
  const countedFrom = startAt + excluded * windowMs;
  return {
    ...total,
    use: total.images / (perWindow * (windows - excluded)),
    useByWindow: [Math.min(...uses), Math.max(...uses)],
    share429: total.calls === 0 ? 0 : total.refused / total.calls,
    callsPerImage: total.calls / Math.max(1, total.images),
    waitP50Ms: quantile(waits, 0.5),
    waitP95Ms: quantile(waits, 0.95),
    requests: arrivals.length,
    served: waits.length,
    byProcess: imagesByProcess(
      inTime.filter(({ at }) => at >= countedFrom),
      processOf,
    ),
  };
}

type Bin = Pick<Seen, 'calls' | 'refused' | 'images'>;

function binned(calls: readonly Call[], startAt: number, seconds: number): readonly Bin[] {
  const bins = Array.from({ length: Math.round(seconds) }, () => ({ calls: 0, refused: 0, images: 0 }));
  for (const { at, refused, image } of calls) {
    const bin = bins[Math.floor((at - startAt) / SECOND_MS)];
    if (bin === undefined) continue;
    bin.calls += 1;
    if (refused) bin.refused += 1;
    if (image) bin.images += 1;
  }
  return bins;
}

function sum(bins: readonly Bin[]): Bin {
  const total = { calls: 0, refused: 0, images: 0 };
  for (const bin of bins) {
    total.calls += bin.calls;
    total.refused += bin.refused;
    total.images += bin.images;
  }
  return total;
}

function waitsOf(calls: readonly Call[], arrivals: readonly Arrival[], startAt: number): readonly number[] {
  const imageAt = new Map<string, number>();
  for (const { id, at, image } of calls) if (image && !imageAt.has(id)) imageAt.set(id, at);
  return arrivals.flatMap(({ id, atMs }) => {
    const at = imageAt.get(id);
    return at === undefined ? [] : [Math.max(0, at - startAt - atMs)];
  });
}

function imagesByProcess(calls: readonly Call[], processOf: (id: string) => number | undefined): number[] {
  const images: number[] = [];
  for (const { id, image } of calls) {
    const process = image ? processOf(id) : undefined;
    if (process === undefined) continue;
    while (images.length <= process) images.push(0);
    images[process] = (images[process] ?? 0) + 1;
  }
  return images;
}

/** The smallest value that at least `share` of them do not exceed; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
