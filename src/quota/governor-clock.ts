/**
 * The governor's clock as this process sees it. Clocks of hosts differ, so no time of one is read on the
 * other: each exchange says only that the governor's `at` lay between our asking and our hearing. Where
 * those stretches overlap is where the difference must be; the narrower, the less margin is eaten. Pure.
 */
export interface GovernorClock {
  /** Bounds of our clock minus the governor's, in milliseconds. */
  readonly low: number;
  readonly high: number;
  readonly heardAt: number;
}

/** Clocks run apart by up to this much of the time that passes. */
const DRIFT = 0.0005;

/** After an exchange that we sent first and heard at these times of ours. */
export function synchronised(
  clock: GovernorClock | undefined,
  at: number,
  sentAt: number,
  heardAt: number,
): GovernorClock {
  const told = { low: sentAt - at, high: heardAt - at, heardAt };
  if (clock === undefined) return told;
  const drift = Math.max(0, heardAt - clock.heardAt) * DRIFT;
  const low = Math.max(clock.low - drift, told.low);
  const high = Math.min(clock.high + drift, told.high);
  // One of the clocks was set, or the governor moved to another host: what we knew is void.
  return low <= high ? { low, high, heardAt } : told;
}

/** How far our clock is ahead of the governor's, as far as that is known. */
export function aheadMs({ low, high }: GovernorClock): number {
  return (low + high) / 2;
}

/** By our clock, when a time of the governor's has come for sure. */
export function surelyFrom({ high }: GovernorClock, at: number): number {
  return at + high;
}

/** By our clock, when a time of the governor's may be over. */
export function surelyUntil({ low }: GovernorClock, at: number): number {
  return at + low;
}
