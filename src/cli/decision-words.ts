/** What people sent to a generation so far, taken or not, each with its answer. */
import type { DecisionRecord } from '../domain/decision.ts';
import { paint } from './output.ts';

const COLOURS = { taken: 'green', stale: 'yellow', refused: 'yellow', junk: 'red' } as const;

export function decisionLines(decisions: readonly DecisionRecord[]): readonly string[] {
  if (decisions.length === 0) return [];
  return ['decisions', ...decisions.flatMap(decisionLine)];
}

function decisionLine(record: DecisionRecord): readonly string[] {
  const { at, by, via, choice, outcome, answer, why, route, field } = record;
  const which = [choice, route, field].filter((word) => word !== undefined).join(' ');
  const said = why === undefined ? '' : `: ${oneLine(why)}`;
  return [
    `  ${new Date(at).toISOString()}  ${paint(COLOURS[outcome], outcome.padEnd(7))}  ${which} by ${oneLine(by ?? 'nobody')}${said}`,
    // What was taken says no more than that.
    ...(outcome === 'taken' ? [] : [`      ${oneLine(answer)} (sent by ${via})`]),
  ];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
