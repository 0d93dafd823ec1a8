/**
 * Where a generation may still go, and by whose word: the rungs that it has not taken. Shown to people before
 * anybody approves anything, with the price and the losses that the snapshot recorded.
 */
import type { Attempt } from '../domain/attempt.ts';
import type { PolicySnapshot } from '../domain/snapshot.ts';
import type { Way } from '../domain/way.ts';
import { extraUsdOf } from '../domain/way.ts';
import { imageAttempts, sinceLastChange, withinCost } from './situation.ts';

/** Of a view, so that it stays small (I1). */
const MOST = 12;

export function waysOf(snapshot: PolicySnapshot, all: readonly Attempt[]): readonly Way[] {
  const trail = sinceLastChange(imageAttempts(all));
  const taken = new Set(trail.map(({ variation }) => variation.rung));
  return snapshot.rungs
    .flatMap((rung, index): readonly Way[] => {
      const { kind, route, model, tier, changes, closed } = rung;
      if (kind === 'asked' || closed === true || taken.has(index)) return [];
      const worstUsd = rung.worstUsd[0] ?? 0;
      return [
        {
          ...{ kind, route, model, tier, worstUsd },
          by: kind === 'route-out' ? 'person' : 'itself',
          extraUsd: extraUsdOf(snapshot, rung),
          ...(changes === undefined ? {} : { changes }),
          ...(withinCost({ all, snapshot }, worstUsd) ? {} : { tooDear: true }),
        },
      ];
    })
    .slice(0, MOST);
}
