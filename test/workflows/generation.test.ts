import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { WorkflowFailedError } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verdict } from '../../activities/failures.ts';
import { failureOf } from '../../src/client/failure-of.ts';
import type { GenerationResult, GenerationView } from '../../src/contract/generation.ts';
import { QUERIES } from '../../src/contract/names.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { ourWorkflowsPath } from '../../src/plugin/workflows-path.ts';
import { failed, FLASH, PRO } from '../support/attempts.ts';
import { Courses, summaries } from '../support/course.ts';
import type { Script } from '../support/scripted-activities.ts';

let courses: Courses;
beforeAll(async () => {
  courses = await Courses.open('generation');
});
afterAll(() => courses.env.teardown());

const deliver = (script: Script, draft?: Partial<RequestDraft>) => courses.deliver(script, draft);
const die = (script: Script, draft?: Partial<RequestDraft>) => courses.die(script, draft);

async function start(script: Script) {
  const started = await courses.startOnly(script);
  return { ...started, worker: await courses.workerFor(started.scripts, started.handle.workflowId) };
}

const overloaded = failed('capacity', 'overloaded');
const MINUTE = 60_000;

describe('generation: happy path', () => {
  it('a clean generation is 12 events, under 16 KiB', async () => {
    const { handle, result } = await deliver({ calls: ['image'] });
    const { events } = await handle.fetchHistory();
    expect(events).toHaveLength(12);
    expect((await handle.describe()).historySize ?? 0).toBeLessThan(16 * 1024);
    expect(result).toMatchObject({ images: [{ width: 1_024 }], model: PRO.model, cost: { sureUsd: 0.1 } });
    expect(result.trail.map(({ verdict }) => verdict)).toEqual(['success']);
  });
});

