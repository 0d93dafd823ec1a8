/** What is printed: a row for each client and target, and the last line. */
import { round } from '../statistics.ts';
import type { Outcome, PhaseResult } from './contest.ts';

const HEAD = [
  'client',
  'target',
  'use (windows)',
  '429',
  'calls/image',
  'wait p50 / p95',
  'served',
  'images by process',
  'updates/s process peak (mean), fleet peak (mean)',
];

export function tell(title: string, { outcomes, books, cpu }: PhaseResult): void {
  console.log(`\n${title}\nProcessors busy: ${percent(cpu.mean)} on average, ${percent(cpu.peak)} at most.`);
  const rows = [HEAD, ...outcomes.map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => (cells[column] as string).length)));
  for (const cells of rows) {
    console.log(
      `  ${cells
        .map((cell, column) => cell.padEnd(widths[column] as number))
        .join('  ')
        .trimEnd()}`,
    );
  }
  for (const { target, client, before } of outcomes) {
    if (before === undefined) continue;
    console.log(
      `  ${client}, ${target.name}, before the split: ${before.byProcess.join('/')} images by process`,
    );
  }
  const wakes = books.flatMap((own) => own.wakes ?? []);
  if (wakes.length > 0) {
    const mean = wakes.reduce((sum, n) => sum + n, 0) / wakes.length;
    console.log(
      `  Wakes of ours before the call: ${mean.toFixed(1)} on average, ${Math.max(...wakes)} at most, of ${wakes.length} generations.`,
    );
  }
}

function row({ client, target, seen, updates }: Outcome): string[] {
  const { windowMs, windows } = target.span;
  const [worst, best] = seen.useByWindow;
  const scaled = `${target.name} (${windows} × ${windowMs / 1_000} s)`;
  return [
    client,
    scaled,
    `${percent(seen.use)} (${percent(worst)}–${percent(best)})`,
    percent(seen.share429, 2),
    seen.images === 0 ? `∞ (${seen.calls} calls)` : seen.callsPerImage.toFixed(3),
    `${seconds(seen.waitP50Ms)} / ${seconds(seen.waitP95Ms)} s`,
    `${seen.served} of ${seen.requests}`,
    seen.byProcess.join('/'),
    updates === undefined
      ? ''
      : `${updates.processPeak} (${updates.processMean.toFixed(2)}), ${updates.fleetPeak} (${updates.fleetMean.toFixed(2)})`,
  ];
}

function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

export interface Summary {
  readonly use: number;
  readonly share429: number;
  readonly callsPerImage: number;
}

export interface OurSummary extends Summary {
  readonly updatesPerSecondPerProcess: number;
  readonly updatesPerSecondFleet: number;
}

/** The worst of a client's forms, figure by figure. */
export function worst(outcomes: readonly Outcome[], client: string): Summary {
  const own = outcomes.filter((outcome) => outcome.client === client).map(({ seen }) => seen);
  if (own.length === 0) throw new Error(`there are no figures of ${client}`);
  return {
    use: round(Math.min(...own.map(({ use }) => use)), 4),
    share429: round(Math.max(...own.map(({ share429 }) => share429)), 4),
    callsPerImage: round(Math.max(...own.map(({ callsPerImage }) => callsPerImage)), 4),
  };
}

/** Peaks over any one second, of the governor that had the most. */
export function worstOfOurs(outcomes: readonly Outcome[]): OurSummary {
  const updates = outcomes.flatMap((outcome) => outcome.updates ?? []);
  return {
    ...worst(outcomes, 'ours'),
    updatesPerSecondPerProcess: Math.max(0, ...updates.map(({ processPeak }) => processPeak)),
    updatesPerSecondFleet: Math.max(0, ...updates.map(({ fleetPeak }) => fleetPeak)),
  };
}
