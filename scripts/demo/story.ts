/** One generation in words, from its audit: the trail, the image, the money, the time. */
import type { Attempt } from '../../src/domain/attempt.ts';
import type { AuditedGeneration } from './audit.ts';

/** One step of a trail: what came back, or what was changed because of it. */
export interface TrailStep {
  readonly kind: 'verdict' | 'change' | 'success';
  readonly words: string;
}

/** `capacity ×2 → fallback: a → b → image`; equal verdicts in a row are one step. */
export function trailSteps(attempts: readonly Attempt[]): readonly TrailStep[] {
  const steps: (TrailStep & { times: number })[] = [];
  for (const { move, classification, billed } of attempts) {
    const change =
      move.kind === 'remedy'
        ? `${move.remedy}: ${move.change}`
        : move.kind === 'retest' && move.change !== undefined
          ? RETEST_CHANGES[move.change]
          : undefined;
    if (change !== undefined) steps.push({ kind: 'change', words: change, times: 1 });
    const words =
      classification === undefined
        ? 'image'
        : `${classification.branch}/${classification.reason}${billed === 'possible' ? ' (possibly billed)' : ''}`;
    const before = steps.at(-1);
    if (before?.words === words) before.times += 1;
    else steps.push({ kind: classification === undefined ? 'success' : 'verdict', words, times: 1 });
  }
  return steps.map(({ kind, words, times }) => ({ kind, words: times > 1 ? `${words} ×${times}` : words }));
}

const RETEST_CHANGES = { modalities: 'asks TEXT+IMAGE', callTimeout: 'waits longer' } as const;

export function trailWords(attempts: readonly Attempt[]): string {
  return trailSteps(attempts)
    .map(({ words }) => words)
    .join(' → ');
}

export function imageWords({ images, standing }: AuditedGeneration): string {
  const [image] = images;
  return image === undefined ? standing : `${image.width}×${image.height}`;
}

/** US dollars with as many digits as they need. */
export function usd(amount: number): string {
  return amount === 0 ? '–' : `$${amount.toFixed(3)}`;
}

/** Below a second there is nothing to tell. */
export function seconds(ms: number): string {
  return ms < 1_000 ? '–' : `${(ms / 1_000).toFixed(1)} s`;
}
