/** What moving work that can wait to the quietest hour would avoid. */
import type { Given, HourFigure, HourShare, QuietHoursAdvice } from './finding.ts';
import { ENOUGH_IN_AN_HOUR, shareOf } from './finding.ts';

/** Hours that must be known before one of them is called quiet. */
const ENOUGH_HOURS = 4;
/** Of all calls: below it there is nothing to avoid. */
const SMALL_SHARE = 0.02;
/** Of the calls that could be moved. */
const WORTH_SHARE = 0.05;

export function quietHours({ hours }: Given): QuietHoursAdvice {
  const known = hours.filter(({ calls }) => calls >= ENOUGH_IN_AN_HOUR);
  const calls = known.reduce((sum, hour) => sum + hour.calls, 0);
  const capacity = known.reduce((sum, hour) => sum + hour.capacity, 0);
  const share = shareOf(capacity, calls);
  const sorted = known.map(toShare).toSorted((a, b) => a.share - b.share || a.hour - b.hour);
  const [quietest] = sorted;
  const worst = sorted.at(-1);
  const elsewhere = quietest === undefined ? [] : hours.filter((hour) => shareAt(hour) > quietest.share);
  const movable = elsewhere.reduce((sum, { patientCalls }) => sum + patientCalls, 0);
  const avoidable = elsewhere.reduce(
    (sum, hour) => sum + hour.patientCalls * (shareAt(hour) - (quietest?.share ?? 0)),
    0,
  );
  const pays = share >= SMALL_SHARE && shareOf(avoidable, movable) >= WORTH_SHARE;
  return {
    id: 'quiet-hours',
    verdict: known.length < ENOUGH_HOURS ? 'too-few' : pays ? 'worth-it' : 'not-now',
    knownHours: known.length,
    calls,
    share,
    ...(worst === undefined || quietest === undefined ? {} : { worst, quietest }),
    movable,
    avoidable: Math.round(avoidable),
  };
}

function toShare(hour: HourFigure): HourShare {
  return { hour: hour.hour, calls: hour.calls, share: shareAt(hour) };
}

/** An hour that is hardly known avoids nothing. */
function shareAt({ calls, capacity }: HourFigure): number {
  return calls < ENOUGH_IN_AN_HOUR ? 0 : shareOf(capacity, calls);
}
