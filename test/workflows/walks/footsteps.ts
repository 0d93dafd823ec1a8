/** What a generation left in its history and its trail, as a test reads it. */
import type { WorkflowHandle } from '@temporalio/client';
import type { TrailLine } from '../../../src/contract/generation.ts';
import type { Variation } from '../../../src/domain/attempt.ts';
import type { Scripts } from '../../support/scripted-activities.ts';

export interface Timer {
  readonly ms: number;
  /** Epoch milliseconds by the server's clock. */
  readonly firesAt: number;
}

export interface Footsteps {
  readonly timers: readonly Timer[];
  /** Names, in order; local ones leave no such event. */
  readonly activities: readonly string[];
  /** One for each timer and activity; empty where somebody forgot it. */
  readonly summaries: readonly string[];
  readonly timerSummaries: readonly string[];
}

type Stamp = { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined;

function msOf(stamp: Stamp): number {
  return Number(stamp?.seconds ?? 0) * 1_000 + (stamp?.nanos ?? 0) / 1e6;
}

export async function footsteps(handle: WorkflowHandle): Promise<Footsteps> {
  const timers: Timer[] = [];
  const activities: string[] = [];
  const summaries: string[] = [];
  const timerSummaries: string[] = [];
  for (const event of (await handle.fetchHistory()).events ?? []) {
    const timer = event.timerStartedEventAttributes;
    const activity = event.activityTaskScheduledEventAttributes;
    if (timer != null) {
      const ms = msOf(timer.startToFireTimeout);
      timers.push({ ms, firesAt: msOf(event.eventTime) + ms });
    }
    if (activity != null) activities.push(activity.activityType?.name ?? '');
    if (timer != null || activity != null) {
      const data = event.userMetadata?.summary?.data;
      const summary = data == null ? '' : (JSON.parse(Buffer.from(data).toString()) as string);
      summaries.push(summary);
      if (timer != null) timerSummaries.push(summary);
    }
  }
  return { timers, activities, summaries, timerSummaries };
}

/** The move, without what a remedy changed: `fallback`, `same-path retest`. */
export function moveOf({ move }: TrailLine): string {
  return move.startsWith('text call') ? move : (move.split(':')[0] ?? move);
}

/** The trail without the calls of text models, which prove nothing of the path. */
export function imagesOf(trail: readonly TrailLine[]): readonly TrailLine[] {
  return trail.filter((line) => !line.move.startsWith('text call'));
}

/** Same-path attempts in a row up to the last one of `images`. */
export function runLength(images: readonly TrailLine[]): number {
  const last = images.at(-1)?.fingerprint;
  const other = images.findLastIndex(({ fingerprint }) => fingerprint !== last);
  return images.length - 1 - other;
}

/** What was asked for, call by call: an upload that fails is one too. */
export function variationsOf({ generated, uploaded }: Scripts): readonly Variation[] {
  const byNumber = new Map([...uploaded, ...generated].map(({ n, variation }) => [n, variation]));
  return [...byNumber.entries()].sort(([a], [b]) => a - b).map(([, variation]) => variation);
}

/** Fields in which two calls differ. */
export function differences(before: Variation, after: Variation): readonly string[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Variation>;
  return [...fields].filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}
