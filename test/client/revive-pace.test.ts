/** Many revivals: never all at once, never faster than told, and no further where the cause is still there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Act } from '../../src/client/revive-pace.ts';
import { paceRevivals, PROOF } from '../../src/client/revive-pace.ts';

/** Time passes only while somebody sleeps in it. */
function standing() {
  let now = 1_000;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

const letters = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);
const never = new AbortController().signal;
const begun = (ended: Promise<boolean | undefined>): Act => ({ kind: 'begun', ended });
const served = async (): Promise<Act> => begun(Promise.resolve(true));

describe('paceRevivals', () => {
  it('never begins more in any minute than it may, and in the end all', async () => {
    const cases = fc.record({
      n: fc.integer({ min: 1, max: 60 }),
      perMinute: fc.integer({ min: 1, max: 120 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ n, perMinute }) => {
        const clock = standing();
        const at: number[] = [];
        const pace = { perMinute, inFlight: 1_000, limit: Infinity, signal: never, clock };
        const paced = await paceRevivals(letters(n), pace, async () => {
          at.push(clock.now());
          return await served();
        });
        expect(paced).toEqual({ left: 0 });
        expect(at).toHaveLength(n);
        // One more than the rate, because both ends of a minute are in it.
        for (const from of at)
          expect(at.filter((each) => each >= from && each < from + 60_000).length).toBeLessThanOrEqual(
            perMinute + 1,
          );
      }),
    );
  });

  it('no more are open than may be: the next one begins when one has ended', async () => {
    let open = 0;
    let most = 0;
    const pace = { inFlight: 4, limit: Infinity, signal: never, clock: standing() };
    const done = paceRevivals(letters(25), pace, async () => {
      most = Math.max(most, ++open);
      const ended = new Promise<boolean>((resolve) => {
        setTimeout(() => {
          open -= 1;
          resolve(true);
        });
      });
      return begun(ended);
    });
    expect(await done).toEqual({ left: 0 });
    expect(most).toBe(4);
  });

  it('until one is served only the few that prove it are open', async () => {
    const ends: ((was: boolean) => void)[] = [];
    const before: number[] = [];
    const pace = { inFlight: 50, limit: Infinity, signal: never, clock: standing() };
    const done = paceRevivals(letters(20), pace, async () => {
      const ended = new Promise<boolean>((resolve) => ends.push(resolve));
      if (ends.length === PROOF)
        setTimeout(() => {
          before.push(ends.length);
          ends[0]?.(true);
        });
      return begun(ended);
    });
    expect(await done).toEqual({ left: 0 });
    expect(before).toEqual([PROOF]);
    expect(ends).toHaveLength(20);
  });

  it('where none of the first is served it stops: the rest are left as they are', async () => {
    let acted = 0;
    const pace = { inFlight: 1, limit: Infinity, signal: never, clock: standing() };
    const paced = await paceRevivals(letters(100), pace, async () => {
      acted += 1;
      return begun(Promise.resolve(false));
    });
    expect(paced).toEqual({ left: 100 - PROOF, stopped: 'cause-remains' });
    expect(acted).toBe(PROOF);
  });

  it('while some of the first are open, those that ended unserved are not made up for by others', async () => {
    let acted = 0;
    let end = (_: boolean): void => undefined;
    const last = new Promise<boolean>((resolve) => (end = resolve));
    const pace = { inFlight: 20, limit: Infinity, signal: never, clock: standing() };
    const paced = paceRevivals(letters(10), pace, async () => {
      acted += 1;
      return begun(acted === PROOF ? last : Promise.resolve(false));
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(acted).toBe(PROOF);
    end(false);
    expect(await paced).toEqual({ left: 10 - PROOF, stopped: 'cause-remains' });
  });

  it('one that was served among the first is proof enough', async () => {
    let acted = 0;
    const pace = { inFlight: 1, limit: Infinity, signal: never, clock: standing() };
    const paced = await paceRevivals(letters(30), pace, async () => begun(Promise.resolve(++acted === 2)));
    expect(paced).toEqual({ left: 0 });
  });

  it('what is refused takes no place: a limit counts what was begun', async () => {
    const did: number[] = [];
    const pace = { inFlight: 1, limit: 3, signal: never, clock: standing() };
    const paced = await paceRevivals(letters(10), pace, async (letter) => {
      if (letter < 4) return { kind: 'refused' };
      did.push(letter);
      return await served();
    });
    expect(did).toEqual([4, 5, 6]);
    expect(paced).toEqual({ left: 3, stopped: 'limit' });
  });

  it('aborted, also while it waits for one to end, it begins no further one', async () => {
    const over = new AbortController();
    const pace = { inFlight: 1, limit: Infinity, signal: over.signal, clock: standing() };
    const done = paceRevivals(letters(5), pace, async () => {
      setTimeout(() => over.abort());
      return begun(new Promise(() => undefined));
    });
    expect(await done).toEqual({ left: 4, stopped: 'aborted' });
  });
});
