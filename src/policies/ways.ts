/**
 * Where a generation may still go, and by whose word: the rungs that it has not taken. Shown to people before
 * anybody approves anything, with the price and the losses that the snapshot recorded.
 */
import type { Attempt } from '../domain/attempt.ts';
import type { PolicySnapshot } from '../domain/snapshot.ts';
import type { Way } from '../domain/way.ts';
import { BATCH_CHANGES, extraUsdOf } from '../domain/way.ts';
import { imageAttempts, sinceLastChange, withinCost } from './situation.ts';

/** Of a view, so that it stays small (I1). */
const MOST = 12;

export function waysOf(snapshot: PolicySnapshot, all: readonly Attempt[]): readonly Way[] {
  const trail = sinceLastChange(imageAttempts(all));
  const taken = new Set(trail.map(({ variation }) => variation.rung));
  const rungs = snapshot.rungs
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
  const out = rungs.findIndex(({ by }) => by === 'person');
  return rungs.toSpliced(out === -1 ? rungs.length : out, 0, ...batchOf(snapshot, all, trail));
}

/** The lane of the rung that it is on, where the request lets it go there and it was not there yet. */
function batchOf(
  snapshot: PolicySnapshot,
  all: readonly Attempt[],
  trail: readonly Attempt[],
): readonly Way[] {
  const asked = snapshot.rungs[0];
  const rung = snapshot.rungs[trail.at(-1)?.variation.rung ?? 0];
  const wasThere = trail.some(({ variation }) => variation.batch === true);
  if (asked === undefined || rung?.batch === undefined || wasThere || snapshot.permits?.batch === undefined)
    return [];
  const { route, model, tier, batch } = rung;
  const worstUsd = (rung.worstUsd[0] ?? 0) * batch;
  return [
    {
      ...{ kind: 'batch', by: 'itself', route, model, tier, worstUsd, changes: BATCH_CHANGES },
      extraUsd: worstUsd - (asked.worstUsd[0] ?? 0),
      ...(withinCost({ all, snapshot }, worstUsd) ? {} : { tooDear: true }),
    },
  ];
}
