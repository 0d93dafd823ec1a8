/** A generation's attempts as a table for people. */
import type { Cost } from '../domain/attempt.ts';
import type { TrailLine } from '../contract/generation.ts';

const HEAD = ['n', 'move', 'model', 'verdict', 'billed', 'path', 'evidence'];
const SHOWN_HASH = 12;

export function trailTable(trail: readonly TrailLine[]): readonly string[] {
  const rows = trail.map((line) => [
    String(line.n),
    line.move,
    line.model,
    line.verdict,
    line.billed,
    line.fingerprint.slice(0, SHOWN_HASH),
    line.evidence?.slice(0, SHOWN_HASH) ?? '–',
  ]);
  const widths = HEAD.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const text = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const said = (line: TrailLine): readonly string[] =>
    line.message === undefined ? [] : [`   ${line.message.replace(/\s+/g, ' ')}`];
  return [text(HEAD), ...trail.flatMap((line, i) => [text(rows[i] ?? []), ...said(line)])];
}

/** `0.134 USD sure, 0.402 USD possible` */
export function costWords({ sureUsd, possibleUsd }: Cost): string {
  const sure = `${sureUsd.toFixed(3)} USD`;
  return possibleUsd > 0 ? `${sure} sure, ${possibleUsd.toFixed(3)} USD more possible` : sure;
}

export function bytesWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
