/** What `session show` prints of a session, for people and as one JSON object. */
import type { TurnFailed, TurnView } from '../../contract/session.ts';
import type { Cost } from '../../domain/attempt.ts';
import { commandLine } from '../invocation.ts';
import { oneLine } from '../../words/one-line.ts';
import { paint } from '../output.ts';
import { asksAPerson, phaseLine, untilWords } from '../phase-words.ts';
import { costWords } from '../trail-words.ts';
import { failedWords } from '../../words/session-failed.ts';
import type { Standing } from '../../words/session-history.ts';
import { HISTORY_WORDS, standings } from '../../words/session-history.ts';
import { settingsWords } from '../../words/session-settings.ts';
import type { SessionSight } from '../../client/session-sight.ts';

export interface Telling {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Options that make another command find the same server and store. */
  readonly server: readonly string[];
}

const HEAD = ['#', 'turn', 'status', 'path', 'USD', 'history'];
const COLOURS = { open: 'green', closing: 'yellow', closed: 'bold' } as const;

export function sessionJson({ view, turns, running }: SessionSight): object {
  const standing = standings(view, turns);
  const doing =
    running === undefined
      ? null
      : { phase: running.phase, why: running.why, until: iso(running.until), choices: running.ask?.choices };
  return {
    ...view,
    createdAt: iso(view.createdAt),
    expiresAt: iso(view.expiresAt),
    doing,
    turns: turns.map((turn) => ({ ...turn, acceptedAt: iso(turn.acceptedAt), standing: standing(turn) })),
  };
}

export function sessionWords(sight: SessionSight, telling: Telling): string {
  const { id, status, settings, from, head, cost, expiresAt } = sight.view;
  const { now, server } = telling;
  const begins = from === undefined ? 'begins the conversation' : 'goes on from where it was forked';
  const next =
    status === 'open'
      ? ['session', 'edit', id, 'what to change', ...server]
      : ['session', 'fork', id, ...server];
  return [
    `${paint(COLOURS[status], status)}  ${id}`,
    `  settings  ${settingsWords(settings)}`,
    ...(from === undefined ? [] : [`  forked    from turn ${oneLine(from.turnId)} of ${from.session}`]),
    `  head      ${head === undefined ? `none: the next turn ${begins}` : `${oneLine(head)}: the next turn goes on from it`}`,
    `  cost      ${costWords(cost)}`,
    ...(status === 'open' ? [`  open      ${untilWords(expiresAt, now)}, longer with each turn`] : []),
    ...turnLines(sight, telling),
    `to go on    $ ${commandLine(next)}`,
  ].join('\n');
}

function turnLines(sight: SessionSight, telling: Telling): readonly string[] {
  const { view, turns } = sight;
  if (turns.length === 0) return ['no turn yet'];
  const standing = standings(view, turns);
  const rows = turns.map((turn, i) => cells(turn, i + 1, standing(turn)));
  const widths = HEAD.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const text = (row: readonly string[]): string =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd();
  return [
    'turns',
    text(HEAD),
    ...turns.flatMap((turn, i) => [
      text(rows[i] ?? []),
      ...moreLines(turn, sight, telling).map((line) => `     ${line}`),
    ]),
  ];
}

function cells({ turnId, done, failed }: TurnView, n: number, standing: Standing): readonly string[] {
  const path = done === undefined ? '–' : `${done.route}, ${done.model}`;
  const cost = done?.cost ?? failed?.cost;
  return [
    String(n),
    oneLine(turnId),
    STANDING_WORDS[standing],
    path,
    cost === undefined ? '–' : usd(cost),
    done === undefined ? '–' : HISTORY_WORDS[done.use],
  ];
}

function usd({ sureUsd, possibleUsd }: Cost): string {
  return `${sureUsd.toFixed(3)}${possibleUsd > 0 ? `, ${possibleUsd.toFixed(3)} possible` : ''}`;
}

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  head: 'done, head',
  kept: 'done',
  undone: 'undone',
  apart: 'done, not gone on from',
  failed: 'failed',
  cancelled: 'cancelled',
  queued: 'queued',
  running: 'running',
};

/** Below its row: what was asked, why it failed, what it warns of, what it waits for. */
function moreLines(turn: TurnView, sight: SessionSight, { now, server }: Telling): readonly string[] {
  const { generationId, status, excerpt, done, failed } = turn;
  const { running } = sight;
  const look = `$ ${commandLine(['show', generationId, ...server])}`;
  return [
    excerpt === undefined ? '(prompt hidden)' : `“${oneLine(excerpt)}”`,
    ...(status !== 'failed' || failed === undefined ? [] : [failedLine(failed)]),
    ...(status === 'failed' ? [look] : []),
    ...(done?.warnings ?? []).map((warning) => `${paint('yellow', 'warning')}  ${oneLine(warning)}`),
    ...(status === 'queued' ? ['waits for the turns before it'] : []),
    ...(status === 'running' && running !== undefined ? [oneLine(phaseLine(running, now))] : []),
    ...(status === 'running' && running !== undefined && asksAPerson(running.phase)
      ? [`a person is asked; what may be decided: ${look}`]
      : []),
  ];
}

function failedLine(failed: TurnFailed): string {
  const { verdict, why } = failedWords(failed);
  return `${paint('red', verdict)}  ${oneLine(why)}`;
}

function iso(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : new Date(epochMs).toISOString();
}