describe('generation: waits are durable timers that a person can read', () => {
  it('capacity: waits 30 and 60 s, then delivers', async () => {
    const {
      result,
      took: ms,
      handle,
      generated,
    } = await deliver({ calls: [overloaded, overloaded, 'image'] });
    expect(ms).toBeGreaterThanOrEqual((30 + 60) * 0.8 * 1_000);
    expect(ms).toBeLessThanOrEqual((30 + 60) * 1.2 * 1_000 + 20_000);
    expect(generated.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(result.trail.map(({ verdict }) => verdict)).toEqual([
      'capacity/overloaded',
      'capacity/overloaded',
      'success',
    ]);
    expect((await summaries(handle)).join('\n')).toMatch(
      /capacity: retest 1\/5 of gemini-3-pro-image in \d+ s/,
    );
  });

  it('quota-day: waits for midnight Pacific although RetryInfo says 22 s', async () => {
    const resetAt = (await courses.env.currentTimeMs()) + 10 * 60 * MINUTE;
    const dayGone = failed('quota-day', 'rpd', { retryAfterMs: 22_000, resetAt });
    const { took: ms } = await deliver({ calls: [dayGone, 'image'] });
    expect(ms).toBeGreaterThanOrEqual(9.9 * 60 * MINUTE);
    expect(ms).toBeLessThanOrEqual(10.2 * 60 * MINUTE);
  });

  it('a quota wait sleeps and asks again without counting an attempt', async () => {
    const quota = [{ kind: 'wait', ms: 5 * MINUTE, why: '60 a minute', limit: 'rpm', place: 84 } as const];
    const { took: ms, result, handle } = await deliver({ calls: [{ wait: 2 * MINUTE }, 'image'], quota });
    expect(ms).toBeGreaterThanOrEqual(7 * MINUTE);
    expect(result.trail).toHaveLength(1);
    expect((await summaries(handle)).join('\n')).toContain('place 84');
  });

  it('a turn that comes after the deadline fails now, with the numbers', async () => {
    const quota = [{ kind: 'wait', ms: 20 * MINUTE, why: '10 a minute', limit: 'rpm', place: 84 } as const];
    const { failure, took: ms } = await die({ calls: [], quota }, { urgency: 'interactive' });
    expect(ms).toBeLessThan(MINUTE);
    expect(failure).toMatchObject({ branch: 'quota-minute', failure: { cause: 'deadline' } });
    expect(failure.message).toContain('place 84');
  });
});

describe('generation: fallback', () => {
  const rungs = [PRO, FLASH];

  it('is taken at proof, prepared by fallBack, and told in the result', async () => {
    const { result, fallenBack } = await deliver({
      calls: [overloaded, overloaded, 'image'],
      snapshot: { rungs },
    });
    expect(fallenBack).toEqual([FLASH.model]);
    expect(result).toMatchObject({ model: FLASH.model, pathWhy: `fallback: ${PRO.model} → ${FLASH.model}` });
  });

  it('a closed rung is taken off the ladder and the policy is asked again', async () => {
    const { result, fallenBack } = await deliver({
      calls: [overloaded, overloaded, 'image'],
      snapshot: { rungs },
      fallBack: [{ kind: 'closed', why: 'gone' }],
    });
    expect(fallenBack).toEqual([FLASH.model]);
    expect(result.model).toBe(PRO.model);
  });
});

describe('generation: ends', () => {
  it('policy: one call, dead with branch, original words, owner and action', async () => {
    const { failure, generated } = await die({ calls: [failed('policy', 'prohibited-content')] });
    expect(generated).toHaveLength(1);
    expect(failure).toMatchObject({ branch: 'policy', reason: 'prohibited-content', owner: 'caller' });
    expect(failure.message).toMatch(/^policy\/prohibited-content: policy happened — caller: Do not send/);
    expect(failure.trail).toHaveLength(1);
  });

  it('invalid before any call: the field comes back and nothing was called', async () => {
    const problems = [
      {
        reason: 'ratio',
        field: 'aspectRatio',
        value: '7:3',
        allowed: '1:1, 16:9',
        message: '7:3 is not allowed',
      } as const,
    ];
    const { failure, generated } = await die({ calls: [], quota: [{ kind: 'invalid', problems }] });
    expect(generated).toHaveLength(0);
    expect(failure).toMatchObject({
      branch: 'invalid-request',
      reason: 'ratio',
      classification: { field: 'aspectRatio' },
    });
  });

  it('an input that the worker cannot decode is refused without an attempt', async () => {
    const { failure } = await die({ calls: ['invalid'] });
    expect(failure).toMatchObject({ branch: 'invalid-request', reason: 'bad-input', trail: [] });
  });

  it('capacity and quota alternating end at maxAttempts', async () => {
    const calls = Array.from({ length: 12 }, (_, i) =>
      i % 2 === 0 ? overloaded : failed('quota-minute', 'rpm'),
    );
    const { failure, generated } = await die({ calls });
    expect(generated).toHaveLength(12);
    expect(failure.failure.cause).toBe('attempts-spent');
  });

  it('the failure with its details stays under 16 KiB', async () => {
    const long = {
      ...overloaded,
      classification: { ...overloaded.classification, message: 'x'.repeat(100_000) },
    };
    const { handle } = await die({ calls: Array.from({ length: 12 }, () => long) });
    const { events } = await handle.fetchHistory();
    const failure = events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
    expect(JSON.stringify(failure).length).toBeLessThan(40_000);
  });
});

describe('generation: nothing decided yet', () => {
  it('store away: looks again with the same attempt number until it has a verdict', async () => {
    const away = Array.from({ length: 10 }, () => 'store-away' as const);
    const { generated, result } = await deliver({ calls: [...away, 'image'] });
    expect(new Set(generated.map(({ n }) => n))).toEqual(new Set([1]));
    expect(result.trail).toHaveLength(1);
  });

  it('I2: a stored response is extracted again without another call', async () => {
    const { generated, result } = await deliver({
      calls: ['extract-pending'],
      extract: ['store-away', 'image'],
    });
    expect(generated).toHaveLength(1);
    expect(result.images).toHaveLength(1);
  });

  it('no worker for the call: counts no attempt and goes on when one comes', async () => {
    const withoutWorkers = await bundleWorkflowCode({
      workflowsPath: ourWorkflowsPath(),
      workflowInterceptorModules: [fileURLToPath(new URL('./no-worker-interceptor.ts', import.meta.url))],
    });
    const { scripts, handle } = await courses.startOnly({ calls: ['image'] });
    const worker = await courses.workerFor(scripts, handle.workflowId, withoutWorkers);
    const result = (await worker.runUntil(() => handle.result())) as GenerationResult;
    expect(result.trail).toHaveLength(1);
    expect(scripts.generated.map(({ n }) => n)).toEqual([1]);
    expect(scripts.checked).toBe(1);
  });
});

describe('generation: an argument from another language', () => {
  it.each([
    ['no request at all', { prompt: 'x' }, 'request'],
    ['inputs that are no list', { request: { prompt: 'x', inputs: 'abc' } }, 'inputs'],
    ['a permission of null', { request: { prompt: 'x', allow: null } }, 'allow'],
  ])(
    '%s: refused with the field instead of failing the workflow task for ever',
    async (_, argument, field) => {
      const { scripts, handle } = await courses.startOnly({ calls: [] }, {}, argument);
      const worker = await courses.workerFor(scripts, handle.workflowId);
      const error: unknown = await worker.runUntil(() => handle.result().catch((e: unknown) => e));
      const failure = failureOf(handle.workflowId, error as WorkflowFailedError);
      expect(failure).toMatchObject({ branch: 'invalid-request', classification: { field } });
    },
  );
});

describe('generation: cancel', () => {
  it('while its call has no verdict yet: looked up once, booked, never repeated (I10)', async () => {
    const script: Script = { calls: Array.from({ length: 50 }, () => 'store-away' as const) };
    const { scripts, worker, handle } = await start(script);
    const view = await worker.runUntil(async () => {
      await courses.env.sleep('3 min');
      script.calls.splice(0, script.calls.length, failed('interrupted', 'no-answer'));
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      return await handle.query<GenerationView>(QUERIES.describe);
    });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(scripts.generated.at(-1)).toMatchObject({ n: 1, bookOnly: true });
    expect(view).toMatchObject({ phase: { phase: 'cancelled' }, trail: [{ billed: 'possible' }] });
  });

  it('while backing off: cancelled, and no further call', async () => {
    const { scripts, worker, handle } = await start({ calls: [overloaded, 'image'] });
    await worker.runUntil(async () => {
      await expect.poll(() => scripts.generated.length).toBe(1);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(scripts.generated).toHaveLength(1);
  });

  it('in mid-call: the aborted call is booked and the execution is cancelled', async () => {
    const untilCancelled = async (): Promise<never> => {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), 50);
      await context.cancelled.catch(() => undefined);
      clearInterval(beat);
      throw verdict(failed('cancelled', 'caller', { billed: 'possible' }));
    };
    const { scripts, worker, handle } = await start({ calls: [untilCancelled] });
    const view = await worker.runUntil(async () => {
      await expect.poll(() => scripts.generated.length).toBe(1);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      return await handle.query<GenerationView>(QUERIES.describe);
    });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(view).toMatchObject({ phase: { phase: 'cancelled' }, trail: [{ billed: 'possible' }] });
    expect(scripts.generated).toHaveLength(1);
  });
});
