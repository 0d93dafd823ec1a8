/**
 * What people can and cannot do to a walk: a policy verdict never travels, whatever is sent (I14); a
 * rewrite that must be asked for is sent once somebody approved it; who cancels ends it.
 */
import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verdict } from '../../../activities/failures.ts';
import type { GenerationResult } from '../../../src/contract/generation.ts';
import { SIGNALS } from '../../../src/contract/names.ts';
import type { FailedAttempt } from '../../../src/domain/attempt.ts';
import { failureFrom } from '../../support/course.ts';
import { imagesOf, moveOf } from './footsteps.ts';
import { EVERYTHING, MANY, REWRITTEN } from './ladder.ts';
import type { OnItsWay } from './walker.ts';
import { Walker } from './walker.ts';
import { WALKS } from './walks.ts';

let walker: Walker;
beforeAll(async () => {
  walker = await Walker.open();
});
afterAll(() => walker.close());

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

/** Every call fails with the evidence; in the first one `act` happens. */
async function duringTheCall(
  evidence: FailedAttempt,
  act: (way: OnItsWay) => Promise<void>,
): Promise<OnItsWay> {
  const started = Promise.withResolvers<OnItsWay>();
  const call = async (): Promise<never> => {
    await act(await started.promise);
    throw verdict(evidence);
  };
  const way = await walker.start({ calls: [call, ...times(MANY, evidence)], snapshot: EVERYTHING });
  started.resolve(way);
  return way;
}

describe('I14: policy', () => {
  it('exactly one call ever; whatever is sent to it is recorded as refused', async () => {
    const names = Object.values(SIGNALS);
    const payload = { by: 'ann', why: 'please', evidence: 'e'.repeat(64), change: { size: '1K' } };
    const way = await duringTheCall(WALKS.policy.evidence, async ({ handle }) => {
      for (const name of names) await handle.signal(name, payload);
    });
    const { branch, failure } = await failureFrom(way.handle);
    expect([branch, failure.cause]).toEqual(['policy', 'stop-branch']);
    expect(failure.decisions?.map(({ outcome }) => outcome)).toEqual(names.map(() => 'refused'));
    const { generated, prompted, fallenBack } = way.scripts;
    expect([generated.length, prompted.length, fallenBack.length]).toEqual([1, 0, 0]);
  });

  it('on the words of a rewrite it is a verdict on the prompt, and ends it', async () => {
    const calls = times(MANY, WALKS['safety-prompt'].evidence);
    const prompts = [WALKS.policy.evidence];
    const way = await walker.start({ calls, snapshot: EVERYTHING, prompts });
    const { branch, failure } = await failureFrom(way.handle);
    expect([branch, failure.cause]).toEqual(['policy', 'stop-branch']);
    expect(failure.trail.map(moveOf)).toEqual(['first call', 'safety-settings', 'text call: rewrite']);
  });
});

describe("rewrite: 'ask'", () => {
  const snapshot = { ...EVERYTHING, permits: { ...EVERYTHING.permits, rewrite: 'ask' } } as const;

  it.each([
    ['safety-prompt', ['first call', 'safety-settings', 'text call: rewrite'], ['rewrite', 'reject']],
    [
      'safety-image',
      ['first call', 'same-path retest', 'text call: rewrite', 'same-path retest'],
      ['route-out', 'rewrite', 'retry', 'change', 'reject'],
    ],
  ] as const)('%s: made beforehand, sent once a person approved it', async (branch, moves, choices) => {
    const calls = [...times(moves.length - 1, WALKS[branch].evidence), 'image' as const];
    const way = await walker.start({ calls, snapshot, prompts: [REWRITTEN] });
    const view = await way.untilAsked(moves.length);
    expect(view.phase.phase).toBe('awaiting-operator');
    expect(view.trail.map(moveOf)).toEqual(moves);
    expect(view.ask?.options.map(({ choice }) => choice)).toEqual(choices);
    await way.say('approveRewrite', view);
    const { promptChange, trail } = (await way.handle.result()) as GenerationResult;
    expect(promptChange).toMatchObject({ remedy: 'rewrite', change: 'generic description' });
    const [before, last] = imagesOf(trail).slice(-2);
    expect(last?.move).toBe('rewrite: generic-description');
    expect(last?.fingerprint).not.toBe(before?.fingerprint);
  });

  it('rejected: back to the caller, and the rewritten prompt is never sent', async () => {
    const calls = times(MANY, WALKS['safety-prompt'].evidence);
    const way = await walker.start({ calls, snapshot, prompts: [REWRITTEN] });
    await way.say('rejectRouteOut', await way.untilAsked(3));
    const { branch, failure } = await failureFrom(way.handle);
    expect([branch, failure.cause]).toEqual(['safety-prompt', 'rejected']);
    expect(way.scripts.generated.map(({ variation }) => variation.prompt)).toEqual([undefined, undefined]);
    expect(way.scripts.buried).toHaveLength(1);
  });
});

describe('cancelled', () => {
  it('in mid-call: one call, booked as possible; the execution is cancelled, not dead', async () => {
    const way = await duringTheCall(WALKS.cancelled.evidence, async ({ handle }) => {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), 20);
      await handle.cancel();
      await context.cancelled.catch(() => clearInterval(beat));
    });
    await expect(way.handle.result()).rejects.toThrow();
    expect((await way.handle.describe()).status.name).toBe('CANCELLED');
    const view = await way.view();
    expect(view).toMatchObject({ phase: { phase: 'cancelled' }, trail: [{ billed: 'possible' }] });
    expect([way.scripts.generated.length, way.scripts.buried.length]).toEqual([1, 0]);
  });
});
