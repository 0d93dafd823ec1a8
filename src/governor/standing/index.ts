/**
 * How an account's routes stand: holds, breakers, degraded mode, alerts, grants, credentials that nothing
 * has proved. Pure reducers; a governor keeps the state for a fleet, a local broker for its process.
 *
 *     state = standingAfter(state, told, now)          // what a process tells
 *     const offers = standingFor(state, process, now)  // what it is told; the state goes on from offers.state
 */
export { quotaUse } from './alerts.ts';
export { standingAfter, withoutTrialsOf } from './attend.ts';
export type { Commanded } from './command.ts';
export { command } from './command.ts';
export { withEvent } from './events.ts';
export { hoursView } from './hours.ts';
export { LONGEST_MESSAGE_BYTES, holdWords } from './holds.ts';
export type { Offers } from './offers.ts';
export { standingFor } from './offers.ts';
export type { Place } from './scope.ts';
export { covers, isRoute, isScope, isShared, modelWords, routeKey, scopeWords } from './scope.ts';
export type { StandingState, Told } from './state.ts';
export { CALLS_UNPROVED, emptyStanding } from './state.ts';
export { holdScope, isCapacity, opensHold } from './verdict.ts';
export { standingView } from './view.ts';
