import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Attempt } from '../../src/domain/attempt.ts';
import { BRANCHES, isStopBranch, STOP_BRANCHES } from '../../src/domain/branch.ts';
import type { Branch } from '../../src/domain/branch.ts';
import { REASONS } from '../../src/domain/reason.ts';
import type { ReasonOf } from '../../src/domain/reason.ts';
import type { PolicySnapshot } from '../../src/domain/snapshot.ts';
import { nextStep } from '../../src/policies/next-step.ts';
import type { Step } from '../../src/policies/step.ts';
import { failed, FLASH, inARow, NOW, PRO, snapshot } from '../support/attempts.ts';

const middle = { now: NOW, random: 0.5 };

function after(
  attempts: readonly Attempt[],
  given: PolicySnapshot = snapshot(),
  circumstances = middle,
): Step {
  return nextStep(attempts.slice(0, -1), attempts.at(-1) as Attempt, given, circumstances);
}

const withFallback = snapshot({ rungs: [PRO, FLASH] });

describe('nextStep: waits', () => {
  it('capacity: 30 s, then doubling to the 300 s cap, five times', () => {
    const waits = [1, 2, 3, 4, 5].map((n) => after(inARow(n, failed('capacity', 'overloaded'))));
    expect(waits.map((step) => step.kind === 'call' && step.delayMs)).toEqual([
      30_000, 60_000, 120_000, 240_000, 300_000,
    ]);
    expect(waits[4]).toMatchObject({ retest: 5, of: 5, move: { kind: 'retest' } });
  });

  it('capacity: jitter stays within ±20 % and under the cap', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 5 }),
        (random, n) => {
          const step = after(inARow(n, failed('capacity', 'overloaded')), snapshot(), { now: NOW, random });
          const plain = Math.min(300_000, 30_000 * 2 ** (n - 1));
          return (
            step.kind === 'call' &&
            step.delayMs >= plain * 0.8 - 1 &&
            step.delayMs <= Math.min(300_000, plain * 1.2 + 1)
          );
        },
      ),
    );
  });

  it("I5: the provider's hint wins and is never shortened, whatever the random", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 1_000, max: 3_600_000 }),
        (random, hint) => {
          const step = after([failed('quota-minute', 'rpm', { retryAfterMs: hint })], snapshot(), {
            now: NOW,
            random,
          });
          return step.kind === 'call' && step.delayMs >= hint && step.delayMs <= hint + 2_001;
        },
      ),
    );
  });

  it('I5: int64 max says that there is a limit, not when it ends: nobody sleeps a day for it', () => {
    const endless = after([failed('quota-minute', 'rpm', { retryAfterMs: 86_400_000 })]);
    const unhinted = after([failed('quota-minute', 'rpm')]);
    expect(endless).toEqual(unhinted);
  });

  it('timeScale shortens computed delays and never hints', () => {
    const scaled = snapshot({ timeScale: 0.1 });
    expect(after([failed('capacity', 'overloaded')], scaled)).toMatchObject({ delayMs: 3_000 });
    const hinted = after([failed('quota-minute', 'rpm', { retryAfterMs: 22_000 })], scaled);
    expect(hinted.kind === 'call' && hinted.delayMs).toBeGreaterThanOrEqual(22_000);
  });

  it('quota-day: waits for midnight Pacific although RetryInfo says 22 s', () => {
    const resetAt = NOW + 20 * 3_600_000;
    const step = after([failed('quota-day', 'rpd', { retryAfterMs: 22_000, resetAt })]);
    expect(step).toMatchObject({ kind: 'call', move: { kind: 'queued' } });
    expect(step.kind === 'call' && step.delayMs).toBeGreaterThanOrEqual(20 * 3_600_000);
  });

  it('I5: a wait that would pass the deadline is refused now, not slept', () => {
    const step = after(
      [failed('quota-day', 'rpd', { resetAt: NOW + 20 * 3_600_000 })],
      snapshot({ deadlineAt: NOW + 3_600_000 }),
    );
    expect(step).toMatchObject({ kind: 'end', cause: 'deadline' });
  });

  it('capacity: after its retests it queues every 10 to 30 minutes', () => {
    const step = after(inARow(6, failed('capacity', 'overloaded')));
    expect(step).toMatchObject({ kind: 'call', move: { kind: 'queued' } });
    expect(step.kind === 'call' && step.delayMs).toBeGreaterThanOrEqual(9 * 60_000);
    expect(step.kind === 'call' && step.delayMs).toBeLessThanOrEqual(33 * 60_000);
  });
});

