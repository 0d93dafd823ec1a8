/** What a call that cannot go comes to: an allowed rung, a question on the route's proof, or the end (I4, I12). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ask } from '../../src/domain/ask.ts';
import { BRANCHES } from '../../src/domain/branch.ts';
import type { Branch } from '../../src/domain/branch.ts';
import { finding } from '../../src/domain/finding.ts';
import { REASONS } from '../../src/domain/reason.ts';
import type { RouteStop } from '../../src/domain/route-stop.ts';
import { stopFinding } from '../../src/domain/route-stop.ts';
import type { PolicySnapshot, Rung } from '../../src/domain/snapshot.ts';
import { sharedScope } from '../../src/policies/ask.ts';
import { lookDelay } from '../../src/policies/backoff.ts';
import { elsewhere, leavesFor, notElsewhere, passedOverWords } from '../../src/policies/degraded.ts';
import type { Standstill } from '../../src/policies/standstill.ts';
import { whenHeld, whenLate } from '../../src/policies/standstill.ts';
import type { Call, End } from '../../src/policies/step.ts';
import { failed, FLASH, PRO, snapshot } from '../support/attempts.ts';
import { BACKUP, hold, LOOKING } from '../support/standing.ts';

const PRIORITY: Rung = { ...PRO, tier: 'priority', kind: 'tier' };
const FIRST: Call = {
  kind: 'call',
  delayMs: 0,
  variation: { rung: 0 },
  move: { kind: 'first' },
  why: 'first call',
};

function at(given: Partial<PolicySnapshot> = {}, more: Partial<Standstill> = {}): Standstill {
  return {
    attempts: [],
    call: FIRST,
    snapshot: snapshot({ ...LOOKING, ...given }),
    rejected: [],
    stopped: [0],
    ...more,
  };
}

function stop(given: Partial<RouteStop> = {}) {
  return { hold: { ...hold(), ...given }, why: 'the key is held', evidence: 'e'.repeat(64) };
}

const zero = { branch: 'quota-zero', reason: 'limit-zero' } as const;
const choices = (ask: Ask | undefined) => ask?.options.map(({ choice }) => choice);

describe('whenHeld', () => {
  it('quota-zero: the fallback that is allowed, on route proof', () => {
    expect(whenHeld(at({ rungs: [PRO, FLASH, BACKUP] }), stop(zero))).toMatchObject({
      kind: 'call',
      delayMs: 0,
      variation: { rung: 1 },
      move: { kind: 'remedy', remedy: 'fallback' },
      why: expect.stringMatching(/^route proof of hold h-3: 4 calls .* the request allows/),
    });
  });

  it('not one that is stopped, closed, tried before or too dear', () => {
    const tried = [failed('capacity', 'overloaded', { variation: { rung: 1 } })];
    const cases: readonly Standstill[] = [
      at({ rungs: [PRO, FLASH] }, { stopped: [0, 1] }),
      at({ rungs: [PRO, { ...FLASH, closed: true }] }),
      at({ rungs: [PRO, FLASH] }, { attempts: tried }),
      at({ rungs: [PRO, { ...FLASH, worstUsd: [9] }], maxCostUsd: 1 }),
      at({ rungs: [PRO, FLASH], maxAttempts: 1 }, { attempts: [failed('capacity', 'overloaded')] }),
    ];
    for (const each of cases) expect(whenHeld(each, stop(zero)).kind).toBe('stand-by');
  });

  it('a tier is no remedy of quota-zero: only what nextStep would take is taken', () => {
    expect(whenHeld(at({ rungs: [PRO, PRIORITY] }), stop(zero)).kind).toBe('stand-by');
  });

  it('the question names hold, scope and route proof; a retry shows whether it still stands', () => {
    const step = whenHeld(at(), stop());
    if (step.kind !== 'stand-by') throw new Error(step.kind);
    expect(step.ask).toMatchObject({ hold: 'credential', holdId: 'h-3', proof: 4, evidence: 'e'.repeat(64) });
    expect(choices(step.ask)).toEqual(['route-out', 'retry', 'change', 'reject']);
    expect(step.end).toMatchObject({ classification: { branch: 'permission', billed: 'no', rule: 'hold' } });
  });

  it('a rejected route-out is not offered again for that branch; one to a stopped route never', () => {
    const rejected = whenHeld(at({}, { rejected: ['permission'] }), stop());
    const stopped = whenHeld(at({}, { stopped: [0, 1] }), stop());
    for (const step of [rejected, stopped]) {
      expect(step.kind === 'stand-by' ? choices(step.ask) : step).toEqual(['retry', 'change', 'reject']);
    }
  });

  it('a retry is offered with its price, and only where there is room and money for it', () => {
    const retry = (given: Standstill) => {
      const step = whenHeld(given, stop());
      return step.kind === 'stand-by' && step.ask?.options.find(({ choice }) => choice === 'retry');
    };
    expect(retry(at())).toEqual({ choice: 'retry', worstUsd: PRO.worstUsd[0] });
    expect(retry(at({ maxAttempts: 1 }, { attempts: [failed('capacity', 'overloaded')] }))).toBeUndefined();
    expect(retry(at({ maxCostUsd: (PRO.worstUsd[0] ?? 0) / 2 }))).toBeUndefined();
  });

  it('I14: whatever a hold says, a policy verdict offers no way out', () => {
    const step = whenHeld(
      at({ rungs: [PRO, FLASH, BACKUP] }),
      stop({ branch: 'policy', reason: 'blocklist' }),
    );
    expect(step.kind === 'stand-by' ? choices(step.ask) : step.kind).not.toContain('route-out');
  });

  it('total: every branch, reason and phase has an answer that leaves only where something is allowed', () => {
    const branches = [...BRANCHES, 'operator' as const];
    const input = fc.record({
      branch: fc.constantFrom(...branches),
      reason: fc.string(),
      phase: fc.constantFrom('held', 'probing', 'trial'),
      asks: fc.boolean(),
      rungs: fc.subarray([FLASH, PRIORITY, BACKUP]),
    });
    fc.assert(
      fc.property(input, ({ branch, reason, phase, asks, rungs }) => {
        const permits = asks ? { ask: true as const } : {};
        const step = whenHeld(at({ permits, rungs: [PRO, ...rungs] }), stop({ branch, reason, phase }));
        if (step.kind === 'call') {
          expect([FLASH, PRIORITY]).toContain([PRO, ...rungs][step.variation.rung]);
          expect(phase).toBe('held');
        }
        if (step.kind === 'stand-by') expect(step.ask === undefined).toBe(!asks);
        if (step.kind === 'end') expect(asks).toBe(false);
      }),
    );
  });

  it('what it comes to keeps a reason of ours, whichever release wrote the hold', () => {
    for (const branch of BRANCHES) {
      const { reason } = stopFinding({ ...hold(), branch, reason: 'from-the-future' });
      expect(Object.keys(REASONS[branch])).toContain(reason);
    }
  });
});

describe('whenLate', () => {
  const rest = { rule: 'test', certainty: 'named', billed: 'no', message: '84 ahead' } as const;
  const end: End = {
    kind: 'end',
    cause: 'deadline',
    classification: finding('quota-minute', 'rpm', rest),
    why: 'its turn would come after the deadline',
  };
  const evidence = 'a'.repeat(64);

  it('I5: with nowhere to go it ends now', () => {
    expect(whenLate(at({ rungs: [PRO, FLASH] }), { end, evidence })).toBe(end);
    expect(whenLate(at({ permits: {} }), { end, evidence })).toBe(end);
    expect(whenLate(at({}, { stopped: [1] }), { end, evidence })).toBe(end);
  });

  it('a route-out on offer: a person is asked on the numbers, and nothing leaves by itself', () => {
    const step = whenLate(at({ rungs: [PRO, FLASH, BACKUP] }), { end, evidence });
    expect(step).toMatchObject({
      kind: 'stand-by',
      ask: { evidence, routeProof: expect.stringContaining('84 ahead') },
    });
  });
});

describe('a degraded route', () => {
  const share = { share: 0.314, calls: 200 };

  it('first and queued calls leave; retests and calls to a rung leave only a day that is over; nothing else does', () => {
    const moves: readonly (readonly [Call['move'], ReturnType<typeof leavesFor>])[] = [
      [{ kind: 'first' }, 'degraded'],
      [{ kind: 'queued' }, 'degraded'],
      [{ kind: 'retest' }, 'day'],
      [{ kind: 'remedy', remedy: 'tier', change: '' }, 'day'],
      [{ kind: 'remedy', remedy: 'fallback', change: '' }, 'day'],
      [{ kind: 'retest', change: 'modalities' }, undefined],
      [{ kind: 'remedy', remedy: 'rewrite', change: '' }, undefined],
      [{ kind: 'remedy', remedy: 'route-out', change: '' }, undefined],
      [{ kind: 'operator', choice: 'retry', change: '' }, undefined],
    ];
    for (const [move, expected] of moves) {
      expect(leavesFor({ move })).toBe(expected);
      expect(notElsewhere({ move }, [], snapshot())).toEqual(expected === undefined ? undefined : []);
    }
  });

  it('the move says why on route proof; a rung that nobody allowed is none', () => {
    const words = passedOverWords({ degraded: share });
    const given = snapshot({ rungs: [PRO, PRIORITY, BACKUP] });
    expect(elsewhere(FIRST, given, 1, words)).toMatchObject({
      move: { remedy: 'tier', change: expect.stringContaining('degraded: 31 % of 200 calls') },
      why: expect.stringMatching(/route proof.*the request allows gemini-3-pro-image \(priority\)/),
    });
    expect(elsewhere(FIRST, given, 2, words)).toBeUndefined();
    expect(elsewhere(FIRST, given, 7, words)).toBeUndefined();
    expect(passedOverWords({ breaker: '7 of 9 calls within a minute ended in capacity' })).toMatch(
      /breaker is open, route proof: 7 of 9 calls/,
    );
    expect(passedOverWords({ dayIsOver: '250 requests per day' })).toMatch(
      /route proof: 250 requests per day/,
    );
  });
});

describe('sharedScope', () => {
  it('a hold stops what its policy says; the request’s own troubles are shared with nobody', () => {
    expect(sharedScope('permission')).toBe('credential');
    expect(sharedScope('capacity')).toBe('route');
    const own: readonly (Branch | 'operator')[] = ['policy', 'safety-prompt', 'safety-image', 'operator'];
    for (const branch of own) expect(sharedScope(branch)).toBeUndefined();
  });
});

describe('lookDelay', () => {
  it('30 s doubling to 5 min, never more, a fifth less at most', () => {
    const of = (looks: number, random: number) => lookDelay({ looks, random, timeScale: 1 }) / 1_000;
    expect([0, 1, 2, 3, 4, 40].map((looks) => of(looks, 0))).toEqual([30, 60, 120, 240, 300, 300]);
    expect(of(4, 1)).toBe(240);
  });

  it('never under a second, however time is scaled', () => {
    expect(lookDelay({ looks: 0, random: 1, timeScale: 0.001 })).toBe(1_000);
  });
});
