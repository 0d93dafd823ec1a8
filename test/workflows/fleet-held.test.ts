/** A generation whose route is held for everyone: it calls nothing, says why, and goes on when that is over. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GenerationResult, GenerationView, HeldAnswer } from '../../src/contract/generation.ts';
import type { MemoState } from '../../src/contract/names.ts';
import { MEMO, QUERIES, SIGNALS, UPDATES, WAKE_SIGNAL } from '../../src/contract/names.ts';
import { failed, FLASH, PRO } from '../support/attempts.ts';
import type { Started } from '../support/course.ts';
import { Courses, failureFrom, summaries } from '../support/course.ts';
import { eventually } from '../support/eventually.ts';
import type { Script } from '../support/scripted-activities.ts';
import { ACCOUNT, BACKUP, hold, heldBy, LOOKING, PAUSE, times } from '../support/standing.ts';

let courses: Courses;
beforeEach(async () => {
  courses = await Courses.open('fleet-held');
});
afterEach(() => courses.env.teardown());

const HOUR = 3_600_000;
const isHeld = ({ phase }: GenerationView) => phase.phase === 'held';

function said(view: GenerationView, given: object = {}): object {
  return { by: 'ann', why: 'the backup is idle', evidence: view.ask?.evidence, ...given };
}

async function view(handle: Started['handle']): Promise<GenerationView> {
  return await handle.query<GenerationView>(QUERIES.describe);
}

async function details(handle: Started['handle']): Promise<string> {
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}

async function eventsOf(handle: Started['handle'], name: RegExp): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter((event) =>
    Object.entries(event).some(([key, value]) => name.test(key) && value != null),
  ).length;
}

/** Held for as long as it lasts, on the rung that was asked and on no other. */
function whileStopped(answer: HeldAnswer): NonNullable<Script['quota']> {
  return ({ variation, insists }) => (variation.rung === 0 && insists !== true ? answer : { kind: 'go' });
}

/** From held on, with a script whose answers may be changed while it runs. */
function whileHeld(
  script: Partial<Script>,
  act: (started: Started, seen: GenerationView) => Promise<void>,
): Promise<void> {
  const quota = script.quota ?? whileStopped(heldBy());
  return courses.during({ calls: ['image'], snapshot: LOOKING, ...script, quota }, {}, async (started) => {
    await act(started, await courses.until(started.handle, isHeld, 1_000));
  });
}