describe('nextStep: proof before a change of path', () => {
  it('capacity: one failure is no proof, so an allowed fallback is not taken', () => {
    expect(after([failed('capacity', 'overloaded')], withFallback)).toMatchObject({ variation: { rung: 0 } });
  });

  it('capacity: at proof the allowed fallback is taken at once', () => {
    expect(after(inARow(2, failed('capacity', 'overloaded')), withFallback)).toMatchObject({
      delayMs: 0,
      variation: { rung: 1 },
      move: { kind: 'remedy', remedy: 'fallback', change: 'gemini-3-pro-image → gemini-nano-banana-2.1' },
    });
  });

  it('a fallback that lacks the size says at which one it is taken', () => {
    const at2K = snapshot({ rungs: [{ ...PRO, sizes: ['2K', '1K'], worstUsd: [0.5, 0.4] }, FLASH] });
    expect(after(inARow(2, failed('capacity', 'overloaded')), at2K)).toMatchObject({
      move: { change: 'gemini-3-pro-image → gemini-nano-banana-2.1 at 1K' },
    });
  });

  it('quota-day: the first attempt is proof; the fallback has its own quota', () => {
    expect(after([failed('quota-day', 'rpd')], withFallback)).toMatchObject({ variation: { rung: 1 } });
  });

  it('a retest that lands in another branch starts that branch anew', () => {
    const trail = [failed('capacity', 'overloaded'), failed('internal', 'internal', { n: 2 })];
    expect(after(trail, withFallback)).toMatchObject({
      kind: 'call',
      variation: { rung: 0 },
      retest: 1,
      of: 3,
    });
  });

  it('a rung that fallBack found closed is not offered', () => {
    const closed = snapshot({ rungs: [PRO, { ...FLASH, closed: true }] });
    expect(after(inARow(2, failed('capacity', 'overloaded')), closed)).toMatchObject({
      variation: { rung: 0 },
    });
  });

  it('timeout: the client timeout is doubled once, then the size goes down step by step', () => {
    const rung = { ...PRO, sizes: ['4K', '2K', '1K'] as const, worstUsd: [1, 0.5, 0.4] };
    const given = snapshot({ rungs: [rung] });
    const first = failed('timeout', 'client-timeout', { billed: 'possible' });
    expect(after([first], given)).toMatchObject({
      variation: { callTimeoutMs: 360_000 },
      move: { change: 'callTimeout' },
    });
    const second = {
      ...first,
      n: 2,
      variation: { rung: 0, callTimeoutMs: 360_000 },
      move: { kind: 'retest', change: 'callTimeout' } as const,
    };
    expect(after([first, second], given)).toMatchObject({
      variation: { size: '2K' },
      move: { remedy: 'smaller-size', change: '4K → 2K' },
    });
  });

  it('timeout: proved once, it is believed on the next size, down to the smallest', () => {
    const given = snapshot({ rungs: [{ ...PRO, sizes: ['4K', '2K', '1K'], worstUsd: [1, 0.5, 0.4] }] });
    const slow = failed('timeout', 'server-deadline');
    const at2K = { rung: 0, size: '2K' } as const;
    const smaller = { kind: 'remedy', remedy: 'smaller-size', change: '4K → 2K' } as const;
    const trail = [
      ...inARow(2, slow),
      failed('timeout', 'server-deadline', { n: 3, variation: at2K, move: smaller }),
    ];
    expect(after(trail, given)).toMatchObject({ variation: { size: '1K' }, move: { change: '2K → 1K' } });
  });

  it("timeout: a server's deadline gets no longer client timeout", () => {
    expect(after([failed('timeout', 'server-deadline')])).toMatchObject({
      variation: { rung: 0 },
      move: { kind: 'retest' },
    });
    expect(after([failed('timeout', 'server-deadline')])).not.toHaveProperty('variation.callTimeoutMs');
  });

  it('no-image: IMAGE only and blank asks TEXT+IMAGE once; a second blank is a refusal', () => {
    const imageOnly = snapshot({ imageOnly: true });
    const first = failed('no-image', 'blank');
    const step = after([first], imageOnly);
    expect(step).toMatchObject({
      variation: { modalities: ['TEXT', 'IMAGE'] },
      move: { change: 'modalities' },
    });
    const second = failed('no-image', 'blank', {
      n: 2,
      variation: { rung: 0, modalities: ['TEXT', 'IMAGE'] },
      move: { kind: 'retest', change: 'modalities' },
      fingerprint: 'other',
    });
    expect(after([first, second], imageOnly)).toMatchObject({
      kind: 'end',
      classification: { reason: 'refusal' },
    });
    expect(after([first, second], snapshot({ imageOnly: true, rungs: [PRO, FLASH] }))).toMatchObject({
      variation: { rung: 1 },
    });
  });
});

