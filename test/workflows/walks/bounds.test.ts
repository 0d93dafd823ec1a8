/**
 * What bounds every walk, whatever its branch: what may have been billed is repeated once at most (I13),
 * attempts and paid calls are counted over all branches (I4, I13), and no wait passes the deadline (I5).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationResult } from '../../../src/contract/generation.ts';
import { BRANCHES, isStopBranch } from '../../../src/domain/branch.ts';
import { failed, PRO } from '../../support/attempts.ts';
import { failureFrom } from '../../support/course.ts';
import type { Script } from '../../support/scripted-activities.ts';
import { imagesOf, moveOf, runLength } from './footsteps.ts';
import { BACKUP, EVERYTHING, MANY, SIMPLER } from './ladder.ts';
import { Walker } from './walker.ts';
import { WALKS } from './walks.ts';

let walker: Walker;
beforeAll(async () => {
  walker = await Walker.open();
});
afterAll(() => walker.close());

/** Nothing is left but the same path and a person. */
const asksOnly = { ...EVERYTHING, permits: { ask: true }, rungs: [PRO, BACKUP] } as const;
const many = <T>(item: T): T[] => Array.from({ length: MANY }, () => item);
const overloaded = failed('capacity', 'overloaded');

describe('I13: what may have been billed', () => {
  const repeatable = BRANCHES.filter((branch) => !isStopBranch(branch));
  it.each(repeatable)('%s: repeats it once at most, then a person decides', async (branch) => {
    const evidence = { ...WALKS[branch].evidence, billed: 'possible' } as const;
    const way = await walker.walk({ ...WALKS[branch], evidence, snapshot: asksOnly });
    const { phase, trail, ask } = await way.untilAsked(3);
    expect(trail.map(({ billed }) => billed)).toEqual(['possible', 'possible']);
    expect(runLength(trail)).toBe(2);
    expect(phase.phase).toBe('awaiting-operator');
    // Two calls prove most branches, and only what is proved may be left (I4).
    const wayOut = WALKS[branch].proof <= 2 ? ['route-out'] : [];
    expect(ask?.options.map(({ choice }) => choice)).toEqual([...wayOut, 'retry', 'change', 'reject']);
  });

  it.each(['timeout', 'no-image'] as const)('%s: its remedies end at maxPaidCalls', async (branch) => {
    const billed = branch === 'timeout' ? 'possible' : 'yes';
    const calls = many({ ...WALKS[branch].evidence, billed } as const);
    const way = await walker.start({ calls, snapshot: EVERYTHING, prompts: [SIMPLER] });
    const { failure } = await failureFrom(way.handle);
    expect(failure.cause).toBe('paid-calls-spent');
    expect(failure.trail.map((line) => line.billed !== 'no')).toEqual([true, true, true, true, true]);
    expect(way.scripts.buried).toHaveLength(1);
  });
});

describe('I4: attempts', () => {
  it.each([12, 7])('capacity and quota-minute in turn end at maxAttempts %i', async (maxAttempts) => {
    const limited = failed('quota-minute', 'rpm');
    const calls = Array.from({ length: MANY }, (_, i) => (i % 2 === 0 ? overloaded : limited));
    const way = await walker.start({ calls, snapshot: { ...EVERYTHING, maxAttempts } });
    const { failure } = await failureFrom(way.handle);
    expect(failure.cause).toBe('attempts-spent');
    expect(way.scripts.generated).toHaveLength(maxAttempts);
    // Neither is ever twice in a row: nothing is proved, so the path is not left.
    expect(runLength(failure.trail)).toBe(maxAttempts);
  });

  it('a branch spends its retests once, also when another comes between', async () => {
    const worded = failed('no-image', 'text-only');
    const snapshot = { ...EVERYTHING, permits: {}, rungs: [PRO] };
    const way = await walker.start({ calls: [worded, overloaded, ...many(worded)], snapshot });
    const { branch, failure } = await failureFrom(way.handle);
    expect([branch, failure.cause]).toEqual(['no-image', 'no-remedy']);
    expect(failure.trail.map(moveOf)).toEqual(['first call', 'same-path retest', 'same-path retest']);
  });
});

describe('I5: the deadline', () => {
  it('a queue whose next wait would pass it asks a person for the time that is left', async () => {
    const calls: Script['calls'] = many(overloaded);
    const snapshot = { ...asksOnly, maxAttempts: 50 };
    const way = await walker.start({ calls, snapshot }, { deadlineMs: 65 * 60_000 });
    const view = await way.untilAsked(MANY);
    expect(view.phase).toMatchObject({ phase: 'awaiting-operator', until: view.deadlineAt });
    expect(imagesOf(view.trail).map(moveOf).at(-1)).toBe('queued retest');
    calls.unshift('image');
    await way.say('approveRouteOut', view);
    expect((await way.handle.result()) as GenerationResult).toMatchObject({ route: BACKUP.route });
  });
});
