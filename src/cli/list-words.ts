/** Generations as a table of at most 100 columns, and stuck ones by their cause: it is fixed once. */
import type { Listed } from '../client/listed.ts';
import { clockWords } from './clock-words.ts';
import { durationWords } from '../words/duration.ts';
import { paint } from './output.ts';

const HEAD = ['phase', 'verdict', 'since', 'id'] as const;
/** With two spaces between them and an id as we make it: 100 columns. */
const WIDTHS = [17, 20, 8] as const;
const WIDTH = 100;
const LINE = /\s+/g;
/** One that ended before it told a phase: the same end has the same word. */
const PHASE_OF: Partial<Record<Listed['status'], string>> = { completed: 'done', failed: 'dead' };

export function listTable(generations: readonly Listed[], now: number): readonly string[] {
  if (generations.length === 0) return [];
  const rows = generations.map((each) => [
    each.phase ?? PHASE_OF[each.status] ?? each.status,
    verdictOf(each) ?? '–',
    durationWords(now - since(each)),
    each.id,
  ]);
  return [HEAD, ...rows].map(row);
}

/** `3 × capacity/overloaded, held since 14:05`, the longest first, with its generations below. */
export function stuckGroups(
  generations: readonly Listed[],
  now: number,
  show: (id: string) => string,
): readonly string[] {
  const groups = new Map<string, Listed[]>();
  for (const each of generations) {
    const cause = causeOf(each);
    groups.set(cause, [...(groups.get(cause) ?? []), each]);
  }
  return [...groups]
    .map(([cause, members]) => [cause, members.toSorted((a, b) => since(a) - since(b))] as const)
    .toSorted(([, [a]], [, [b]]) => (a === undefined || b === undefined ? 0 : since(a) - since(b)))
    .flatMap(([cause, members]) => groupLines(cause, members, now, show));
}

function groupLines(
  cause: string,
  members: readonly Listed[],
  now: number,
  show: (id: string) => string,
): readonly string[] {
  const [oldest] = members;
  if (oldest === undefined) return [];
  const head = `${members.length} × ${cause} since ${clockWords(since(oldest), now)}`;
  const choices = [...new Set(members.flatMap((each) => each.choices ?? []))];
  return [
    paint('bold', head),
    ...(oldest.why === '' ? [] : [cut(`  ${oldest.why.replace(LINE, ' ')}`, WIDTH)]),
    ...(choices.length === 0 ? [] : [cut(`  may be decided: ${choices.join(', ')}`, WIDTH)]),
    ...members.map((each) => `  ${durationWords(now - since(each)).padEnd(WIDTHS[2])}  ${each.id}`),
    `  $ ${show(oldest.id)}`,
    '',
  ];
}

/** Everything that one repair sets free: the same verdict in the same kind of wait. */
function causeOf(each: Listed): string {
  const verdict = verdictOf(each);
  if (each.phase === undefined) return each.why;
  return verdict === undefined ? each.phase : `${verdict}, ${each.phase}`;
}

function verdictOf({ branch, reason }: Listed): string | undefined {
  return branch === undefined ? undefined : `${branch}/${reason}`;
}

function since({ since: began, startedAt, closedAt }: Listed): number {
  return began ?? Date.parse(closedAt ?? startedAt);
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, i) => {
      const width = WIDTHS[i];
      return width === undefined ? cell : cut(cell, width).padEnd(width);
    })
    .join('  ')
    .trimEnd();
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
