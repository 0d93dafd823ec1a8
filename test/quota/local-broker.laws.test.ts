/** Laws over random histories (I6) and under overload, against a provider that counts for itself. */
import fc from 'fast-check';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Slot, SlotUse } from '../../src/quota/broker.ts';
import { URGENCIES } from '../../src/quota/broker.ts';
import { LocalQuotaBroker } from '../../src/quota/local-broker.ts';
import { FakeClock, settled } from './fake-clock.ts';
import { MODEL, ask, violation } from './fixtures.ts';

const WINDOW = 6_000;

interface Sent {
  readonly at: number;
  readonly tokens: number;
}

/** The largest sum over any sliding window. */
function fullest(sent: readonly Sent[], of: (send: Sent) => number): number {
  const ordered = [...sent].sort((a, b) => a.at - b.at);
  return ordered.reduce((worst, last, i) => {
    const within = ordered.slice(0, i + 1).filter(({ at }) => at > last.at - WINDOW);
    return Math.max(
      worst,
      within.reduce((sum, send) => sum + of(send), 0),
    );
  }, 0);
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('acquire' as const),
      tokens: fc.integer({ min: 0, max: 60 }),
      urgency: fc.constantFrom(...URGENCIES),
      tenant: fc.constantFrom('a', 'b'),
      maxWaitMs: fc.constantFrom(0, 500, 3_000, 20_000),
      again: fc.boolean(),
      /** Share of the slot's validity that passes before the send. */
      delay: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      index: fc.nat(50),
      how: fc.constantFrom('used', 'unused', 'limited', 'twice'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 4_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('setBack' as const), ms: fc.integer({ min: 1, max: 9_000 }) }),
  },
);

describe('I6', () => {
  it('over any window no more is sent than the limit, whatever is acquired, reported and waited for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 60, max: 200 }),
        fc.array(step, { minLength: 20, maxLength: 120 }),
        async (rpm, tpm, steps) => {
          const clock = new FakeClock();
          const broker = new LocalQuotaBroker({
            limits: { [MODEL]: { rpm, tpm } },
            windowScale: 0.1,
            clock,
            dayReset: () => 1e9,
          });
          const open: { readonly slot: Slot; readonly send: Sent; readonly lag: number }[] = [];
          const sent: Sent[] = [];
          const ids = new Set<string>();
          const answers: Promise<void>[] = [];
          let generation = 0;
          for (const each of steps) {
            if (each.do === 'acquire') {
              const request = ask({
                generationId: `p${each.again ? generation : ++generation}`,
                tokens: each.tokens,
                urgency: each.urgency,
                tenant: each.tenant,
              });
              const take = broker.acquire(request, { maxWaitMs: each.maxWaitMs }).then((answer) => {
                if (answer.kind !== 'slot') return;
                expect(ids.has(answer.id)).toBe(false);
                ids.add(answer.id);
                const lag = each.delay * (answer.validMs ?? 0);
                open.push({
                  slot: answer,
                  send: { at: clock.elapsed + lag, tokens: each.tokens },
                  lag,
                });
              });
              answers.push(take);
              await settled();
            } else if (each.do === 'report') {
              const [taken] = open.splice(each.index % Math.max(1, open.length), 1);
              if (taken === undefined) continue;
              // A report comes after its send.
              await clock.advance(taken.lag);
              if (each.how !== 'unused') sent.push(taken.send);
              const use: SlotUse =
                each.how === 'unused'
                  ? { kind: 'unused' }
                  : each.how === 'limited'
                    ? { kind: 'limited', violations: [violation({ limit: rpm })], sentAfterMs: taken.lag }
                    : { kind: 'used', sentAfterMs: taken.lag };
              broker.report(taken.slot, use);
              if (each.how === 'twice') broker.report(taken.slot, { kind: 'unused' });
            } else if (each.do === 'advance') {
              await clock.advance(each.ms);
            } else {
              clock.set(-each.ms);
            }
          }
          await clock.advance(20_000);
          await Promise.all(answers);
          sent.push(...open.map(({ send }) => send));
          expect(fullest(sent, () => 1)).toBeLessThanOrEqual(rpm);
          expect(fullest(sent, ({ tokens }) => tokens)).toBeLessThanOrEqual(tpm);
          expect(broker.stats().waiting).toBe(0);
          expect(clock.pending).toBe(0);
        },
      ),
      {
        numRuns: 300,
        endOnFailure: true,
        verbose: 0,
        interruptAfterTimeLimit: 8000,
        markInterruptAsFailure: true,
      },
    );
  });
});

