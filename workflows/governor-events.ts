/**
 * What happens at a governor, told once where its worker's logs and metrics go: neither is told again when a
 * run is replayed. The counter's labels are bounded: the quota, the kind of event, the kind of alert.
 */
import { log, metricMeter } from '@temporalio/workflow';
import { count } from '../src/contract/measure.ts';
import { NONE } from '../src/contract/metrics.ts';
import type { StandingEvent } from '../src/contract/standing.ts';
import type { GovernorState } from '../src/governor/state.ts';

/** Somebody should look. */
const WARNINGS: ReadonlySet<StandingEvent['what']> = new Set([
  'hold-opened',
  'breaker-opened',
  'degraded-began',
  'alert-raised',
]);

export function tellEvents(before: GovernorState, after: GovernorState): void {
  for (const event of newEvents(before.standing.events, after.standing.events)) {
    const { what, subject, why } = event;
    const level = WARNINGS.has(what) ? 'warn' : 'info';
    log[level](`${what}: ${subject}: ${why}`, { quota: after.id });
    count(metricMeter, 'governorEvents', { quota: after.id, event: what, alert: alertOf(event) });
  }
}

/** The latest are kept; those that came after the last one that was known. */
function newEvents(
  before: readonly StandingEvent[],
  after: readonly StandingEvent[],
): readonly StandingEvent[] {
  const last = before.at(-1);
  return last === undefined ? after : after.slice(after.indexOf(last) + 1);
}

function alertOf({ what, subject }: StandingEvent): string {
  const isAlert = what === 'alert-raised' || what === 'alert-cleared';
  return isAlert ? (subject.split(' ', 1)[0] ?? NONE) : NONE;
}
