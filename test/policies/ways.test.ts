/** Where a generation may still go, as its view tells it before anybody approves anything. */
import { describe, expect, it } from 'vitest';
import { priceWords } from '../../src/domain/way.ts';
import type { Rung } from '../../src/domain/snapshot.ts';
import { waysOf } from '../../src/policies/ways.ts';
import { failed, FLASH, PRO, snapshot } from '../support/attempts.ts';

const PRIORITY: Rung = { ...PRO, tier: 'priority', kind: 'tier', worstUsd: [0.9] };
const BACKUP: Rung = { ...PRO, route: 'backup', kind: 'route-out', changes: ['signatures are lost'] };
const RUNGS = snapshot({ rungs: [PRO, PRIORITY, FLASH, BACKUP] });
const asked = PRO.worstUsd[0] ?? 0;

const kinds = (...[given, trail]: Parameters<typeof waysOf>): readonly string[] =>
  waysOf(given, trail).map(({ kind }) => kind);

describe('where a generation may still go', () => {
  it('every rung but the one asked, with by whose word, its price, and the difference', () => {
    expect(waysOf(RUNGS, [])).toEqual([
      expect.objectContaining({ kind: 'tier', by: 'itself', worstUsd: 0.9, extraUsd: 0.9 - asked }),
      expect.objectContaining({ kind: 'fallback', by: 'itself', worstUsd: 0.1, extraUsd: 0.1 - asked }),
      expect.objectContaining({
        kind: 'route-out',
        by: 'person',
        extraUsd: 0,
        changes: ['signatures are lost'],
      }),
    ]);
  });

  it('not to a rung that was taken, or found closed', () => {
    const tried = failed('capacity', 'overloaded', { variation: { rung: 1 } });
    expect(kinds(RUNGS, [tried])).toEqual(['fallback', 'route-out']);
    const closed = snapshot({ rungs: [PRO, PRIORITY, { ...FLASH, closed: true }, BACKUP] });
    expect(kinds(closed, [])).toEqual(['tier', 'route-out']);
  });

  it('what costs more than the limit leaves says so, and is still told', () => {
    const ways = waysOf({ ...RUNGS, maxCostUsd: 0.5 }, []);
    expect(ways.map(({ kind, tooDear = false }) => [kind, tooDear])).toEqual([
      ['tier', true],
      ['fallback', false],
      ['route-out', asked > 0.5],
    ]);
  });

  it('a batch, at its part of the price, before what a person opens; not once it was there', () => {
    const batched = snapshot({ rungs: [{ ...PRO, batch: 0.5 }, BACKUP], permits: { batch: 'demoted' } });
    expect(kinds(batched, [])).toEqual(['batch', 'route-out']);
    expect(waysOf(batched, [])[0]).toMatchObject({ by: 'itself', worstUsd: asked / 2, extraUsd: -asked / 2 });
    const back = failed('interrupted', 'no-answer', { variation: { rung: 0, batch: true } });
    expect(kinds(batched, [back])).toEqual(['route-out']);
    expect(kinds(snapshot({ rungs: [{ ...PRO, batch: 0.5 }] }), [])).toEqual([]);
  });

  it('is said in words: more, less, or as much', () => {
    expect(priceWords({ worstUsd: 0.24, extraUsd: 0.106 })).toBe(
      'at most 0.240 USD, 0.106 more than as asked',
    );
    expect(priceWords({ worstUsd: 0.03, extraUsd: -0.1 })).toBe(
      'at most 0.030 USD, 0.100 less than as asked',
    );
    expect(priceWords({ worstUsd: 0.03, extraUsd: 0 })).toBe('at most 0.030 USD, as much as asked');
    expect(priceWords({ worstUsd: 0.03 })).toBe('at most 0.030 USD');
  });
});