describe('held before its first call', () => {
  it('nothing is called; the question stands on the evidence of the hold and names the route proof', async () => {
    await whileHeld({}, async ({ handle, scripts }, { phase, ask, deadlineAt, trail }) => {
      expect(phase).toEqual({
        phase: 'held',
        scope: 'credential',
        hold: 'h-3',
        until: deadlineAt,
        why: ask?.why,
      });
      expect(ask).toMatchObject({
        branch: 'permission',
        reason: 'key-leaked',
        evidence: 'e'.repeat(64),
        holdId: 'h-3',
        why: expect.stringContaining('route proof of hold h-3: 4 calls with this credential'),
      });
      expect(ask?.options.map(({ choice }) => choice)).toEqual(['route-out', 'retry', 'change', 'reject']);
      expect(trail).toEqual([]);
      expect(scripts.generated).toEqual([]);
      expect(await details(handle)).toContain('`gemini-images routes resume h-3`');
      const timer = /held by h-3, permission\/key-leaked/;
      await eventually('its timer', async () => timer.test((await summaries(handle)).join('\n')));
    });
  });

  it('the memo tells what it shares with others, with no worker asked', async () => {
    await whileHeld({}, async ({ handle }) => {
      const { memo } = await handle.describe();
      expect(memo?.[MEMO.state]).toMatchObject({
        phase: 'held',
        cause: {
          branch: 'permission',
          reason: 'key-leaked',
          scope: hold().scope,
          hold: 'h-3',
          account: ACCOUNT,
        },
        ask: {
          evidence: 'e'.repeat(64),
          choices: ['route-out backup', 'retry', 'change', 'reject'],
          worstUsd: { 'route-out backup': 0.4, retry: 0.4 },
        },
      } satisfies Partial<MemoState>);
    });
  });

  it('a wake signal: it looks at once, and is released with the call that it never made', async () => {
    const quota = times(2, heldBy());
    await whileHeld({ quota }, async ({ handle, scripts }) => {
      await handle.signal(WAKE_SIGNAL);
      const result = (await handle.result()) as GenerationResult;
      expect(result).toMatchObject({ route: 'default', trail: [{ n: 1, move: 'first call' }] });
      expect(result.pathWhy).toBeUndefined();
      expect(scripts.generated.map(({ move }) => move.kind)).toEqual(['first']);
    });
  });

  it('without a wake signal it looks again by itself, ever more rarely, at least every five minutes', async () => {
    const { took, checks } = await courses.deliver({
      calls: ['image'],
      snapshot: LOOKING,
      quota: times(20, heldBy()),
    });
    // 20 looks: 30 s, 1, 2, 4 and 15 times 5 minutes, each up to a fifth less.
    expect(took).toBeGreaterThan(0.8 * 82 * 60_000);
    expect(took).toBeLessThan(100 * 60_000);
    expect(checks.length).toBeGreaterThanOrEqual(21);
  });

  it('a look that finds nothing new costs no memo and no attribute', async () => {
    await whileHeld({}, async ({ handle, scripts }) => {
      const before = await eventsOf(handle, /workflowPropertiesModified|upsertWorkflowSearch/);
      const looked = scripts.checked;
      await courses.env.sleep('30 min');
      expect(scripts.checked).toBeGreaterThan(looked + 3);
      expect(await eventsOf(handle, /workflowPropertiesModified|upsertWorkflowSearch/)).toBe(before);
    });
  });

  it('wake spam: a hundred signals cost a look a second at most, no call, and no line in the log', async () => {
    await whileHeld({}, async ({ handle, scripts }) => {
      const looked = scripts.checked;
      await Promise.all(Array.from({ length: 100 }, () => handle.signal(WAKE_SIGNAL)));
      await courses.env.sleep('10 s');
      await eventually('a look', async () => (scripts.checked > looked ? true : undefined));
      expect(scripts.checked - looked).toBeLessThanOrEqual(11);
      expect(scripts.generated).toEqual([]);
      expect((await view(handle)).decisions).toEqual([]);
    });
  });

  it('wake signals from before it was held cost nothing', async () => {
    const { handle, scripts } = await courses.startOnly({
      calls: [],
      snapshot: LOOKING,
      quota: whileStopped(heldBy()),
    });
    await Promise.all(Array.from({ length: 20 }, () => handle.signal(WAKE_SIGNAL)));
    const worker = await courses.workerFor(scripts, handle.workflowId);
    await worker.runUntil(async () => {
      await courses.until(handle, isHeld, 1_000);
      await eventually('a grant asked for', () => scripts.grantsAsked.length === 1);
      expect(scripts.checked).toBe(1);
    });
    await courses.forget(handle);
  });

  it('approved by a person: one call on the other route, with their record, and the provenance of why', async () => {
    await whileHeld({}, async ({ handle, scripts }, seen) => {
      await handle.executeUpdate(UPDATES.decide, { args: [said(seen, { choice: 'route-out' })] });
      const result = (await handle.result()) as GenerationResult;
      expect(result).toMatchObject({
        route: 'backup',
        pathWhy: `route-out: default → backup: ${PRO.model}`,
        decisions: [{ by: 'ann', choice: 'route-out', outcome: 'taken', via: 'update' }],
      });
      expect(
        scripts.generated.map(({ n, variation, approval }) => [n, variation.rung, approval?.by]),
      ).toEqual([[1, 1, 'ann']]);
      expect(scripts.fallenBack).toEqual([BACKUP.model]);
    });
  });

  it('retried by a person: their word takes this one call through the hold', async () => {
    await whileHeld({}, async ({ handle, scripts }, seen) => {
      await handle.executeUpdate(UPDATES.decide, { args: [said(seen, { choice: 'retry' })] });
      const result = (await handle.result()) as GenerationResult;
      expect(result).toMatchObject({
        route: 'default',
        trail: [{ n: 1, move: 'retry by a person: the same path' }],
      });
      expect(scripts.generated).toMatchObject([{ n: 1, insists: true, variation: { rung: 0 } }]);
    });
  });

  it('retried in vain: its own attempt asks, and what follows is stopped as before', async () => {
    const calls: Script['calls'] = [failed('permission', 'key-leaked')];
    await whileHeld({ calls }, async ({ handle, scripts }, seen) => {
      await handle.signal(SIGNALS.retryNow, said(seen));
      const again = await courses.until(handle, (next) => isHeld(next) && next.trail.length === 1, 1_000);
      expect(again.ask?.evidence).toBe(again.trail[0]?.evidence);
      await courses.env.sleep('20 min');
      expect(scripts.generated).toHaveLength(1);
    });
  });

  it('approved to a route that proves closed: told so, and held again without it', async () => {
    const fallBack: Script['fallBack'] = [{ kind: 'closed', why: 'not configured any more' }];
    await whileHeld({ fallBack }, async ({ handle, scripts }, seen) => {
      await handle.signal(SIGNALS.approveRouteOut, said(seen));
      const again = await courses.until(
        handle,
        (next) => isHeld(next) && next.ask?.options[0]?.choice !== 'route-out',
        1_000,
      );
      expect(again.decisions.at(-1)).toMatchObject({
        outcome: 'refused',
        answer: expect.stringMatching(/closed/),
      });
      expect(scripts.generated).toEqual([]);
    });
  });

  it('rejected: dead with the branch of the hold, and no call was made', async () => {
    await whileHeld({}, async ({ handle, scripts }, seen) => {
      await handle.signal(SIGNALS.rejectRouteOut, said(seen));
      const failure = await failureFrom(handle);
      expect(failure).toMatchObject({
        branch: 'permission',
        reason: 'key-leaked',
        failure: { cause: 'rejected' },
      });
      expect(scripts.generated).toEqual([]);
      expect(scripts.buried).toHaveLength(1);
    });
  });

  it('changed by a person: the names are resolved anew, and the changed call is held or goes by itself', async () => {
    const quota: Script['quota'] = [heldBy(), { kind: 'go' }];
    await whileHeld({ quota }, async ({ handle, scripts }, seen) => {
      await handle.signal(SIGNALS.changeRequest, said(seen, { change: { model: FLASH.model } }));
      expect(await handle.result()).toMatchObject({ pathWhy: 'changed by a person: model' });
      expect(scripts.generated).toMatchObject([{ n: 1, request: { model: FLASH.model } }]);
    });
  });

  it('a change that cannot be sent is taken back: it is held as before, with no attempt to look for', async () => {
    const calls: Script['calls'] = ['invalid', 'image'];
    const quota: Script['quota'] = [heldBy(), { kind: 'go' }, { kind: 'go' }, ...times(100, heldBy())];
    await whileHeld({ calls, quota }, async ({ handle, scripts }, seen) => {
      await handle.signal(SIGNALS.changeRequest, said(seen, { change: { size: '1K' } }));
      const again = await courses.until(handle, (next) => isHeld(next) && next.decisions.length === 1, 1_000);
      expect(again.decisions).toMatchObject([
        { outcome: 'refused', answer: expect.stringMatching(/inputs\[0\]/) },
      ]);
      expect(scripts.generated).toHaveLength(1);
    });
  });

  it('a changed call that was held before it proved impossible: back to the call from before the change', async () => {
    const calls: Script['calls'] = ['invalid', 'image'];
    const quota: Script['quota'] = [
      heldBy(),
      { kind: 'go' },
      ...times(2, heldBy()),
      { kind: 'go' },
      { kind: 'go' },
    ];
    await whileHeld({ calls, quota }, async ({ handle, scripts }, seen) => {
      await handle.signal(SIGNALS.changeRequest, said(seen, { change: { size: '1K' } }));
      const result = (await handle.result()) as GenerationResult;
      expect(scripts.generated.map(({ move, request }) => [move.kind, request.size])).toEqual([
        ['operator', '1K'],
        ['first', undefined],
      ]);
      expect(result.pathWhy).toBeUndefined();
      expect(result.decisions).toMatchObject([{ outcome: 'refused' }]);
    });
  });

  it('I12: decided on evidence that the hold has replaced meanwhile: stale, with the new one', async () => {
    const { evidence: _none, ...young } = hold();
    const first = heldBy({}, { hold: young, evidence: 'd'.repeat(64) });
    const quota = [first, ...times(100, heldBy())];
    await whileHeld({ quota }, async ({ handle }, seen) => {
      expect(seen.ask?.evidence).toBe('d'.repeat(64));
      await courses.until(handle, ({ ask }) => ask?.evidence === 'e'.repeat(64), 5_000);
      await handle.signal(SIGNALS.approveRouteOut, said(seen));
      expect((await view(handle)).decisions).toMatchObject([{ outcome: 'stale' }]);
    });
  });

  it('held until its deadline: dead then, with the cause and its owner, and a record that can be revived', async () => {
    const { failure, took, generated, buried } = await courses.die(
      { calls: [], snapshot: LOOKING, quota: whileStopped(heldBy()) },
      { deadlineMs: HOUR },
    );
    expect(failure).toMatchObject({
      branch: 'permission',
      owner: 'operator',
      failure: {
        cause: 'deadline',
        why: expect.stringMatching(/nobody decided before the deadline/),
        trail: [],
      },
    });
    expect(failure.message).toContain('reported as leaked');
    expect(took).toBeGreaterThanOrEqual(HOUR);
    expect(took).toBeLessThan(HOUR + 60_000);
    expect(generated).toEqual([]);
    expect(buried).toMatchObject([{ attempts: 0 }]);
  });

  it('cancelled while held: cancelled, and nothing to book', async () => {
    await whileHeld({}, async ({ handle, scripts }) => {
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect((await handle.describe()).status.name).toBe('CANCELLED');
      expect(scripts.generated).toEqual([]);
    });
  });

  it('I1: the view of a held generation stays small, whatever the hold says', async () => {
    const long = heldBy({ message: 'x'.repeat(300), reason: 'y'.repeat(300) }, { why: 'z'.repeat(300) });
    await whileHeld({ quota: whileStopped(long) }, async (_, seen) => {
      expect(JSON.stringify(seen).length).toBeLessThan(4_096);
    });
  });
});

