/** What generations that ended cost, by what their calls have in common. */
import type { CountedBy } from '../domain/report/figures.ts';
import { DIMENSIONS_COUNTED } from '../domain/report/figures.ts';
import type { SpendLine } from '../domain/report/report.ts';
import { linesBy, spendLine } from '../domain/report/report.ts';
import type { ClientContext } from './context.ts';
import type { Counted, CountEndedOptions } from './count-ended.ts';
import { countEnded } from './count-ended.ts';
import { invalid } from './invalid.ts';

export type SpendBy = CountedBy;

export interface SpendOptions extends CountEndedOptions {
  /** @default 'day' */
  readonly by?: SpendBy;
}

export interface Spend extends Omit<Counted, 'figures'> {
  readonly by: SpendBy;
  /** Days and hours in order, else the dearest first. Calls, money and images add up to `total`. */
  readonly lines: readonly SpendLine[];
  readonly total: SpendLine;
  /** Runs whose cost is not known, and why; they are in no line. */
  readonly unknown: Counted['figures']['unknown'];
}

/** Throws InvalidRequest, ServerUnreachable. */
export async function spend(
  context: ClientContext,
  { by = 'day', ...options }: SpendOptions,
): Promise<Spend> {
  if (!DIMENSIONS_COUNTED.includes(by)) {
    throw invalid('by', by, `must be one of ${DIMENSIONS_COUNTED.join(', ')}`);
  }
  const { figures, ...counted } = await countEnded(context, options);
  const lines = linesBy(figures, by);
  const isTime = by === 'day' || by === 'hour';
  return {
    ...counted,
    by,
    lines: isTime ? lines.toSorted((a, b) => (a.key < b.key ? -1 : 1)) : lines,
    total: spendLine('all', figures.total),
    unknown: figures.unknown,
  };
}
