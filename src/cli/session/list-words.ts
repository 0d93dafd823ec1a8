/** Sessions as a table of at most 100 columns, ids whole, with the beginning of what was asked last below each. */
import type { ListedSession } from '../../client/sessions-list.ts';
import { durationWords } from '../../words/duration.ts';
import { oneLine } from '../../words/one-line.ts';

const HEAD = ['status', 'turns', 'USD', 'last', 'id'] as const;
/** `terminated`; `500 (12 failed)`; `12.340+1.230?` */
const WIDTHS = [10, 16, 14, 9] as const;
const WIDTH = 100;

export function sessionTable(sessions: readonly ListedSession[], now: number): readonly string[] {
  if (sessions.length === 0) return [];
  return [row(HEAD), ...sessions.flatMap((session) => sessionLines(session, now))];
}

function sessionLines(session: ListedSession, now: number): readonly string[] {
  const { id, status, turns, failed = 0, cost, excerpt, activeAt, startedAt, endedAt } = session;
  const counted = turns === undefined ? '–' : `${turns}${failed === 0 ? '' : ` (${failed} failed)`}`;
  const possible = cost === undefined || cost.possibleUsd === 0 ? '' : `+${cost.possibleUsd.toFixed(3)}?`;
  const usd = cost === undefined ? '–' : `${cost.sureUsd.toFixed(3)}${possible}`;
  const last = durationWords(now - (activeAt ?? Date.parse(endedAt ?? startedAt)));
  const asked = excerpt === undefined ? '' : oneLine(excerpt);
  return [row([status, counted, usd, last, id]), ...(asked === '' ? [] : [cut(`  “${asked}”`)])];
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0))
    .join('  ')
    .trimEnd();
}

function cut(text: string): string {
  return text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 1)}…`;
}