describe('held, and what may be done without a person', () => {
  const zero = {
    branch: 'quota-zero',
    reason: 'limit-zero',
    scope: { kind: 'model', key: PRO.model },
  } as const;

  it('quota-zero with another model allowed: taken at once on the route proof, named as such', async () => {
    const { result, generated, took } = await courses.deliver({
      calls: ['image'],
      snapshot: { ...LOOKING, rungs: [PRO, FLASH, BACKUP] },
      quota: [heldBy(zero)],
    });
    expect(took).toBeLessThan(60_000);
    expect(result).toMatchObject({
      model: FLASH.model,
      pathWhy: `fallback: ${PRO.model} → ${FLASH.model} (quota-zero, hold h-3)`,
      trail: [{ n: 1 }],
    });
    expect(result.decisions).toBeUndefined();
    expect(generated.map(({ variation }) => variation.rung)).toEqual([1]);
  });

  it('a rung that is stopped as well is no way out', async () => {
    const quota = whileStopped(heldBy(zero, { stopped: [0, 1] }));
    await whileHeld(
      { quota, snapshot: { ...LOOKING, rungs: [PRO, FLASH, BACKUP] } },
      async ({ scripts }, seen) => {
        expect(seen.ask?.options.map(({ choice }) => choice)).toEqual([
          'route-out',
          'retry',
          'change',
          'reject',
        ]);
        expect(scripts.fallenBack).toEqual([]);
      },
    );
  });

  it('an allowed rung that proves closed is taken off, and the generation is held where it was', async () => {
    const fallBack: Script['fallBack'] = [{ kind: 'closed', why: 'gone' }];
    const quota = whileStopped(heldBy(zero));
    await whileHeld(
      { quota, fallBack, snapshot: { ...LOOKING, rungs: [PRO, FLASH] } },
      async ({ scripts }, seen) => {
        expect(seen.phase).toMatchObject({ phase: 'held', hold: 'h-3' });
        expect(scripts.fallenBack).toEqual([FLASH.model]);
        expect(scripts.generated).toEqual([]);
      },
    );
  });

  it('a resumed hold is about to be proved: the model that was asked for is waited for', async () => {
    const quota = times(3, heldBy({ ...zero, phase: 'trial' }));
    const { result } = await courses.deliver({
      calls: ['image'],
      snapshot: { ...LOOKING, rungs: [PRO, FLASH] },
      quota,
    });
    expect(result.model).toBe(PRO.model);
  });

  it('permission: another model of the same key is no way out, so none is taken', async () => {
    await whileHeld({ snapshot: { ...LOOKING, rungs: [PRO, FLASH] } }, async ({ scripts }, seen) => {
      expect(seen.ask?.options.map(({ choice }) => choice)).toEqual(['retry', 'change', 'reject']);
      expect(scripts.fallenBack).toEqual([]);
    });
  });

  it("routeOut 'never': ends at once as its own call would have ended it, without paying for one", async () => {
    const { failure, generated, took } = await courses.die({
      calls: [],
      snapshot: { version: 2, permits: {}, rungs: [PRO] },
      quota: [heldBy()],
    });
    expect(failure).toMatchObject({ branch: 'permission', failure: { cause: 'stop-branch' } });
    expect(generated).toEqual([]);
    expect(took).toBeLessThan(60_000);
  });

  it("routeOut 'never' behind an operator's pause: waits for its end, and nobody is asked", async () => {
    const quota = times(5, heldBy(PAUSE));
    const { result, took } = await courses.deliver({
      calls: ['image'],
      snapshot: { version: 2, permits: {}, rungs: [PRO] },
      quota,
    });
    expect(result.trail).toHaveLength(1);
    expect(took).toBeGreaterThan(60_000);
  });

  it('I4: a pause proves nothing, so nothing leaves because of one', async () => {
    await whileHeld({ quota: whileStopped(heldBy(PAUSE)) }, async ({ handle, scripts }, seen) => {
      expect(seen.ask).toMatchObject({ branch: 'operator', holdId: 'h-4' });
      expect(seen.ask?.options.map(({ choice }) => choice)).toEqual(['retry', 'change', 'reject']);
      expect(scripts.grantsAsked).toEqual([]);
      expect(await details(handle)).toContain('Paused by a person');
    });
  });

  it('paused until its deadline: dead with what to do about it', async () => {
    const { failure } = await courses.die(
      { calls: [], snapshot: LOOKING, quota: whileStopped(heldBy(PAUSE)) },
      { deadlineMs: HOUR },
    );
    expect(failure.failure).toMatchObject({ cause: 'deadline' });
    expect(failure.message).toMatch(/paused by ann: the bill is being looked at/);
    expect(failure.userAction).toContain('routes resume h-4');
  });
});

