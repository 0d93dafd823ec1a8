/** A degraded route: who allows another model starts on it at once, and says so; the others wait. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QuotaAnswer } from '../../src/contract/generation.ts';
import { failed, FLASH, PRO } from '../support/attempts.ts';
import { Courses } from '../support/course.ts';
import type { Script } from '../support/scripted-activities.ts';
import { degraded, heldBy, LOOKING } from '../support/standing.ts';

let courses: Courses;
beforeAll(async () => {
  courses = await Courses.open('fleet-degraded');
});
afterAll(() => courses.env.teardown());

const snapshot = { ...LOOKING, rungs: [PRO, FLASH] };
const toFlash: QuotaAnswer = { kind: 'elsewhere', rung: 1, degraded: degraded() };
const WORDS = 'degraded: 42 % of 130 calls failed for capacity, route proof';

describe('the first call', () => {
  it('goes to the allowed model at once, as a fallback on route proof, and the result says so', async () => {
    const { result, generated, fallenBack, took } = await courses.deliver({
      calls: ['image'],
      snapshot,
      quota: [toFlash],
    });
    expect(took).toBeLessThan(60_000);
    const change = `${PRO.model} → ${FLASH.model} (${WORDS})`;
    expect(generated).toMatchObject([
      { n: 1, variation: { rung: 1 }, move: { kind: 'remedy', remedy: 'fallback', change } },
    ]);
    expect(fallenBack).toEqual([FLASH.model]);
    expect(result).toMatchObject({
      model: FLASH.model,
      pathWhy: `fallback: ${change}`,
      warnings: [`${WORDS}: ${PRO.model} was passed over for ${FLASH.model}`],
      trail: [{ move: `fallback: ${change}` }],
    });
  });

  it('the other model proves closed: it waits on the one that was asked for, and nothing is said', async () => {
    const { result, checks } = await courses.deliver({
      calls: ['image'],
      snapshot,
      quota: [toFlash],
      fallBack: [{ kind: 'closed', why: 'gone' }],
    });
    expect(result).toMatchObject({ model: PRO.model, warnings: [] });
    expect(result.pathWhy).toBeUndefined();
    expect(checks.at(-1)?.snapshot?.rungs[1]).toMatchObject({ closed: true });
  });

  it('the other model is held when its turn comes: the same', async () => {
    const { result } = await courses.deliver({
      calls: ['image'],
      snapshot,
      quota: [toFlash, heldBy({ id: 'h-9' })],
    });
    expect(result.model).toBe(PRO.model);
  });

  it('fails there: the policies go on from there, as after any fallback', async () => {
    const overloaded = failed('capacity', 'overloaded');
    const { result } = await courses.deliver({
      calls: [overloaded, 'image'],
      snapshot,
      quota: [toFlash],
    });
    expect(result.trail.map(({ model }) => model)).toEqual([FLASH.model, FLASH.model]);
  });
});

describe('which calls are asked to leave', () => {
  it('first and queued ones; retests stay unless the day is over', async () => {
    const overloaded = failed('capacity', 'overloaded');
    const calls: Script['calls'] = [...Array.from({ length: 7 }, () => overloaded), 'image'];
    const { checks, generated } = await courses.deliver({ calls, snapshot: { ...LOOKING, rungs: [PRO] } });
    const leaving = checks.map(({ notElsewhere, staysDegraded }) => (staysDegraded ? 'day' : notElsewhere));
    expect(generated.map(({ move }) => move.kind)).toEqual([
      'first',
      ...Array.from({ length: 5 }, () => 'retest'),
      'queued',
      'queued',
    ]);
    expect(leaving).toEqual([[], 'day', 'day', 'day', 'day', 'day', [0], [0]]);
  });

  it('a rung that is dearer than what is left is not one to start on', async () => {
    const dear = { ...FLASH, worstUsd: [9] };
    const overloaded = failed('quota-minute', 'rpm');
    const calls: Script['calls'] = [...Array.from({ length: 6 }, () => overloaded), 'image'];
    const { checks } = await courses.deliver({
      calls,
      snapshot: { ...LOOKING, rungs: [PRO, dear], maxCostUsd: 1 },
    });
    expect(checks.at(-1)?.notElsewhere).toEqual([0, 1]);
  });
});
