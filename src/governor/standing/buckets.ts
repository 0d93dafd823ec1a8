/** Counts of calls over a sliding window, in buckets: bounded whatever the rate. Pure. */
import type { Branch } from '../../domain/branch.ts';
import { isCapacity, isCounted, isLimited } from './verdict.ts';

export interface Bucket {
  /** When it began. */
  readonly at: number;
  readonly calls: number;
  /** Only the branches that count against a route. */
  readonly failures: { readonly [B in Branch]?: number };
}

export interface Counts {
  readonly calls: number;
  readonly failures: { readonly [B in Branch]?: number };
}

export interface Window {
  readonly spanMs: number;
  readonly bucketMs: number;
}

const NOTHING: Counts = { calls: 0, failures: {} };

/** A call counts from when it is told, at most one exchange after it ended. */
export function withCounts(
  buckets: readonly Bucket[],
  counts: Counts,
  window: Window,
  now: number,
): readonly Bucket[] {
  const kept = pruned(buckets, window, now);
  const last = kept.at(-1);
  const at = Math.max(last?.at ?? -Infinity, now - (now % window.bucketMs));
  const added = plus(last?.at === at ? last : NOTHING, counts);
  return [...(last?.at === at ? kept.slice(0, -1) : kept), { at, ...added }];
}

export function pruned(buckets: readonly Bucket[], { spanMs }: Window, now: number): readonly Bucket[] {
  return buckets.every(({ at }) => at > now - spanMs)
    ? buckets
    : buckets.filter(({ at }) => at > now - spanMs);
}

export function sum(buckets: readonly Bucket[], { spanMs }: Window, now: number): Counts {
  let calls = 0;
  const failures: { [B in Branch]?: number } = {};
  for (const bucket of buckets) {
    if (bucket.at <= now - spanMs) continue;
    calls += bucket.calls;
    add(failures, bucket.failures);
  }
  return { calls, failures };
}

function plus(a: Counts, b: Counts): Counts {
  const failures = { ...a.failures };
  add(failures, b.failures);
  return { calls: a.calls + b.calls, failures };
}

function add(to: { [B in Branch]?: number }, more: Counts['failures']): void {
  for (const name in more) {
    const branch = name as Branch;
    if (isCounted(branch)) to[branch] = (to[branch] ?? 0) + (more[branch] ?? 0);
  }
}

export function failuresOf({ failures }: Pick<Counts, 'failures'>): readonly (readonly [Branch, number])[] {
  return Object.entries(failures) as [Branch, number][];
}

export function capacityFailures(counts: Counts): number {
  return total(counts, isCapacity);
}

export function limitedCalls(counts: Counts): number {
  return total(counts, isLimited);
}

export function total(counts: Counts, of: (branch: Branch) => boolean): number {
  return failuresOf(counts).reduce((n, [branch, count]) => (of(branch) ? n + count : n), 0);
}
