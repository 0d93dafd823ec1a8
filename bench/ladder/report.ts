/** What people read: a row for each party, and why requests went without an image. */
import type { DayResult } from './day.ts';

const HEAD = [
  'party',
  'delivered',
  'calls/image',
  'paid/image',
  '$/image',
  'p50 / p95 to image',
  '429s',
  'prohibited resent',
] as const;

/** Words that differ only in numbers and ids are one reason. */
const MOST_REASONS = 6;

export function tell(title: string, { figures, cpu }: DayResult): void {
  const rows = figures.map((each) => [
    each.party,
    `${percent(each.delivered, 2)} (${each.images} of ${each.asked})`,
    each.callsPerImage.toFixed(3),
    each.paidPerImage.toFixed(4),
    each.usdPerImage.toFixed(4),
    `${seconds(each.p50Ms)} / ${seconds(each.p95Ms)} s`,
    String(each.caused429),
    String(each.policyResent),
  ]);
  const widths = HEAD.map((head, k) =>
    Math.max(head.length, ...rows.map((row) => (row[k] as string).length)),
  );
  console.error(
    `\n${title}\nProcessors busy: ${percent(cpu.mean)} on average, ${percent(cpu.peak)} at most.`,
  );
  for (const row of [HEAD, ...rows])
    console.error(
      `  ${row
        .map((cell, k) => cell.padEnd(widths[k] as number))
        .join('  ')
        .trimEnd()}`,
    );
  for (const { party, reasons, unusable } of figures) {
    const most = Object.entries(reasons).toSorted(([, a], [, b]) => b - a);
    const words = most.slice(0, MOST_REASONS).map(([why, count]) => `${count} × ${why}`);
    if (words.length > 0) console.error(`  ${party} without an image: ${words.join('; ')}`);
    if (unusable > 0) console.error(`  ${party}: ${unusable} files that are no image of a permitted size`);
  }
}

function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
