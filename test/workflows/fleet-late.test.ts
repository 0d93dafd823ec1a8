/** A turn that comes after the deadline: refused now with the numbers, unless a person could send it elsewhere. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WaitLimit } from '../../src/contract/exchange.ts';
import type { GenerationView, WaitAnswer } from '../../src/contract/generation.ts';
import { MEMO, SIGNALS, WAKE_SIGNAL } from '../../src/contract/names.ts';
import { failed, FLASH, PRO } from '../support/attempts.ts';
import { Courses, failureFrom, summaries } from '../support/course.ts';
import { eventually } from '../support/eventually.ts';
import type { Script } from '../support/scripted-activities.ts';
import { ACCOUNT, BACKUP, grant, LOOKING } from '../support/standing.ts';

let courses: Courses;
beforeAll(async () => {
  courses = await Courses.open('fleet-late');
});
afterAll(() => courses.env.teardown());

const MINUTE = 60_000;
const alone = { ...LOOKING, rungs: [PRO] };

/** 85th in a queue of 10 a minute: after the ten minutes that an interactive one has. */
function wait(given: Partial<WaitAnswer> = {}): WaitAnswer {
  return {
    kind: 'wait',
    ms: 30 * MINUTE,
    why: `${PRO.model}: 10 requests per minute`,
    limit: 'rpm',
    place: 185,
    perMinute: 10,
    evidence: 'a'.repeat(64),
    ...given,
  };
}

const isAsked = ({ phase }: GenerationView) => phase.phase === 'awaiting-operator';
const late: NonNullable<Script['quota']> = ({ variation }) =>
  variation.rung === 0 ? wait() : { kind: 'go' };

async function dead(answer: WaitAnswer, snapshot: NonNullable<Script['snapshot']> = alone) {
  return await courses.die({ calls: [], snapshot, quota: [answer] }, { urgency: 'interactive' });
}

describe('nothing else is offered: it ends now', () => {
  it('with the numbers, and says outright that it is a matter of capacity, not of retrying', async () => {
    const { failure, took, generated } = await dead(wait());
    expect(took).toBeLessThan(MINUTE);
    expect(generated).toEqual([]);
    expect(failure).toMatchObject({ branch: 'quota-minute', reason: 'rpm', failure: { cause: 'deadline' } });
    expect(failure.message).toContain('184 ahead, 10 per minute, turn in 30 min, deadline in 10 min');
    expect(failure.message).toContain(
      'at this limit 185 calls take 19 min: raise the limit, spread the load or give a later deadline; retrying cannot help',
    );
    expect(failure.userAction).toContain('retrying cannot help');
    expect(failure.owner).toBe('operator');
  });

  it('a queue that would fit is delayed by something else: no lecture about capacity', async () => {
    const { failure } = await dead(wait({ place: 3, limit: 'pause', why: 'the provider asked for a pause' }));
    expect(failure.message).toContain('2 ahead');
    expect(failure.message).not.toContain('retrying cannot help');
  });

  it.each([
    ['tpm', 'quota-minute', 'tpm'],
    ['ipm', 'quota-minute', 'ipm'],
    ['rpd', 'quota-day', 'rpd'],
    ['spend', 'spend-window', 'spend-rate'],
    ['budget', 'billing', 'spend-cap'],
    ['breaker', 'capacity', 'overloaded'],
    ['trial', 'capacity', 'overloaded'],
    ['governor', 'unknown', 'unrecognised'],
  ] satisfies readonly (readonly [WaitLimit, string, string])[])(
    'limit %s is %s/%s',
    async (limit, branch, reason) => {
      const { failure } = await dead(wait({ limit }));
      expect(failure).toMatchObject({ branch, reason, failure: { cause: 'deadline', trail: [] } });
    },
  );

  it("a limit that this release does not know ends like a governor's, not in a loop of failing tasks", async () => {
    const { failure } = await dead(wait({ limit: 'karma' as WaitLimit }));
    expect(failure.failure.cause).toBe('deadline');
  });

  it('one of ours: no other route is a way around a budget', async () => {
    const { failure, grantsAsked } = await dead(
      wait({ limit: 'budget', why: 'the budget of acme' }),
      LOOKING,
    );
    expect(failure.message).toContain('the budget of acme');
    expect(failure.userAction).toMatch(/budget/);
    expect(grantsAsked).toEqual([]);
  });

  it('without the evidence of its numbers nobody can decide on them: it ends, route-outs or not', async () => {
    const { evidence: _none, ...bare } = wait();
    const { failure } = await dead(bare, LOOKING);
    expect(failure).toMatchObject({ branch: 'quota-minute' });
  });
});

