/** Orderings invented by re-reading the code: what would break if this happened in that moment? */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationResult, GenerationView } from '../../src/contract/generation.ts';
import { SIGNALS } from '../../src/contract/names.ts';
import type { Preparation } from '../../src/domain/preparation.ts';
import type { PolicySnapshot } from '../../src/domain/snapshot.ts';
import { failed, FLASH, PRO } from '../support/attempts.ts';
import { Courses, failureFrom } from '../support/course.ts';
import type { Script, Scripted } from '../support/scripted-activities.ts';

let courses: Courses;
beforeAll(async () => {
  courses = await Courses.open('adversarial');
});
afterAll(() => courses.env.teardown());

const BACKUP = { ...PRO, route: 'backup', kind: 'route-out' } as const;
const asking = { version: 2, permits: { ask: true }, rungs: [PRO, BACKUP] } satisfies Partial<PolicySnapshot>;
const leaked = failed('permission', 'key-leaked');
const overloaded = failed('capacity', 'overloaded');
const blank = failed('no-image', 'blank');
const text = { route: 'default', model: 'gemini-flash-latest', worstUsd: 0.08 };
const MINUTE = 60_000;

const isAsked = ({ phase }: GenerationView) => phase.phase === 'held' || phase.phase === 'awaiting-operator';
const said = (view: GenerationView, given: object = {}) => ({
  by: 'ann',
  why: 'because',
  evidence: view.ask?.evidence,
  ...given,
});

function during(script: Partial<Script>, act: Parameters<Courses['during']>[2], draft = {}) {
  return courses.during({ calls: [], snapshot: asking, ...script }, draft, act);
}

describe('a decision and the moment it comes in', () => {
  it('the question stands while a proved branch waits for its slot, and closes with the call', async () => {
    const calls: Scripted[] = [overloaded, overloaded, { wait: 90 * MINUTE }, 'image'];
    await during({ calls }, async ({ handle, scripts }) => {
      const view = await courses.until(handle, ({ phase }) => phase.phase === 'waiting', MINUTE);
      expect(view.ask?.options.map(({ choice }) => choice)).toContain('route-out');
      await handle.signal(SIGNALS.approveRouteOut, said(view));
      expect(await handle.result()).toMatchObject({ route: 'backup' });
      expect(scripts.generated.map(({ n }) => n)).toEqual([1, 2, 3, 3]);
    });
  });

  it('a rejection beside a wait does not start the wait anew', async () => {
    const calls: Scripted[] = [overloaded, overloaded, 'image'];
    await during({ calls }, async ({ handle }) => {
      const view = await courses.until(handle, ({ trail }) => trail.length === 2, 5_000);
      const { until } = view.phase as { until: number };
      await courses.env.sleep(20_000);
      await handle.signal(SIGNALS.rejectRouteOut, said(view));
      const later = await courses.until(handle, ({ decisions }) => decisions.length === 1, 1_000);
      expect((later.phase as { until: number }).until).toBeLessThanOrEqual(until + 2_000);
      await handle.result();
    });
  });

  it('what was rejected is not offered again because something else was refused', async () => {
    const problems = [
      { reason: 'size', field: 'size', value: '4K', allowed: '1K', message: '4K is not allowed' } as const,
    ];
    const quota: Script['quota'] = [{ kind: 'go' }, { kind: 'go' }, { kind: 'invalid', problems }];
    await during({ calls: [overloaded, overloaded, 'image'], quota }, async ({ handle }) => {
      const view = await courses.until(handle, ({ trail }) => trail.length === 2, 5_000);
      await handle.signal(SIGNALS.rejectRouteOut, said(view));
      await courses.until(handle, ({ decisions }) => decisions.length === 1, 1_000);
      await handle.signal(SIGNALS.changeRequest, said(view, { change: { size: '4K' } }));
      const later = await courses.until(handle, ({ decisions }) => decisions.length === 2, 1_000);
      expect(later.decisions.map(({ outcome }) => outcome)).toEqual(['taken', 'refused']);
      expect(later.ask?.options.map(({ choice }) => choice)).toEqual(['retry', 'change']);
      await handle.result();
    });
  });

  it('a rung that nobody could ask about is asked about again: a deployment eats no approval', async () => {
    let runs = 0;
    const script: Script = { calls: [leaked, 'image'], snapshot: asking };
    await courses.during(
      script,
      {},
      async ({ handle }) => {
        const view = await courses.until(handle, isAsked);
        await handle.signal(SIGNALS.approveRouteOut, said(view));
        expect(await handle.result()).toMatchObject({ route: 'backup' });
      },
      ({ activities }) => {
        const open = activities['gemini.fallBack'];
        activities['gemini.fallBack'] = async (input) => {
          runs += 1;
          if (runs <= 10) throw ApplicationFailure.create({ message: 'deploying' });
          return await open(input);
        };
      },
    );
    expect(runs).toBe(11);
  });
});

