/**
 * One model of one project, as its governor keeps it.
 *
 *     lane = rejected(returned(atTime(lane, calendar, now), times, now), rejection, now) // what a process tells
 *     lane = leased(madeUntil(lane, until, now), taken)                                  // what it is given
 */
export { merged, overheard, rejected, withLimits } from './learning.ts';
export { roomPerSlot, withSizes } from './sizes.ts';
export type { LaneState } from './state.ts';
export { everyMs, isPaced, newLane, slotMs, spanMs } from './state.ts';
export type { Calendar } from './times.ts';
export { atTime, leased, madeUntil, overdrawn, returned, unpaced, withSendLag } from './times.ts';
export { bindingOf, closedFor, countedAs, leftToday, limitsOf } from './view.ts';
