/**
 * What processes hold. A lease is money that counts as gone until its process says otherwise. One that is
 * silent for a whole term is taken for dead, and what it settled and did not tell is in its journal: the
 * next process that asks reads that, and only then is the rest free again (docs/decisions/0021). Pure.
 */
import type { BudgetRequest, Orphan, Settlement } from '../../contract/budget.ts';
import { MAX_CALL_TIMEOUT_MS } from '../../domain/request.ts';
import { placeOf } from './periods.ts';
import type { Budget, Lease } from './state.ts';

/** For so long after it asked, a process reserves from what it has. */
export const USABLE_MS = 5 * 60_000;
/**
 * After the longest call's timeout, for the later run of an attempt whose process died to find the fence
 * closed and to book the call as possible: the heartbeat timeout (30 s), Temporal's pause between runs
 * (≤ 30 s), the fence's grace (5 s), the report (10 s), and as much again three times.
 */
const LATER_RUN_MS = 5 * 60_000;
/** 20 minutes: a call reserved in the last moment is booked by then, whoever died. */
export const LEASE_TERM_MS = USABLE_MS + MAX_CALL_TIMEOUT_MS + LATER_RUN_MS;
/** Nobody asked for so long: everybody may have been away, and later runs have not had their time. */
const SILENCE_MS = 60_000;
/** They get so much, once. */
const SPARED_MS = 3 * 60_000;
const MOST_ORPHANS_TOLD = 2;

/** Silent for a term, with money in its hands. */
export function isOrphan({ endsAt, holds }: Lease, now: number): boolean {
  return endsAt <= now && holds.length > 0;
}

/** The leases at `now`; `heardAt` is when anybody asked before. */
export function aged(leases: readonly Lease[], heardAt: number, now: number): readonly Lease[] {
  return leases.flatMap((lease): readonly Lease[] => {
    if (lease.endsAt > now) return [lease];
    if (lease.holds.length === 0) return [];
    const wasSilent = now - heardAt > SILENCE_MS && lease.endsAt > heardAt;
    if (wasSilent && lease.spared === undefined) return [{ ...lease, endsAt: now + SPARED_MS, spared: true }];
    return [lease];
  });
}

/** Orphans whose journals were read are gone; what was found there is to be booked. */
export function inherited(
  leases: readonly Lease[],
  { inherited: found }: BudgetRequest,
  now: number,
): { readonly leases: readonly Lease[]; readonly settled: readonly Settlement[] } {
  const read = found.filter(({ process }) =>
    leases.some((lease) => lease.process === process && isOrphan(lease, now)),
  );
  return {
    leases: leases.filter(({ process }) => !read.some((each) => each.process === process)),
    settled: read.flatMap(({ settled }) => settled),
  };
}

export function orphansOf(leases: readonly Lease[], now: number): readonly Orphan[] {
  return leases
    .filter((lease) => isOrphan(lease, now))
    .slice(0, MOST_ORPHANS_TOLD)
    .map(({ process, answer }) => ({ process, seq: answer.seq }));
}

/** What processes hold of a budget's present period, and what batches await in it. */
export function leasedOf(budget: Budget, leases: readonly Lease[]): number {
  let sum = budget.now.awaitedMicros ?? 0;
  for (const { holds } of leases) {
    for (const { stamp, micros } of holds) if (placeOf(budget, stamp) !== 'before') sum += micros;
  }
  return sum;
}
