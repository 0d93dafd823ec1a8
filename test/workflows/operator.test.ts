/** A person and a generation: what is asked, what is taken, and what happens to everything else (I4, I12). */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationResult, GenerationView } from '../../src/contract/generation.ts';
import { FAILURES, QUERIES, SIGNALS, UPDATES } from '../../src/contract/names.ts';
import type { PolicySnapshot } from '../../src/domain/snapshot.ts';
import { failed, FLASH, PRO } from '../support/attempts.ts';
import type { Started } from '../support/course.ts';
import { Courses, failureFrom, summaries } from '../support/course.ts';
import type { Script } from '../support/scripted-activities.ts';

let courses: Courses;
beforeAll(async () => {
  courses = await Courses.open('operator');
});
afterAll(() => courses.env.teardown());

const BACKUP = { ...PRO, route: 'backup', kind: 'route-out' } as const;
const asking = { version: 2, permits: { ask: true }, rungs: [PRO, BACKUP] } satisfies Partial<PolicySnapshot>;
const leaked = failed('permission', 'key-leaked');
const overloaded = failed('capacity', 'overloaded');
const HOUR = 3_600_000;

const isAsked = ({ phase }: GenerationView) => phase.phase === 'held' || phase.phase === 'awaiting-operator';

function said(view: GenerationView, given: object = {}): object {
  return { by: 'ann', why: 'the backup is idle', evidence: view.ask?.evidence, ...given };
}

async function refusal(handle: Started['handle'], payload: object) {
  const error: unknown = await handle
    .executeUpdate(UPDATES.decide, { args: [payload] })
    .catch((e: unknown) => e);
  if (!(error instanceof WorkflowUpdateFailedError)) throw new Error(`not refused: ${JSON.stringify(error)}`);
  const { type, message, details } = error.cause as { type?: string; message: string; details?: unknown[] };
  expect(type).toBe(FAILURES.decision);
  return { message, ...(details?.[0] as object) };
}

async function decisions(handle: Started['handle']) {
  return (await handle.query<GenerationView>(QUERIES.describe)).decisions;
}

async function details(handle: Started['handle']): Promise<string> {
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}

function held(script: Partial<Script>, act: (started: Started, view: GenerationView) => Promise<void>) {
  return courses.during({ calls: [leaked], snapshot: asking, ...script }, {}, async (started) => {
    await act(started, await courses.until(started.handle, isAsked));
  });
}

describe('a route-out', () => {
  it('approved by signal after proof: one call on that route, recorded with who, when and why', async () => {
    await held({ calls: [leaked, 'image'] }, async ({ handle, scripts }, view) => {
      expect(view.phase).toMatchObject({ phase: 'held', scope: 'credential' });
      await handle.signal(SIGNALS.approveRouteOut, said(view));
      const result = (await handle.result()) as GenerationResult;
      expect(result).toMatchObject({
        route: 'backup',
        pathWhy: 'route-out: default → backup: gemini-3-pro-image',
      });
      expect(result.decisions).toMatchObject([
        { by: 'ann', choice: 'route-out', outcome: 'taken', via: 'signal' },
      ]);
      expect(scripts.generated.map(({ variation, approval }) => [variation.rung, approval?.by])).toEqual([
        [0, undefined],
        [1, 'ann'],
      ]);
      expect(scripts.fallenBack).toEqual([BACKUP.model]);
    });
  });

  it('may be approved from proof on, while the retests go on by themselves', async () => {
    const calls = [overloaded, overloaded, 'image' as const];
    await courses.during({ calls, snapshot: asking }, {}, async ({ handle, scripts }) => {
      const view = await courses.until(handle, ({ trail }) => trail.length === 2, 5_000);
      expect(view.phase.phase).toBe('backing-off');
      await handle.signal(SIGNALS.approveRouteOut, said(view));
      expect(await handle.result()).toMatchObject({ route: 'backup' });
      expect(scripts.generated).toHaveLength(3);
    });
  });

  it('is not offered before proof', async () => {
    const calls = [overloaded, 'image' as const];
    await courses.during({ calls, snapshot: asking }, {}, async ({ handle }) => {
      const view = await courses.until(handle, ({ trail }) => trail.length === 1, 5_000);
      const answer = await refusal(handle, said(view, { choice: 'route-out' }));
      expect(answer).toMatchObject({
        outcome: 'refused',
        message: expect.stringMatching(/route-out is not offered/),
      });
    });
  });

  it('rejected: dead, with who and why, and nothing was sent anywhere', async () => {
    await held({}, async ({ handle, scripts }, view) => {
      await handle.signal(SIGNALS.rejectRouteOut, said(view, { why: 'not with customer data' }));
      const { failure } = await failureFrom(handle);
      expect(failure).toMatchObject({
        cause: 'rejected',
        why: expect.stringMatching(/decided against by ann: .*customer data/),
      });
      expect(scripts.generated).toHaveLength(1);
      expect(scripts.buried).toHaveLength(1);
    });
  });

  it('rejected while it goes on by itself: goes on, and is not asked that again', async () => {
    const calls = [overloaded, overloaded, overloaded, 'image' as const];
    await courses.during({ calls, snapshot: asking }, {}, async ({ handle }) => {
      const view = await courses.until(handle, ({ trail }) => trail.length === 2, 5_000);
      await handle.signal(SIGNALS.rejectRouteOut, said(view));
      const later = await courses.until(handle, ({ trail }) => trail.length === 3, 5_000);
      expect(later.ask?.options.map(({ choice }) => choice)).toEqual(['retry', 'change']);
      expect(await handle.result()).toMatchObject({ route: 'default' });
    });
  });

  it('approved to a route that cannot serve it: closed, said, asked again', async () => {
    const fallBack = [{ kind: 'closed', why: 'not configured any more' } as const];
    await held({ fallBack }, async ({ handle, scripts }, view) => {
      await handle.signal(SIGNALS.approveRouteOut, said(view));
      const again = await courses.until(
        handle,
        (next) => isAsked(next) && next.ask?.options[0]?.choice !== 'route-out',
      );
      expect(again.ask?.options.map(({ choice }) => choice)).not.toContain('route-out');
      expect(scripts.generated).toHaveLength(1);
    });
  });
});