describe('a route-out is on offer: a person may send it', () => {
  type Given = { [K in 'calls' | 'quota' | 'grants']?: NonNullable<Script[K]> };

  function asked(given: Given, act: Parameters<Courses['during']>[2]) {
    const { calls = ['image'], quota = late, grants = [] } = given;
    return courses.during({ calls, snapshot: LOOKING, quota, grants }, { urgency: 'interactive' }, act);
  }

  it('asked on the numbers as evidence, and approved: sent there, with a record', async () => {
    await asked({}, async ({ handle, scripts }) => {
      const view = await courses.until(handle, isAsked, 1_000);
      expect(view.ask).toMatchObject({
        branch: 'quota-minute',
        evidence: 'a'.repeat(64),
        routeProof: expect.stringContaining('184 ahead'),
      });
      expect(view.ask?.options.map(({ choice }) => choice)).toEqual(['route-out', 'change', 'reject']);
      const timer = /quota-minute: too late at this rate, a person decides/;
      await eventually('its timer', async () => timer.test((await summaries(handle)).join('\n')));
      await handle.signal(SIGNALS.approveRouteOut, {
        by: 'ann',
        why: 'tonight',
        evidence: view.ask?.evidence,
      });
      expect(await handle.result()).toMatchObject({ route: 'backup', trail: [{ n: 1 }] });
      expect(scripts.generated).toMatchObject([{ approval: { by: 'ann' } }]);
    });
  });

  it('a grant answers it', async () => {
    const { result } = await courses.deliver(
      { calls: ['image'], snapshot: LOOKING, quota: late, grants: [grant()] },
      { urgency: 'interactive' },
    );
    expect(result).toMatchObject({ route: 'backup', decisions: [{ via: 'grant' }] });
  });

  it('a later deadline, given by a person, lets it wait for its turn', async () => {
    await asked({}, async ({ handle }) => {
      const view = await courses.until(handle, isAsked, 1_000);
      await handle.signal(SIGNALS.changeRequest, {
        by: 'ann',
        why: 'there is time',
        evidence: view.ask?.evidence,
        change: { deadlineMs: 180 * MINUTE },
      });
      const waiting = await courses.until(handle, ({ phase }) => phase.phase === 'waiting', 1_000);
      expect(waiting.phase).toMatchObject({ place: 185 });
    });
  });

  it('the queue proves shorter than it was: it goes by itself', async () => {
    const quota: Script['quota'] = [wait(), wait(), wait({ ms: MINUTE })];
    const { result } = await courses.deliver(
      { calls: ['image'], snapshot: LOOKING, quota },
      { urgency: 'interactive' },
    );
    expect(result).toMatchObject({ route: 'default', trail: [{ move: 'first call' }] });
  });

  it('nobody decides: dead at the deadline, with the same numbers', async () => {
    const { failure, took } = await courses.die(
      { calls: [], snapshot: LOOKING, quota: late },
      { urgency: 'interactive' },
    );
    expect(failure).toMatchObject({ branch: 'quota-minute', failure: { cause: 'deadline' } });
    expect(failure.message).toContain('184 ahead');
    expect(took).toBeGreaterThanOrEqual(10 * MINUTE);
  });

  it('the memo names the cause, so that a grant for it can be given and wakes it', async () => {
    const shares = { account: ACCOUNT, scope: { kind: 'model', key: PRO.model } } as const;
    const quota: Script['quota'] = ({ scope, variation }) =>
      variation.rung === 1 ? { kind: 'go' } : { ...wait(), ...(scope === undefined ? {} : { shares }) };
    await asked({ quota, grants: ['none', grant()] }, async ({ handle, scripts }) => {
      await courses.until(handle, isAsked, 1_000);
      const { memo } = await handle.describe();
      expect(memo?.[MEMO.state]).toMatchObject({
        cause: { branch: 'quota-minute', reason: 'rpm', ...shares },
      });
      await eventually('a grant asked for', () => scripts.grantsAsked.length === 1);
      await handle.signal(WAKE_SIGNAL);
      expect(await handle.result()).toMatchObject({ route: 'backup' });
    });
  });

  it('proved by attempts of its own: the question that stood beside the wait stands on, with their evidence', async () => {
    const limited = failed('quota-minute', 'rpm');
    const quota: Script['quota'] = [{ kind: 'go' }, { kind: 'go' }, wait(), wait(), wait()];
    await asked({ calls: [limited, limited], quota }, async ({ handle, scripts }) => {
      const view = await courses.until(handle, isAsked, 1_000);
      expect(view.ask?.evidence).toBe(view.trail.at(-1)?.evidence);
      expect(view.ask).toMatchObject({ proof: 2, of: 2 });
      await handle.signal(SIGNALS.rejectRouteOut, { by: 'ann', why: 'no', evidence: view.ask?.evidence });
      const { failure } = await failureFrom(handle);
      expect(failure.cause).toBe('rejected');
      expect(scripts.generated).toHaveLength(2);
    });
  });

  it('where it left for its turn comes too late as well: not left for, and told', async () => {
    const quota: Script['quota'] = () => wait();
    await asked({ quota }, async ({ handle }) => {
      const view = await courses.until(handle, isAsked, 1_000);
      await handle.signal(SIGNALS.approveRouteOut, {
        by: 'ann',
        why: 'tonight',
        evidence: view.ask?.evidence,
      });
      const { failure } = await failureFrom(handle);
      expect(failure.decisions).toMatchObject([
        { outcome: 'refused', answer: expect.stringMatching(/too late there/) },
      ]);
    });
  });
});

