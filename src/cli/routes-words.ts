/**
 * How the routes of a fleet stand, for people: for each account what stops it first, then its models with
 * their limits and queues, its routes, and the processes that use it.
 */
import type { GovernorSight } from '../client/governors-sight.ts';
import { isSilent } from '../client/governors-sight.ts';
import type { GovernorView, LaneView, LimitView } from '../contract/exchange.ts';
import { CLOSED_BY } from '../contract/exchange.ts';
import type { RouteStatistics, StandingEvent } from '../contract/standing.ts';
import { learnedQuiet } from '../domain/learned-quiet.ts';
import type { HourCounts } from '../domain/quiet.ts';
import { clockWords } from './clock-words.ts';
import { durationWords } from '../words/duration.ts';
import { paint } from './output.ts';
import type { Telling } from './standing-words.ts';
import { percent, routeWords, standingLines, usd } from './standing-words.ts';

/** Accounts in trouble first. @param options See {@link Telling}; the governor is added where it is needed. */
export function routesLines(sights: readonly GovernorSight[], telling: Telling): readonly string[] {
  return sights
    .toSorted((a, b) => trouble(b) - trouble(a))
    .flatMap((sight) => [
      ...(isSilent(sight)
        ? [
            `${paint('bold', sight.id)}  ${paint('red', 'does not answer')}`,
            `  ${sight.unreachable.replace(/\s+/g, ' ')}`,
          ]
        : governorLines(sight, withGovernor(telling, sight.id, sights))),
      '',
    ]);
}

/** Ids of holds and grants are unique within one governor only. */
export function withGovernor(telling: Telling, id: string, all: readonly GovernorSight[]): Telling {
  return all.length < 2 ? telling : { ...telling, options: ['--governor', id, ...telling.options] };
}

function trouble(sight: GovernorSight): number {
  if (isSilent(sight)) return 3;
  if (sight.holds.length > 0) return 4;
  if (sight.breakers.length > 0) return 2;
  return sight.degraded.length + sight.alerts.length > 0 ? 1 : 0;
}

export function governorLines(view: GovernorView, telling: Telling): readonly string[] {
  const { id, at, lanes, routes, processes, spend, exchanges, hours = [] } = view;
  const { now } = telling;
  const heard = `${processes.length} process${processes.length === 1 ? '' : 'es'}, ${exchanges} exchanges`;
  return [
    `${paint('bold', id)}  ${heard}, heard ${durationWords(now - at)} ago`,
    ...standingLines(view, telling),
    ...lanes.flatMap(laneLines),
    ...routes.map(statisticsLine),
    ...hours.map((counts) => quietLine(counts, now)),
    ...spendLines(spend),
    ...processes.map(
      ({ process, askedMsAgo, leased, waiting }) =>
        `  process ${process}: asked ${durationWords(askedMsAgo)} ago, ${leased} slots leased, ${waiting} waiting`,
    ),
  ];
}

function laneLines(lane: LaneView): readonly string[] {
  const { model, countedAs, limits, waiting, asleep, perMinute, closed } = lane;
  const name = countedAs === model ? model : `${model} (counted as ${countedAs})`;
  const pace = perMinute === undefined ? 'no limit known' : `${rounded(perMinute)} a minute`;
  const shut =
    closed === undefined ? '' : `; nobody calls for ${durationWords(closed.ms)}: ${CLOSED_BY[closed.by]}`;
  return [
    `  ${paint('bold', name)}  ${pace}; ${waiting} waiting, ${asleep} asleep${shut}`,
    ...limits.map(limitLine),
  ];
}

const PER: Readonly<Record<LimitView['dimension'], string>> = {
  rpm: 'calls a minute',
  tpm: 'tokens a minute',
  ipm: 'images a minute',
  rpd: 'calls a day',
};

/** `60 calls a minute, 48 used (80 %); learned 3 min ago` */
function limitLine({ dimension, limit, used, source, ageMs }: LimitView): string {
  const share = limit > 0 ? ` (${percent(used / limit)})` : '';
  const from = source === 'config' ? 'from the configuration' : `${source} ${durationWords(ageMs)} ago`;
  return `    ${limit} ${PER[dimension] ?? dimension}, ${used} used${share}; ${from}`;
}

export function statisticsLine({
  route,
  baseUrl,
  calls,
  capacityFailures,
  limited,
}: RouteStatistics): string {
  const bad = [
    ...(capacityFailures === 0 ? [] : [`${capacityFailures} failed for capacity`]),
    ...(limited === 0 ? [] : [`${limited} answered 429`]),
  ].join(', ');
  return `  route ${routeWords(route)} at ${baseUrl}: ${calls} ${calls === 1 ? 'call' : 'calls'} in 5 min${bad === '' ? '' : `, ${bad}`}`;
}

/** When `when: quiet` would go where no window is configured, and the counts that it is learned from. */
export function quietLine(counts: HourCounts, now: number): string {
  const { inMs, forMs, why } = learnedQuiet(counts, now);
  const tier = counts.tier === 'standard' ? '' : ` (${counts.tier})`;
  const begins = inMs === 0 ? 'now' : `in ${durationWords(inMs ?? 0)}`;
  const when = inMs === undefined ? 'not known' : `${begins}, for ${durationWords(forMs ?? 0)}`;
  return `  quiet hours of ${counts.model}${tier}: ${when}; ${why}`;
}

function spendLines({ usd: spent, limit }: GovernorView['spend']): readonly string[] {
  if (limit === undefined) return spent === 0 ? [] : [`  spent ${usd(spent)}`];
  return [`  spent ${usd(spent)} of ${usd(limit.usd)} in ${durationWords(limit.windowMs)}`];
}

/** Newest last, as a log reads. */
export function eventLines(events: readonly StandingEvent[], now: number): readonly string[] {
  return events.map(
    ({ at, what, subject, why }) =>
      `  ${clockWords(at, now)}  ${what}  ${subject}${why === '' ? '' : `: ${why.replace(/\s+/g, ' ')}`}`,
  );
}

function rounded(perMinute: number): number {
  return perMinute >= 10 ? Math.round(perMinute) : Math.round(perMinute * 10) / 10;
}
