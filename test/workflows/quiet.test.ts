/** The wait for quiet hours and its promotion, in workflow time: activities answer from a script. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationView } from '../../src/contract/generation.ts';
import { MOVE_SIGNALS, QUERIES } from '../../src/contract/names.ts';
import type { QuietOutlook } from '../../src/domain/quiet.ts';
import { failed } from '../support/attempts.ts';
import { Courses, summaries } from '../support/course.ts';
import { heldBy, LOOKING } from '../support/standing.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BY = { identity: 'ann', reason: 'the customer is waiting' };
const QUIET = { when: 'quiet' } as const;
const overloaded = failed('capacity', 'overloaded');

function inHours(hours: number): QuietOutlook {
  const why = 'quiet hours 22:00–06:00 America/Los_Angeles';
  return { source: 'configured', inMs: hours * HOUR, forMs: 8 * HOUR, why };
}

let courses: Courses;
beforeAll(async () => {
  courses = await Courses.open('quiet');
});
afterAll(() => courses.env.teardown());

const isWaiting = ({ phase }: GenerationView): boolean => phase.phase === 'waiting' && phase.quiet === true;

describe('waiting for quiet hours', () => {
  it('the first call is made once they have begun; a person reads why and until when', async () => {
    const { took, result, handle, generated } = await courses.deliver(
      { calls: ['image'], quiet: [inHours(7)] },
      QUIET,
    );
    expect(took).toBeGreaterThanOrEqual(7 * HOUR);
    expect(took).toBeLessThanOrEqual(7 * HOUR + 6 * MINUTE);
    expect(generated).toHaveLength(1);
    expect(result.warnings).toEqual([]);
    expect((await summaries(handle)).join('\n')).toMatch(
      // Spread over their first minutes.
      /quiet hours in 7\.[01] h: quiet hours 22:00–06:00 America\/Los_Angeles/,
    );
  });

  it('only the first call: a retest follows its own branch', async () => {
    const { took, generated } = await courses.deliver(
      { calls: [overloaded, 'image'], quiet: [inHours(2), inHours(9)] },
      QUIET,
    );
    expect(generated).toHaveLength(2);
    expect(took).toBeLessThanOrEqual(2 * HOUR + 10 * MINUTE);
  });

  it('a request that says nothing of it never asks and never waits', async () => {
    const { took, handle } = await courses.deliver({ calls: ['image'], quiet: [inHours(7)] });
    expect(took).toBeLessThan(MINUTE);
    expect((await handle.fetchHistory()).events).toHaveLength(12);
  });

  it.each([
    ['none are known', { source: 'none', why: 'none are learned yet' } as const, /none are learned yet/],
    [
      'they begin too late for its deadline',
      inHours(23.9),
      /must go by .*30 min before its deadline are kept/,
    ],
    ['nobody can be asked', 'away' as const, /nobody told when they are/],
  ])('%s: it goes at once and says so', async (_name, quiet, warning) => {
    const { took, result } = await courses.deliver({ calls: ['image'], quiet: [quiet] }, QUIET);
    expect(took).toBeLessThan(5 * MINUTE);
    expect(result.warnings.join()).toMatch(/^it did not wait for quiet hours: /);
    expect(result.warnings.join()).toMatch(warning);
  });

  it('in quiet hours it goes at once, and has nothing to say', async () => {
    const { took, result } = await courses.deliver({ calls: ['image'], quiet: [inHours(0)] }, QUIET);
    expect(took).toBeLessThan(MINUTE);
    expect(result.warnings).toEqual([]);
  });

  it('cancelled in its wait nothing is called', async () => {
    await courses.during({ calls: [], quiet: [inHours(7)] }, QUIET, async ({ handle, scripts }) => {
      await courses.until(handle, isWaiting);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect(scripts.generated).toHaveLength(0);
    });
  });
});

describe('promotion', () => {
  it('ends the wait; who and why are in the result', async () => {
    await courses.during({ calls: ['image'], quiet: [inHours(20)] }, QUIET, async ({ handle }) => {
      await courses.until(handle, isWaiting);
      await handle.signal(MOVE_SIGNALS.promote, BY);
      expect(await handle.result()).toMatchObject({
        decisions: [
          {
            choice: 'promote',
            via: 'signal',
            outcome: 'taken',
            by: BY.identity,
            why: BY.reason,
            answer: 'it goes now, without its quiet hours',
          },
        ],
      });
      const { startTime, closeTime } = await handle.describe();
      expect((closeTime?.getTime() ?? 0) - startTime.getTime()).toBeLessThan(HOUR);
    });
  });

  it('sent before the wait begins it prevents it', async () => {
    const started = await courses.startOnly({ calls: ['image'], quiet: [inHours(20)] }, QUIET);
    await started.handle.signal(MOVE_SIGNALS.promote, BY);
    const worker = await courses.workerFor(started.scripts, started.handle.workflowId);
    await worker.runUntil(async () => {
      expect(await started.handle.result()).toMatchObject({
        decisions: [{ outcome: 'taken', answer: 'it will not wait for quiet hours' }],
      });
    });
  });

  it('twice is harmless: the second is told that nothing waits', async () => {
    await courses.during({ calls: ['image'], quiet: [inHours(20)] }, QUIET, async ({ handle, scripts }) => {
      await courses.until(handle, isWaiting);
      await handle.signal(MOVE_SIGNALS.promote, BY);
      await handle.signal(MOVE_SIGNALS.promote, { identity: 'bob' });
      const { decisions } = (await handle.result()) as GenerationView;
      expect(decisions[0]).toMatchObject({ by: 'ann', outcome: 'taken' });
      expect(scripts.generated).toHaveLength(1);
    });
  });

  it('of one that does not wait changes nothing, and the answer says so', async () => {
    const script = { calls: [], quota: () => heldBy(), snapshot: LOOKING };
    await courses.during(script, {}, async ({ handle, scripts }) => {
      await courses.until(handle, ({ phase }) => phase.phase === 'held');
      await handle.signal(MOVE_SIGNALS.promote, BY);
      const { decisions, phase } = await courses.until(handle, (view) => view.decisions.length > 0);
      expect(decisions).toMatchObject([
        {
          choice: 'promote',
          by: 'ann',
          outcome: 'refused',
          answer: 'it waits neither for quiet hours nor for a batch: nothing changes',
        },
      ]);
      expect(phase.phase).toBe('held');
      expect(scripts.generated).toHaveLength(0);
    });
  });

  it.each([
    [{ reason: 'nobody' }, 'identity: give a text, who it is'],
    ['go', 'give a JSON object: { "identity": "…", "reason": "…" }'],
    [{ identity: 'ann', reason: 7 }, 'reason: give a text, or leave it out'],
  ])('%j says not who wants it: it waits on, and the answer names the field', async (payload, answer) => {
    await courses.during({ calls: ['image'], quiet: [inHours(20)] }, QUIET, async ({ handle }) => {
      await courses.until(handle, isWaiting);
      await handle.signal(MOVE_SIGNALS.promote, payload);
      const view = await courses.until(handle, ({ decisions }) => decisions.length > 0);
      expect(view.decisions).toMatchObject([{ outcome: 'junk', answer }]);
      expect(isWaiting(await handle.query<GenerationView>(QUERIES.describe))).toBe(true);
    });
  });
});
