/** The guides' rule: a second provider is worth its trouble when three of four conditions hold. */
import { isBranch } from '../../branch.ts';
import { REASONS } from '../../reason.ts';
import type { ReasonFacts } from '../../reason.ts';
import type { Figures } from '../figures.ts';
import type { Given, OtherProvider, ProviderCondition } from './finding.ts';
import { ENOUGH_CALLS, ENOUGH_IN_AN_HOUR, shareOf } from './finding.ts';

const NEEDED = 3;
const PEAK_SHARE = 0.2;
const SAFETY_SHARE = 0.1;

export function otherProvider(given: Given): OtherProvider {
  const conditions = [atPeak(given), safety(given), dailyVolume(given), availability(given)];
  const holding = conditions.filter(({ holds }) => holds === true).length;
  const open = conditions.filter(({ holds }) => holds === undefined).length;
  const undecided = holding < NEEDED && holding + open >= NEEDED;
  return {
    id: 'other-provider',
    verdict: holding >= NEEDED ? 'worth-it' : undecided ? 'too-few' : 'not-now',
    conditions,
    holding,
    needed: NEEDED,
  };
}

/** 503 in the hour that fares worst. */
function atPeak({ hours }: Given): ProviderCondition {
  const known = hours.filter(({ calls }) => calls >= ENOUGH_IN_AN_HOUR);
  const peak = known.toSorted((a, b) => shareOf(b.capacity, b.calls) - shareOf(a.capacity, a.calls))[0];
  const value = peak === undefined ? 0 : shareOf(peak.capacity, peak.calls);
  return {
    id: 'capacity-at-peak',
    ...(peak === undefined ? {} : { holds: value > PEAK_SHARE }),
    value,
    limit: PEAK_SHARE,
    of: peak?.calls ?? 0,
  };
}

/** IMAGE_SAFETY among generations whose prompt nothing else refused: those are taken for legitimate. */
function safety({ figures: { total, lines } }: Given): ProviderCondition {
  const refused = ['policy', 'safety-prompt'].reduce(
    (sum, branch) => sum + (lines.branch[branch]?.generations ?? 0),
    0,
  );
  const legitimate = Math.max(0, total.generations - refused);
  const value = shareOf(lines.branch['safety-image']?.generations ?? 0, legitimate);
  const isKnown = legitimate >= ENOUGH_CALLS;
  return {
    id: 'safety',
    ...(isKnown ? { holds: value > SAFETY_SHARE } : {}),
    value,
    limit: SAFETY_SHARE,
    of: legitimate,
  };
}

/** The day's limit refused calls, or made generations wait, or is used up now. */
function dailyVolume({ figures: { total, lines, waits }, quotas }: Given): ProviderCondition {
  const usedUp = quotas.filter(({ dimension, limit, used }) => dimension === 'rpd' && used >= limit).length;
  const value = (lines.branch['quota-day']?.generations ?? 0) + (waits.rpd?.generations ?? 0) + usedUp;
  const isKnown = value > 0 || total.calls >= ENOUGH_CALLS;
  return {
    id: 'daily-volume',
    ...(isKnown ? { holds: value > 0 } : {}),
    value,
    limit: 0,
    of: total.generations,
  };
}

/** What was needed was not reached. Nobody said what is needed: then it does not hold. */
function availability({ figures, availability: needed }: Given): ProviderCondition {
  const served = figures.total.delivered;
  const of = served + notOurCallers(figures);
  const value = of === 0 ? 0 : served / of;
  if (needed === undefined) return { id: 'availability', holds: false, value, limit: 0, of };
  const isKnown = of >= ENOUGH_CALLS;
  return {
    id: 'availability',
    ...(isKnown ? { holds: value < needed / 100 } : {}),
    value,
    limit: needed / 100,
    of,
  };
}

/** Dead ones that no other request would have saved. */
export function notOurCallers({ ends }: Pick<Figures, 'ends'>): number {
  return Object.entries(ends).reduce(
    (sum, [verdict, n]) => (ownerOf(verdict) === 'caller' ? sum : sum + n),
    0,
  );
}

function ownerOf(verdict: string): ReasonFacts['owner'] | undefined {
  const [branch, reason = ''] = verdict.split('/');
  if (!isBranch(branch)) return undefined;
  return (REASONS[branch] as Readonly<Record<string, ReasonFacts>>)[reason]?.owner;
}