/** Mulberry32: the same arrivals in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 3× the limit for `windows` windows; the provider logs rejected calls too, and answers late. */
async function overload(knownLimit: boolean, windows: number) {
  const limit = 60;
  const minute = 60_000;
  const clock = new FakeClock(1_800_000_000_000);
  const start = clock.now();
  const limits = knownLimit ? { [MODEL]: { rpm: limit } } : {};
  const broker = new LocalQuotaBroker({ limits, clock });
  const next = random(7);
  const calls: { readonly at: number; readonly ok: boolean }[] = [];
  const served: number[] = [];
  let sleeps = 0;

  const provider = (): boolean => {
    const now = clock.now();
    const ok = calls.filter(({ at }) => at > now - minute).length < limit;
    calls.push({ at: now, ok });
    return ok;
  };
  const sleep = (ms: number): Promise<void> => new Promise((done) => void clock.setTimeout(done, ms));
  const generation = async (n: number): Promise<void> => {
    const bornAt = clock.now();
    for (;;) {
      const request = ask({ generationId: `n${n}`, waitedMs: clock.now() - bornAt });
      const answer = await broker.acquire(request);
      if (answer.kind === 'held') throw new Error(answer.why);
      if (answer.kind === 'wait') {
        sleeps += 1;
        // A durable timer has a granularity of a second or so.
        await sleep(Math.max(1000, answer.ms) + next() * 800);
        continue;
      }
      await sleep(next() * 100);
      if (provider()) {
        served.push(n);
        await sleep(10_000);
        return broker.report(answer, { kind: 'used', sentAfterMs: 0 });
      }
      broker.report(answer, { kind: 'limited', violations: [violation({ limit })], retryAfterMs: 20_000 });
      await sleep(20_000);
    }
  };
  for (let n = 0; clock.now() < start + windows * minute; n++) {
    void generation(n);
    await clock.advance((-Math.log(1 - next()) * minute) / (3 * limit));
  }
  const steady = calls.filter(({ at }) => at >= start + 2 * minute && at < start + windows * minute);
  return {
    use: steady.filter(({ ok }) => ok).length / ((windows - 2) * limit),
    rejected: calls.filter(({ ok }) => !ok).length,
    steadyRejected: steady.filter(({ ok }) => !ok).length,
    sleepsPerImage: sleeps / served.length,
    outOfOrder: served.filter((n, i) => i > 0 && n < (served[i - 1] as number)).length / served.length,
    stats: broker.stats(),
  };
}

describe('3× overload for 12 minutes, rejected calls counted by the provider', () => {
  it('a known limit: over 98 % of it is used and no call is rejected', async () => {
    const seen = await overload(true, 12);
    expect(seen.rejected).toBe(0);
    expect(seen.use).toBeGreaterThan(0.98);
    expect(seen.sleepsPerImage).toBeLessThan(5);
    expect(seen.outOfOrder).toBeLessThan(0.05);
  });

  it('an unknown limit is learned from the first rejection and kept: one probe in ten full minutes', async () => {
    const seen = await overload(false, 12);
    expect(seen.rejected).toBeLessThanOrEqual(3);
    expect(seen.steadyRejected).toBeLessThanOrEqual(1);
    expect(seen.use).toBeGreaterThan(0.95);
  });
});

describe('10,000 waiting generations', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;

  async function filled(broker: LocalQuotaBroker, n: number): Promise<void> {
    for (let i = 0; i < n; i++) {
      const answer = await broker.acquire(
        ask({ generationId: `waiting-${i}`, tenant: `t${i % 20}`, urgency: URGENCIES[i % 3] ?? 'batch' }),
        { maxWaitMs: 0 },
      );
      if (i > 0) expect(answer.kind).toBe('wait');
    }
  }

  it('cost less than 8 MB, and nothing once their places have expired', async () => {
    const clock = new FakeClock();
    const broker = new LocalQuotaBroker({ limits: { [MODEL]: { rpm: 600 } }, clock });
    broker.report((await broker.acquire(ask())) as Slot, {
      kind: 'limited',
      violations: [],
      retryAfterMs: 600_000,
    });
    collect();
    const before = process.memoryUsage().heapUsed;
    await filled(broker, 10_000);
    collect();
    const after = process.memoryUsage().heapUsed;
    expect(broker.stats()).toEqual({ waiting: 0, remembered: 10_000, open: 0 });
    expect(after - before).toBeLessThan(8 * 1024 * 1024);
    expect(clock.pending).toBe(0);
    await clock.advance(24 * 3_600_000);
    await broker.acquire(ask());
    expect(broker.stats().remembered).toBe(0);
  });

  it('beyond the bound no more are remembered, and all are still answered', async () => {
    const clock = new FakeClock();
    const broker = new LocalQuotaBroker({ limits: { [MODEL]: { rpm: 1 } }, clock, maxRemembered: 100 });
    await filled(broker, 500);
    expect(broker.stats().remembered).toBe(100);
  });
});