describe('nextStep: bounds', () => {
  it('I4: capacity and quota alternating end at maxAttempts', () => {
    const trail: Attempt[] = [];
    for (let n = 1; n <= 12; n += 1) {
      trail.push(
        n % 2 === 0 ? failed('quota-minute', 'rpm', { n }) : failed('capacity', 'overloaded', { n }),
      );
      const step = after(trail);
      if (step.kind === 'end') break;
      expect(n).toBeLessThan(12);
    }
    expect(after(trail)).toMatchObject({ kind: 'end', cause: 'attempts-spent' });
  });

  it('I4: a branch spends its retests once per generation, on whatever rung', () => {
    const onFlash = { variation: { rung: 1 }, fingerprint: 'flash' } as const;
    const trail = [
      failed('no-image', 'text-only'),
      failed('no-image', 'text-only', { n: 2 }),
      failed('no-image', 'text-only', {
        n: 3,
        ...onFlash,
        move: { kind: 'remedy', remedy: 'fallback', change: '' },
      }),
    ];
    expect(after(trail, withFallback)).toMatchObject({ kind: 'end', cause: 'no-remedy' });
  });

  it('I13: after a second possibly billed call nothing repeats the path by itself', () => {
    const reset = failed('network', 'reset', { billed: 'possible' });
    expect(after([reset])).toMatchObject({ kind: 'call', retest: 1, of: 1 });
    expect(after([reset, { ...reset, n: 2, move: { kind: 'retest' } }])).toMatchObject({
      kind: 'end',
      cause: 'no-remedy',
    });
  });

  it('two calls lost at a gateway, though not in a row: what is left is another model, where one is allowed', () => {
    const lost = failed('gateway-fault', 'bad-gateway', { billed: 'possible' });
    const between = failed('capacity', 'overloaded', { n: 2, move: { kind: 'retest' } });
    const again = { ...lost, n: 3, move: { kind: 'retest' } } as const;
    const chain = { rungs: [PRO, FLASH], permits: { pastGateways: true } } as const;
    expect(after([lost, between, again], snapshot(chain))).toMatchObject({
      ...{ kind: 'call', delayMs: 0, variation: { rung: 1 } },
      move: { kind: 'remedy', remedy: 'fallback' },
    });
    expect(after([lost], snapshot(chain))).toMatchObject({ kind: 'call', move: { kind: 'retest' } });
    for (const given of [snapshot({ ...chain, rungs: [PRO] }), withFallback]) {
      expect(after([lost, between, again], given)).toMatchObject({ kind: 'end', cause: 'no-remedy' });
    }
  });

  it('a gateway that lost nothing is queued for, not passed by another model', () => {
    const broken = inARow(5, failed('gateway-fault', 'bad-gateway'));
    const step = after(broken, snapshot({ rungs: [PRO, FLASH], permits: { pastGateways: true } }));
    expect(step).toMatchObject({ kind: 'call', variation: { rung: 0 }, move: { kind: 'queued' } });
  });

  it('network: six retests when nothing was sent', () => {
    expect(after(inARow(6, failed('network', 'refused')))).toMatchObject({ retest: 6, of: 6 });
    expect(after(inARow(7, failed('network', 'refused')))).toMatchObject({ kind: 'end', cause: 'no-remedy' });
  });

  it('a slot that expired before the send proves nothing and spends no attempt, six times', () => {
    const unsent = failed('network', 'slot-expired');
    const given = snapshot({ rungs: [PRO, FLASH], maxAttempts: 2 });
    expect(after(inARow(6, unsent), given)).toMatchObject({ variation: { rung: 0 }, retest: 6, of: 6 });
    expect(after(inARow(7, unsent), given)).toMatchObject({ kind: 'end', cause: 'no-remedy' });
    // What was sent counts as ever.
    const refused = failed('network', 'refused', { n: 2, move: { kind: 'retest' } });
    expect(after([unsent, refused], given)).toMatchObject({ variation: { rung: 0 }, retest: 2 });
    expect(after([unsent, refused, failed('network', 'refused', { n: 3 })], given)).toMatchObject({
      kind: 'end',
      cause: 'attempts-spent',
    });
  });

  it('I13: maxPaidCalls counts sure and possible calls', () => {
    const trail = [failed('no-image', 'blank'), failed('network', 'reset', { n: 2, billed: 'possible' })];
    expect(after(trail, snapshot({ maxPaidCalls: 2 }))).toMatchObject({
      kind: 'end',
      cause: 'paid-calls-spent',
    });
  });

  it('maxCostUsd: the next call is counted at its worst price, possible calls in full', () => {
    const trail = [failed('network', 'reset', { billed: 'possible', possibleUsd: 0.4 })];
    expect(after(trail, snapshot({ maxCostUsd: 0.7 }))).toMatchObject({ kind: 'end', cause: 'cost-spent' });
    expect(after(trail, snapshot({ maxCostUsd: 0.9 }))).toMatchObject({ kind: 'call' });
  });
});

