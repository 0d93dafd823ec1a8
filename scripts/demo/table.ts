/** The table at the end: one row per generation, columns as wide as their longest word. */
import { styleText } from 'node:util';
import type { Audit } from './audit.ts';
import type { AuditedGeneration } from './audited-generation.ts';
import type { Cast } from './scenario.ts';
import { imageWords, seconds, trailWords, usd } from './story.ts';

const HEADER = ['generation', 'image', 'calls', 'sure', 'possible', 'waited', 'trail'];
const RIGHT = new Set([2, 3, 4, 5]);

export function table({ generations }: Pick<Audit, 'generations'>, cast: Cast): string {
  const rows = generations.map((generation) => cells(generation, cast));
  const widths = HEADER.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        if (at === row.length - 1) return cell;
        return RIGHT.has(at) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ');
  return [styleText('bold', line(HEADER)), ...rows.map(line)].join('\n');
}

function cells(generation: AuditedGeneration, cast: Cast): readonly string[] {
  const { id, calls, cost, waitedMs } = generation;
  return [
    cast.get(id)?.title ?? id,
    imageWords(generation),
    String(calls),
    usd(cost.sureUsd),
    usd(cost.possibleUsd),
    seconds(waitedMs),
    trailWords(generation),
  ];
}
