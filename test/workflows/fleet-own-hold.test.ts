/** A generation whose own attempt found the cause: it waits for a person, and for the end of the hold. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationResult, GenerationView } from '../../src/contract/generation.ts';
import { MEMO, SIGNALS, WAKE_SIGNAL } from '../../src/contract/names.ts';
import { failed } from '../support/attempts.ts';
import { Courses } from '../support/course.ts';
import { eventually } from '../support/eventually.ts';
import type { Script } from '../support/scripted-activities.ts';
import { ACCOUNT, hold, heldBy, LOOKING, times } from '../support/standing.ts';

let courses: Courses;
beforeAll(async () => {
  courses = await Courses.open('fleet-own-hold');
});
afterAll(() => courses.env.teardown());

const leaked = failed('permission', 'key-leaked');
const isHeld = ({ phase }: GenerationView) => phase.phase === 'held';
const go = { kind: 'go' } as const;

it('its hold is resumed: on the wake signal it makes the same call again, and says why', async () => {
  const quota: Script['quota'] = [go, heldBy()];
  await courses.during(
    { calls: [leaked, 'image'], snapshot: LOOKING, quota },
    {},
    async ({ handle, scripts }) => {
      const view = await courses.until(handle, isHeld, 1_000);
      expect(view).toMatchObject({
        phase: { scope: 'credential', hold: 'h-3' },
        ask: { holdId: 'h-3', proof: 1 },
      });
      await handle.signal(WAKE_SIGNAL);
      const result = (await handle.result()) as GenerationResult;
      expect(result.trail.map(({ move }) => move)).toEqual([
        'first call',
        'retry by a person: the same path, not held any more',
      ]);
      expect(scripts.generated.map(({ n, variation }) => [n, variation.rung])).toEqual([
        [1, 0],
        [2, 0],
      ]);
    },
  );
});

it('nobody woke it: it finds out by itself, which is also how it learns of a new credential', async () => {
  const { result, took } = await courses.deliver({
    calls: [leaked, 'image'],
    snapshot: LOOKING,
    quota: [go, ...times(3, heldBy())],
  });
  expect(result.trail).toHaveLength(2);
  expect(took).toBeLessThan(10 * 60_000);
});

it('I4: a process that has not heard of the hold yet says go, and that is no reason to call', async () => {
  const script: Script = { calls: [leaked], snapshot: LOOKING };
  await courses.during(script, {}, async ({ handle, scripts }) => {
    await courses.until(handle, isHeld, 1_000);
    // Within the time in which every process hears of a hold, a wake signal proves nothing either.
    await handle.signal(WAKE_SIGNAL);
    await courses.env.sleep('30 min');
    expect(scripts.checked).toBeGreaterThan(3);
    expect(scripts.generated).toHaveLength(1);
  });
});

it('long after, a wake signal is believed without the hold having been seen', async () => {
  const script: Script = { calls: [leaked, 'image'], snapshot: LOOKING };
  await courses.during(script, {}, async ({ handle }) => {
    await courses.until(handle, isHeld, 1_000);
    await courses.env.sleep('1 min');
    await handle.signal(WAKE_SIGNAL);
    expect(((await handle.result()) as GenerationResult).trail).toHaveLength(2);
  });
});

it('resumed too soon: the second failure asks anew, on the new evidence', async () => {
  const quota: Script['quota'] = [go, heldBy(), go, go, ...times(100, heldBy({ id: 'h-5' }))];
  await courses.during(
    { calls: [leaked, leaked], snapshot: LOOKING, quota },
    {},
    async ({ handle, scripts }) => {
      const before = await courses.until(handle, isHeld, 1_000);
      await handle.signal(WAKE_SIGNAL);
      const after = await courses.until(handle, (view) => isHeld(view) && view.trail.length === 2, 1_000);
      expect(after.ask?.evidence).not.toBe(before.ask?.evidence);
      expect(after.phase).toMatchObject({ hold: 'h-5' });
      expect(scripts.generated).toHaveLength(2);
    },
  );
});

it('a person decides as ever, while it also looks', async () => {
  const quota: Script['quota'] = ({ variation, scope }) =>
    scope !== undefined && variation.rung === 0 ? heldBy() : go;
  await courses.during({ calls: [leaked, 'image'], snapshot: LOOKING, quota }, {}, async ({ handle }) => {
    const view = await courses.until(handle, isHeld, 1_000);
    await courses.env.sleep('20 min');
    await handle.signal(SIGNALS.approveRouteOut, { by: 'ann', why: 'idle', evidence: view.ask?.evidence });
    expect(await handle.result()).toMatchObject({ route: 'backup', decisions: [{ via: 'signal' }] });
  });
});

it('the memo says what it shares with others, so that it is woken with them', async () => {
  const quota: Script['quota'] = [go, ...times(100, heldBy())];
  await courses.during({ calls: [leaked], snapshot: LOOKING, quota }, {}, async ({ handle }) => {
    await courses.until(handle, isHeld, 1_000);
    const { memo } = await handle.describe();
    expect(memo?.[MEMO.state]).toMatchObject({
      cause: {
        branch: 'permission',
        reason: 'key-leaked',
        scope: hold().scope,
        hold: 'h-3',
        account: ACCOUNT,
      },
    });
  });
});

describe('a branch that stops nobody else', () => {
  it('is not repeated by a wake signal: only what was held is released', async () => {
    const unknown = failed('unknown', 'unrecognised');
    const script: Script = { calls: [unknown, unknown], snapshot: LOOKING };
    await courses.during(script, {}, async ({ handle, scripts }) => {
      await courses.until(handle, ({ phase }) => phase.phase === 'awaiting-operator');
      await courses.env.sleep('1 min');
      const looked = scripts.checked;
      await handle.signal(WAKE_SIGNAL);
      await eventually('a look', () => scripts.checked > looked);
      await courses.env.sleep('1 min');
      expect(scripts.generated).toHaveLength(2);
    });
  });
});
