/** A governor as Temporal's UI shows it: what stops whom, and what is known of limits. Markdown. Pure. */
import type { LimitView } from '../contract/exchange.ts';
import { CLOSED_BY } from '../contract/exchange.ts';
import type { StandingEvent } from '../contract/standing.ts';
import { shortText } from '../domain/short-text.ts';
import { closedFor, isPaced, limitsOf } from './lane/index.ts';
import { spendClosed } from './spend.ts';
import { modelWords, scopeWords } from './standing/index.ts';
import type { GovernorState } from './state.ts';

/** A provider's text of several lines is one item of the list. */
const LINES = /\s+/g;
const LATEST = 5;
const LONGEST_BYTES = 6_000;

/** As it was heard last. */
export function detailsOf(state: GovernorState): string {
  const { id, at, processes, standing } = state;
  const { holds, routes, alerts, events } = standing;
  const stops = [
    ...holds.map(({ id: hold, branch, reason, scope, since, phase, message }) => {
      const cause = branch === 'operator' ? 'paused' : `${branch}/${reason}`;
      return `- **hold ${hold}** of ${scopeWords(scope)}: ${cause}, ${phase} since ${iso(since)}. ${message.replace(LINES, ' ')}`;
    }),
    ...routes.flatMap(({ route, breaker, degraded }) => [
      ...(breaker === undefined
        ? []
        : [`- **breaker** of ${modelWords(route)}: ${breaker.branch}, open since ${iso(breaker.since)}`]),
      ...(degraded === undefined ? [] : [`- **degraded** ${modelWords(route)} since ${iso(degraded.since)}`]),
    ]),
    ...alerts.map(({ kind, subject, since }) => `- alert ${kind} of ${subject} since ${iso(since)}`),
  ];
  const lanes = Object.entries(state.lanes).map(([model, lane]) => {
    const closed = closedFor(lane, at) ?? spendClosed(state.spend, model, at);
    const limits = isPaced(lane) ? limitsOf(lane, at).map(limitWords).join(', ') : 'no limit known';
    // A lane that nobody speaks of has not been looked at since.
    const shut =
      closed === undefined || closed.ms <= 0
        ? ''
        : `; closed until ${iso(at + closed.ms)}: ${CLOSED_BY[closed.by]}`;
    return `- **${lane.models[0] ?? model}**: ${limits}${shut}`;
  });
  const count = Object.keys(processes).length;
  const { pausedUntil } = state.spend;
  const spending = pausedUntil > at ? [`- no calls until ${iso(pausedUntil)}: ${CLOSED_BY.spend}`] : [];
  const lines = [
    `Quota of ${id}, shared by ${count} process${count === 1 ? '' : 'es'}; as of ${iso(at)}`,
    ...section([...stops, ...spending]),
    ...section(lanes),
    ...section(events.slice(-LATEST).map(eventWords)),
  ];
  return shortText(lines.join('\n'), LONGEST_BYTES);
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function limitWords({ dimension, limit, used, source }: LimitView): string {
  return `${dimension} ${used} of ${limit} (${source})`;
}

function eventWords({ at, what, subject, why }: StandingEvent): string {
  return `- ${iso(at)} ${what} ${subject}${why === '' ? '' : `: ${why}`}`;
}

function iso(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
