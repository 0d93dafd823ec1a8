/**
 * What was granted over the last window, in a fixed number of buckets: small and independent of how much
 * it was. An amount counts until its whole bucket has left the window, so a sum is never too low.
 */
const BUCKETS = 60;

/** Amounts by bucket, oldest first; the last one is the bucket of `at`. */
export interface Buckets {
  /** Milliseconds of one bucket. */
  readonly widthMs: number;
  /** Number of the newest bucket: epoch milliseconds divided by the width. */
  readonly newest: number;
  readonly amounts: readonly number[];
}

export function newBuckets(spanMs: number): Buckets {
  return { widthMs: Math.max(1, Math.ceil(spanMs / BUCKETS)), newest: 0, amounts: [] };
}

/** Adds at `at`; a negative amount takes back, never below 0. What is too old is ignored. */
export function added(buckets: Buckets, at: number, amount: number): Buckets {
  const { widthMs } = buckets;
  const number = Math.floor(at / widthMs);
  const newest = Math.max(buckets.newest, number);
  const amounts = shifted(buckets, newest);
  const index = amounts.length - 1 - (newest - number);
  if (index < 0) return buckets;
  amounts[index] = Math.max(0, (amounts[index] ?? 0) + amount);
  const first = amounts.findIndex((each) => each > 0);
  return { widthMs, newest, amounts: first < 0 ? [] : amounts.slice(first) };
}

/** One bucket more than the window has: the oldest counts until all of it has left. */
function shifted({ newest: before, amounts }: Buckets, newest: number): number[] {
  const kept = BUCKETS + 1;
  const gone = Math.min(newest - before, kept);
  const padded = [
    ...Array.from({ length: kept }, () => 0),
    ...amounts,
    ...Array.from({ length: gone }, () => 0),
  ];
  return padded.slice(-kept);
}

/** What counts in the window of `spanMs` that ends at `now`. */
export function sumIn(buckets: Buckets, spanMs: number, now: number): number {
  return buckets.amounts.reduce(
    (sum, amount, index) =>
      endOf(buckets, index) > now - spanMs && startOf(buckets, index) <= now ? sum + amount : sum,
    0,
  );
}

/** The first time from `now` on at which the window holds at most `room`. */
export function roomAt(buckets: Buckets, spanMs: number, room: number, now: number): number {
  let sum = sumIn(buckets, spanMs, now);
  let at = now;
  for (let index = 0; index < buckets.amounts.length && sum > room; index += 1) {
    const end = endOf(buckets, index);
    if (end <= now - spanMs) continue;
    sum -= buckets.amounts[index] ?? 0;
    at = end + spanMs;
  }
  return at;
}

export function joined(a: Buckets, b: Buckets): Buckets {
  return b.amounts.reduce(
    (all, amount, index) => (amount > 0 ? added(all, startOf(b, index), amount) : all),
    a,
  );
}

/** The window that they were made for, or a little more. */
export function spanOf({ widthMs }: Buckets): number {
  return widthMs * BUCKETS;
}

/** The same amounts for another window; each counts as if it came last in its old bucket. */
export function rebucketed(buckets: Buckets, spanMs: number, now: number): Buckets {
  return buckets.amounts.reduce(
    (all, amount, index) => (amount > 0 ? added(all, Math.min(now, endOf(buckets, index) - 1), amount) : all),
    newBuckets(spanMs),
  );
}

function startOf({ newest, widthMs, amounts }: Buckets, index: number): number {
  return (newest - (amounts.length - 1 - index)) * widthMs;
}

function endOf(buckets: Buckets, index: number): number {
  return startOf(buckets, index) + buckets.widthMs;
}
