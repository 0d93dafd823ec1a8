/**
 * What happens at a governor, told once where its worker's logs and metrics go: neither is told again when a
 * run is replayed. The counter's labels are bounded: the quota, the kind of event, the kind of alert.
 */
import { log, metricMeter } from '@temporalio/workflow';
import type { StandingEvent } from '../src/contract/standing.ts';
import type { GovernorState } from '../src/governor/state.ts';

const NAME = 'gemini_images_governor_events';
const COUNTER = metricMeter.createCounter(NAME, 'events', 'Holds, breakers, degraded mode, alerts, grants');
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
    COUNTER.add(1, { quota: after.id, event: what, ...alertOf(event) });
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

function alertOf({ what, subject }: StandingEvent): { readonly alert?: string } {
  const isAlert = what === 'alert-raised' || what === 'alert-cleared';
  return isAlert ? { alert: subject.split(' ', 1)[0] ?? '' } : {};
}