describe('bad days at the desk', () => {
  it('approve twice: the second is answered, and pays nothing', async () => {
    await held({ calls: [leaked, 'image'] }, async ({ handle, scripts }, view) => {
      await handle.signal(SIGNALS.approveRouteOut, said(view));
      await handle.signal(SIGNALS.approveRouteOut, said(view));
      await handle.result();
      expect((await decisions(handle)).map(({ outcome }) => outcome)).toEqual(['taken', 'refused']);
      expect(scripts.generated).toHaveLength(2);
    });
  });

  it('two operators at once: one wins, the other is told who', async () => {
    await held({ calls: [leaked, 'image'] }, async ({ handle, scripts }, view) => {
      const ways = ['ann', 'bob'].map((by) =>
        handle.executeUpdate(UPDATES.decide, { args: [said(view, { by, choice: 'route-out' })] }),
      );
      const ended = await Promise.allSettled(ways);
      expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const lost = ended.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
      expect((lost.reason as { cause: Error }).cause.message).toMatch(
        /^(ann|bob) has decided already|decided route-out before/,
      );
      await handle.result();
      expect(scripts.generated).toHaveLength(2);
    });
  });

  it('approve after the branch changed: stale, with the new evidence; nothing is taken', async () => {
    const calls = [leaked, failed('billing', 'prepay-depleted')];
    await held({ calls }, async ({ handle, scripts }, before) => {
      await handle.signal(SIGNALS.retryNow, said(before));
      const view = await courses.until(handle, ({ trail, ask }) => trail.length === 2 && ask !== undefined);
      await handle.signal(SIGNALS.approveRouteOut, said(before));
      const answer = await refusal(handle, said(before, { choice: 'route-out' }));
      expect(answer).toMatchObject({ outcome: 'stale', evidence: view.ask?.evidence });
      expect(await decisions(handle)).toMatchObject([{ outcome: 'taken' }, { outcome: 'stale' }]);
      expect(await details(handle)).toContain('**stale**');
      expect(scripts.generated).toHaveLength(2);
    });
  });

  it('junk, and a signal of no name: recorded and shown, and the generation goes on waiting', async () => {
    await held({}, async ({ handle }) => {
      await handle.signal(SIGNALS.approveRouteOut, 'yes please');
      await handle.signal(SIGNALS.approveRouteOut);
      await handle.signal(SIGNALS.changeRequest, { by: 'ann', why: 'x', evidence: 42 });
      await handle.signal('aproveRouteOut', {});
      const log = await decisions(handle);
      expect(log.map(({ outcome }) => outcome)).toEqual(['junk', 'junk', 'junk', 'junk']);
      expect(log.at(-1)?.answer).toContain('these are: approveRouteOut');
      expect(await details(handle)).toContain('**junk**');
      expect((await handle.describe()).status.name).toBe('RUNNING');
    });
  });

  it('a refused update is told why at once and leaves no trace', async () => {
    await held({}, async ({ handle }, view) => {
      expect(await refusal(handle, {})).toMatchObject({ outcome: 'junk' });
      expect(await refusal(handle, said(view, { choice: 'route-out', route: 'other' }))).toMatchObject({
        message: 'route: other is not offered; these are: backup',
      });
      const { events } = await handle.fetchHistory();
      expect(JSON.stringify(events)).not.toMatch(/workflowExecutionUpdate\w+EventAttributes":\{/);
      expect(await decisions(handle)).toEqual([]);
    });
  });

  it('nobody decides: dead at the deadline', async () => {
    const { failure, took } = await courses.die({ calls: [leaked], snapshot: asking });
    expect(failure.failure).toMatchObject({
      cause: 'deadline',
      why: expect.stringMatching(/nobody decided/),
    });
    expect(took).toBeGreaterThanOrEqual(24 * HOUR);
    expect(took).toBeLessThan(24 * HOUR + 60_000);
  });

  it('I14: nothing that is sent moves a policy verdict', async () => {
    const { handle, scripts } = await courses.startOnly({
      calls: [failed('policy', 'prohibited-content')],
      snapshot: asking,
    });
    const payload = { by: 'ann', why: 'please', evidence: 'e'.repeat(64) };
    await handle.signal(SIGNALS.approveRouteOut, payload);
    await handle.signal(SIGNALS.retryNow, payload);
    const worker = await courses.workerFor(scripts, handle.workflowId);
    await worker.runUntil(async () => {
      expect(await failureFrom(handle)).toMatchObject({ branch: 'policy' });
      expect((await decisions(handle)).map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
    });
    expect(scripts.generated).toHaveLength(1);
  });
});

describe('retry and change', () => {
  it('retry now: the wait ends, the same path is called once', async () => {
    const calls = [overloaded, 'image' as const];
    await courses.during({ calls, snapshot: asking }, {}, async ({ handle, scripts }) => {
      const view = await courses.until(handle, ({ phase }) => phase.phase === 'backing-off', 1_000);
      await handle.executeUpdate(UPDATES.decide, { args: [said(view, { choice: 'retry' })] });
      await handle.result();
      expect(scripts.generated.at(-1)).toMatchObject({ variation: { rung: 0 }, move: { kind: 'operator' } });
    });
  });

  it('a changed field is sent from then on; the names are resolved anew and the key stays its own', async () => {
    await held({ calls: [leaked, 'image'] }, async ({ handle, scripts }, view) => {
      await handle.signal(SIGNALS.changeRequest, said(view, { change: { model: FLASH.model } }));
      const result = (await handle.result()) as GenerationResult;
      expect(result.pathWhy).toBe('changed by a person: model');
      expect(scripts.generated.at(-1)?.request.model).toBe(FLASH.model);
      expect(scripts.generated.at(-1)?.snapshot.requestDigest).toBe('digest');
    });
  });

  it('a change of two fields is junk; one that the worker cannot serve is told and asked again', async () => {
    const problems = [
      { reason: 'size', field: 'size', value: '4K', allowed: '1K', message: '4K is not allowed' } as const,
    ];
    const quota: Script['quota'] = [{ kind: 'go' }, { kind: 'invalid', problems }];
    await held({ quota }, async ({ handle, scripts }, view) => {
      const two = { change: { size: '1K', model: 'x' } };
      await handle.signal(SIGNALS.changeRequest, said(view, two));
      await handle.signal(SIGNALS.changeRequest, said(view, { change: { size: '4K' } }));
      await courses.until(handle, (next) => isAsked(next) && next.decisions.length === 2);
      expect(await decisions(handle)).toMatchObject([
        { outcome: 'junk', answer: expect.stringMatching(/one variable at a time/) },
        { outcome: 'refused', answer: 'size: 4K is not allowed' },
      ]);
      expect(scripts.generated).toHaveLength(1);
    });
  });
});

describe('what the engineer on call sees', () => {
  it('each timer and activity says what it is for, and the details hold the JSON to paste', async () => {
    await held({}, async ({ handle }, view) => {
      const text = await details(handle);
      expect(text).toContain('**held** by credential');
      expect(text).toContain('create a new one, give it to the worker');
      const [, json = ''] = /\*\*approveRouteOut\*\*.*\n```json\n([^`]*)/.exec(text) ?? [];
      expect(JSON.parse(json)).toMatchObject({ route: 'backup', evidence: view.ask?.evidence.slice(0, 32) });
      expect((await summaries(handle)).join('\n')).toContain('a person decides, until');
    });
  });
});