describe('a fallback whose turn comes too late', () => {
  it('is left out, and the generation goes on where it was', async () => {
    const overloaded = failed('capacity', 'overloaded');
    const quota: Script['quota'] = ({ variation }) => (variation.rung === 1 ? wait() : { kind: 'go' });
    const { result, fallenBack } = await courses.deliver(
      { calls: [overloaded, overloaded, 'image'], snapshot: { ...alone, rungs: [PRO, FLASH] }, quota },
      { urgency: 'interactive' },
    );
    expect(fallenBack).toEqual([FLASH.model]);
    expect(result.model).toBe(PRO.model);
  });
});

describe('waits that are in time', () => {
  it('a wake signal during a quota wait is a look, and a shorter queue is taken', async () => {
    const quota: Script['quota'] = [wait({ ms: 8 * MINUTE, place: 80 })];
    const snapshot = { ...LOOKING, rungs: [PRO, BACKUP] };
    await courses.during(
      { calls: ['image'], snapshot, quota },
      { urgency: 'interactive' },
      async ({ handle }) => {
        const view = await courses.until(handle, ({ phase }) => phase.phase === 'waiting', 1_000);
        expect(view.phase).toMatchObject({ place: 80, why: `${PRO.model}: 10 requests per minute` });
        await handle.signal(WAKE_SIGNAL);
        await handle.result();
        const { startTime, closeTime } = await handle.describe();
        expect((closeTime?.getTime() ?? 0) - startTime.getTime()).toBeLessThan(8 * MINUTE);
      },
    );
  });

  it('a wait under a second is a second: a durable timer knows no less', async () => {
    const { handle } = await courses.deliver({
      calls: ['image'],
      snapshot: LOOKING,
      quota: [wait({ ms: 20, limit: 'trial', place: 1 })],
    });
    const { events } = await handle.fetchHistory();
    const timers = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
      timer == null ? [] : [Number(timer.startToFireTimeout?.seconds ?? 0)],
    );
    expect(timers).toEqual([1]);
  });
});