describe('a changed request', () => {
  async function answerTo(change: object, script: Partial<Script>, draft = {}): Promise<string> {
    let answer = '';
    await during(
      script,
      async ({ handle }) => {
        const view = await courses.until(handle, isAsked);
        await handle.signal(SIGNALS.changeRequest, said(view, { change }));
        const seen = await courses.until(
          handle,
          (next) => isAsked(next) && next.decisions.length === 1,
          1_000,
        );
        expect(seen.decisions).toMatchObject([{ outcome: 'refused' }]);
        answer = seen.decisions[0]?.answer ?? '';
      },
      draft,
    );
    return answer;
  }

  it('does not pass maxCostUsd', async () => {
    const snapshot = { ...asking, maxCostUsd: 0.3, rungs: [{ ...PRO, worstUsd: [0.4] }] };
    expect(await answerTo({ temperature: 1 }, { calls: [leaked], snapshot })).toContain('maxCostUsd');
  });

  it('with a deadline that is over is refused, and kills nothing', async () => {
    const calls: Scripted[] = [leaked];
    await during({ calls }, async ({ handle }) => {
      const view = await courses.until(handle, isAsked);
      await courses.env.sleep(10 * 60 * MINUTE);
      await handle.signal(SIGNALS.changeRequest, said(view, { change: { deadlineMs: 3_600_000 } }));
      const seen = await courses.until(handle, (next) => isAsked(next) && next.decisions.length === 1, 1_000);
      expect(seen.decisions[0]?.answer).toContain('that time is over');
    });
  });

  it('that proves wrong only before the call is taken back, and asked again', async () => {
    expect(await answerTo({ seed: 7 }, { calls: [leaked, 'invalid'] })).toContain('inputs[0]: is cut');
  });
});

describe('remedies that cannot be readied', () => {
  const permits = { simplify: true } as const;
  const rungs = [PRO, FLASH];

  it('the text model has no quota for hours: the generation goes on without it', async () => {
    const waiting = (): never => {
      throw ApplicationFailure.nonRetryable('no slot', 'gemini.wait', {
        kind: 'wait',
        ms: 5 * 60 * MINUTE,
        why: '1 a day',
        limit: 'rpd',
        place: 1,
      });
    };
    const script: Script = { calls: [blank, blank, 'image'], snapshot: { ...asking, permits, text, rungs } };
    await courses.during(
      script,
      { urgency: 'interactive' },
      async ({ handle, scripts }) => {
        expect(await handle.result()).toMatchObject({ model: FLASH.model });
        expect(scripts.generated).toHaveLength(3);
      },
      ({ activities }) => {
        activities['gemini.makePrompt'] = async () => waiting();
      },
    );
  });

  it('cancelled while a text model answers: booked, and cancelled, not a dead letter', async () => {
    const ready: Preparation = { remedy: 'simplify', ok: false, why: 'too late' };
    const script: Script = {
      calls: [blank, blank],
      prompts: [ready],
      snapshot: { ...asking, permits, text },
    };
    await courses.during(
      script,
      {},
      async ({ handle, scripts }) => {
        await expect.poll(() => scripts.prompted.length, { timeout: 60_000 }).toBe(1);
        await handle.cancel();
        await expect(handle.result()).rejects.toThrow();
        expect((await handle.describe()).status.name).toBe('CANCELLED');
        expect(scripts.buried).toEqual([]);
      },
      ({ activities }) => {
        const answer = activities['gemini.makePrompt'];
        activities['gemini.makePrompt'] = async (input) => {
          const answered = await answer(input);
          const context = Context.current();
          const beat = setInterval(() => context.heartbeat(), 50);
          await context.cancelled.catch(() => undefined);
          clearInterval(beat);
          return answered;
        };
      },
    );
  });

  it('files that are no good any more are never sent again, although their upload was interrupted', async () => {
    const file = (uri: string) => ({
      sha256: 'a'.repeat(64),
      mime: 'image/png',
      uri,
      name: uri,
      expiresAt: 9e12,
    });
    const script: Script = {
      calls: [failed('file', 'expired'), 'image'],
      uploads: [[file('old')], overloaded, [file('new')]],
      snapshot: { ...asking, rungs: [{ ...PRO, upload: true }] },
    };
    const { generated, uploaded } = await courses.deliver(script);
    expect(generated.map(({ files }) => files)).toEqual([[file('old')], [file('new')]]);
    expect(uploaded).toHaveLength(3);
  });
});

it('I1: fifty attempts and eight decisions of hostile words: query and failure stay under 16 KiB', async () => {
  const wide = (n: number) => '界'.repeat(n);
  const loud = { ...overloaded, classification: { ...overloaded.classification, message: wide(5_000) } };
  const calls: Scripted[] = [...Array.from({ length: 47 }, () => loud), leaked];
  const snapshot = { ...asking, maxAttempts: 50 };
  await during(
    { calls, snapshot },
    async ({ handle }) => {
      const view = await courses.until(handle, isAsked, 10 * MINUTE);
      for (let i = 0; i < 8; i += 1) {
        const hostile = { by: wide(100), why: wide(500), route: wide(100), evidence: 'e'.repeat(64) };
        await handle.signal(SIGNALS.approveRouteOut, hostile);
      }
      const told = await handle.query<GenerationView>('gemini.describe');
      expect(told.decisions.length).toBeGreaterThan(0);
      expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThan(16 * 1024);
      await handle.signal(SIGNALS.rejectRouteOut, said(view, { by: wide(100), why: wide(500) }));
      const { failure } = await failureFrom(handle);
      expect(Buffer.byteLength(JSON.stringify(failure))).toBeLessThan(16 * 1024);
    },
    { deadlineMs: 14 * 24 * 3_600_000 },
  );
});

it('a signal before the first workflow task is judged like any other', async () => {
  const { handle, scripts } = await courses.startOnly({ calls: ['image'], snapshot: asking });
  await handle.signal(SIGNALS.retryNow, { by: 'ann', why: 'hurry', evidence: 'e'.repeat(64) });
  const worker = await courses.workerFor(scripts, handle.workflowId);
  const result = (await worker.runUntil(() => handle.result())) as GenerationResult;
  expect(result.decisions).toMatchObject([{ outcome: 'refused' }]);
});
