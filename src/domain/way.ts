/** A rung of the ladder as people are told of it: what it costs and what it takes, before it is climbed. */
import type { ServiceTier } from './path.ts';
import type { PolicySnapshot, Rung, RungKind } from './snapshot.ts';

export interface Way {
  /** `batch`: the same route's batch lane. */
  readonly kind: Exclude<RungKind, 'asked'> | 'batch';
  readonly route: string;
  readonly model: string;
  readonly tier: ServiceTier;
  /** `itself`: the request allows it, once a branch that allows it is proved. `person`: an approval opens it (I4). */
  readonly by: 'itself' | 'person';
  /** Worst price of one call there. */
  readonly worstUsd: number;
  /** By how much that is more than the same call as asked; below zero where it is less. */
  readonly extraUsd: number;
  /** What is lost or different there, one thing each; absent where nothing is. */
  readonly changes?: readonly string[];
  /** More than `maxCostUsd` leaves. */
  readonly tooDear?: true;
}

export function extraUsdOf({ rungs }: Pick<PolicySnapshot, 'rungs'>, { worstUsd }: Rung): number {
  return (worstUsd[0] ?? 0) - (rungs[0]?.worstUsd[0] ?? 0);
}

/** Of a batch: it may take a day, and what is in a job cannot be taken back. */
export const BATCH_CHANGES: readonly string[] = [
  'it may take a day; what is in a job cannot be taken back free of charge',
];

/** `at most 0.240 USD, 0.106 more than as asked` */
export function priceWords({
  worstUsd,
  extraUsd,
}: {
  readonly worstUsd: number;
  readonly extraUsd?: number;
}): string {
  const price = `at most ${worstUsd.toFixed(3)} USD`;
  if (extraUsd === undefined) return price;
  const difference = Math.abs(extraUsd).toFixed(3);
  if (difference === '0.000') return `${price}, as much as asked`;
  return `${price}, ${difference} ${extraUsd > 0 ? 'more' : 'less'} than as asked`;
}