describe('nextStep: stop-branches', () => {
  const WAITING_REASONS = new Set(['gateway-denial/throttled', 'file/not-ready']);

  it.each(
    STOP_BRANCHES.flatMap((branch) =>
      Object.keys(REASONS[branch]).map((reason) => [branch, reason] as const),
    ),
  )('I4: %s/%s is never retried on its path, unless it only asks to wait', (branch, reason) => {
    const step = after([failed(branch, reason as ReasonOf<typeof branch>)]);
    if (WAITING_REASONS.has(`${branch}/${reason}`))
      expect(step).toMatchObject({ kind: 'call', move: { kind: 'retest' } });
    else expect(step).toMatchObject({ kind: 'end', cause: 'stop-branch' });
  });

  it('I14: a policy verdict goes nowhere, whatever is allowed', () => {
    for (const reason of Object.keys(REASONS.policy)) {
      const step = after([failed('policy', reason as ReasonOf<'policy'>)], withFallback);
      expect(step).toMatchObject({ kind: 'end', cause: 'stop-branch' });
    }
  });

  it('model-gone and quota-zero go to an allowed fallback at once', () => {
    expect(after([failed('model-gone', 'shut-down')], withFallback)).toMatchObject({
      variation: { rung: 1 },
    });
    expect(after([failed('quota-zero', 'limit-zero')], withFallback)).toMatchObject({
      variation: { rung: 1 },
    });
  });
});

describe('nextStep: laws over any course', () => {
  const anyFailure = fc.constantFrom(...BRANCHES).chain((branch: Branch) =>
    fc.record({
      branch: fc.constant(branch),
      reason: fc.constantFrom(...Object.keys(REASONS[branch])),
      billed: fc.constantFrom('no', 'possible', 'yes'),
      hint: fc.option(fc.integer({ min: 0, max: 86_400_000 }), { nil: undefined }),
    }),
  );

  it('always ends, within maxAttempts and maxPaidCalls, and repeats no path after a stop', () => {
    fc.assert(
      fc.property(
        // maxAttempts, and as many as may come to nothing before they are sent.
        fc.array(anyFailure, { minLength: 12 + 7, maxLength: 12 + 7 }),
        fc.boolean(),
        (failures, allowed) => {
          const given = allowed ? withFallback : snapshot();
          const trail: Attempt[] = [];
          let now = NOW;
          let variation = { rung: 0 };
          let move: Attempt['move'] = { kind: 'first' };
          for (const { branch, reason, billed, hint } of failures) {
            trail.push(
              failed(branch, reason as never, {
                n: trail.length + 1,
                move,
                variation,
                billed: billed as 'no',
                resetAt: now + 3_600_000,
                ...(hint === undefined ? {} : { retryAfterMs: hint }),
              }),
            );
            const step = nextStep(trail.slice(0, -1), trail.at(-1) as Attempt, given, { now, random: 0.3 });
            if (step.kind !== 'call')
              return trail.filter((a) => a.billed !== 'no').length <= given.maxPaidCalls;
            if (
              isStopBranch(branch) &&
              step.variation.rung === variation.rung &&
              !/throttled|not-ready/.test(reason)
            )
              return false;
            if (now + step.delayMs >= given.deadlineAt) return false;
            now += step.delayMs;
            variation = step.variation;
            move = step.move;
          }
          return false;
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is pure: the same course gives the same step', () => {
    const trail = inARow(3, failed('capacity', 'overloaded'));
    expect(after(trail, withFallback)).toEqual(after(trail, withFallback));
  });
});
