/** One generation in words, from its audit: the trail, the image, the money, the time. */
import type { Attempt } from '../../src/domain/attempt.ts';
import type { AuditedGeneration } from './audited-generation.ts';

/** One step of a trail: what came back, or what was changed because of it, and by whom. */
export interface TrailStep {
  readonly kind: 'verdict' | 'change' | 'person' | 'success';
  readonly words: string;
}

type Trailed = Pick<AuditedGeneration, 'attempts' | 'revivals' | 'failure' | 'ask'>;

/** `capacity ×2 → fallback: a → b → image`; equal verdicts in a row are one step. */
export function trailSteps({ attempts, revivals, failure, ask }: Trailed): readonly TrailStep[] {
  const steps: (TrailStep & { times: number })[] = [];
  for (const attempt of attempts) {
    const revival = revivals.find((each) => each.attempts === attempt.n - 1);
    if (revival !== undefined) {
      const what = revival.changed === undefined ? '' : `: another ${revival.changed}`;
      steps.push({ kind: 'person', words: `revived${what}`, times: 1 });
    }
    const change = changeOf(attempt);
    if (change !== undefined) steps.push({ ...change, times: 1 });
    const came = whatCame(attempt);
    const before = steps.at(-1);
    if (before?.words === came.words) before.times += 1;
    else steps.push({ ...came, times: 1 });
  }
  if (failure?.cause === 'rejected') steps.push({ kind: 'person', words: 'rejected', times: 1 });
  if (ask !== undefined) steps.push({ kind: 'person', words: 'waits for a person', times: 1 });
  return steps.map(({ kind, words, times }) => ({ kind, words: times > 1 ? `${words} ×${times}` : words }));
}

const RETEST_CHANGES = { modalities: 'asks TEXT+IMAGE', callTimeout: 'waits longer' } as const;

function changeOf({ move }: Attempt): TrailStep | undefined {
  switch (move.kind) {
    case 'remedy':
      return {
        kind: move.remedy === 'route-out' ? 'person' : 'change',
        words: `${move.remedy}: ${move.change}`,
      };
    case 'retest':
      return move.change === undefined ? undefined : { kind: 'change', words: RETEST_CHANGES[move.change] };
    case 'operator':
      return { kind: 'person', words: `a person: ${move.choice === 'retry' ? 'retry' : move.change}` };
    case 'first':
    case 'queued':
    case 'prepare':
      return undefined;
  }
}

function whatCame({ classification, billed, move, note }: Attempt): TrailStep {
  if (classification === undefined) {
    return move.kind === 'prepare'
      ? { kind: 'change', words: `text call, ${note ?? move.remedy}` }
      : { kind: 'success', words: 'image' };
  }
  const doubt = billed === 'possible' ? ' (possibly billed)' : '';
  return { kind: 'verdict', words: `${classification.branch}/${classification.reason}${doubt}` };
}

export function trailWords(generation: Trailed): string {
  return trailSteps(generation)
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