describe('held later', () => {
  it('the process that sends knows of a hold that this one does not: held, and never tried in a loop', async () => {
    const calls: Script['calls'] = [{ held: hold() }, { held: hold() }, 'image'];
    const { result, generated, took } = await courses.deliver({ calls, snapshot: LOOKING });
    expect(result.trail).toMatchObject([{ n: 1, move: 'first call' }]);
    expect(generated.map(({ n }) => n)).toEqual([1, 1, 1]);
    expect(took).toBeGreaterThan(0.8 * 90_000);
  });

  it('before a retest: the attempts so far stay, and the retest is made once it is released', async () => {
    const quota: Script['quota'] = [{ kind: 'go' }, ...times(3, heldBy())];
    const { result } = await courses.deliver({
      calls: [failed('capacity', 'overloaded'), 'image'],
      snapshot: LOOKING,
      quota,
    });
    expect(result.trail.map(({ move }) => move)).toEqual(['first call', 'same-path retest']);
  });

  it('a remedy whose rung is held when its turn comes is left out, and the policy is asked again', async () => {
    const overloaded = failed('capacity', 'overloaded');
    const quota: Script['quota'] = [{ kind: 'go' }, { kind: 'go' }, heldBy({ id: 'h-9' })];
    const { result, scripts } = await courses.during(
      { calls: [overloaded, overloaded, 'image'], snapshot: { ...LOOKING, rungs: [PRO, FLASH] }, quota },
      {},
      async (started) => ({
        scripts: started.scripts,
        result: (await started.handle.result()) as GenerationResult,
      }),
    );
    expect(scripts.fallenBack).toEqual([FLASH.model]);
    expect(result.model).toBe(PRO.model);
  });
});
