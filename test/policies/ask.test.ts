/** When a person is asked, what they are offered, and that nothing leaves without their word (I4, I12, I14). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AskOption } from '../../src/domain/ask.ts';
import type { Attempt, FailedAttempt } from '../../src/domain/attempt.ts';
import type { Branch } from '../../src/domain/branch.ts';
import { BRANCHES } from '../../src/domain/branch.ts';
import { REASONS } from '../../src/domain/reason.ts';
import type { PolicySnapshot, Rung } from '../../src/domain/snapshot.ts';
import { decided } from '../../src/policies/decided.ts';
import { nextStep } from '../../src/policies/next-step.ts';
import type { Step } from '../../src/policies/step.ts';
import { failed, FLASH, inARow, NOW, PRO, snapshot } from '../support/attempts.ts';

const BACKUP: Rung = { ...PRO, route: 'backup', kind: 'route-out' };
const PRIORITY: Rung = { ...PRO, tier: 'priority', kind: 'tier' };

function asking(given: Partial<PolicySnapshot> = {}): PolicySnapshot {
  return snapshot({ version: 2, permits: { ask: true }, rungs: [PRO, BACKUP], ...given });
}

function after(trail: readonly Attempt[], given = asking(), rejected: readonly Branch[] = []): Step {
  const circumstances = { now: NOW, random: 0.5, rejected };
  return nextStep(trail.slice(0, -1), trail.at(-1) as Attempt, given, circumstances);
}

function choices(step: Step): readonly string[] {
  const ask = step.kind === 'ask' ? step.ask : step.kind === 'call' ? step.ask : undefined;
  return (ask?.options ?? []).map(({ choice }) => choice);
}

const overloaded = failed('capacity', 'overloaded');

describe('what is offered', () => {
  it('capacity: one failure proves nothing: retry and change, no route-out', () => {
    expect(choices(after([overloaded]))).toEqual(['retry', 'change']);
  });

  it('capacity: at proof the route-out may be approved while the retests go on', () => {
    const step = after(inARow(2, overloaded));
    expect(step).toMatchObject({ kind: 'call', move: { kind: 'retest' } });
    expect(choices(step)).toEqual(['route-out', 'retry', 'change', 'reject']);
  });

  it('a rejected route-out is not offered again for that branch', () => {
    expect(choices(after(inARow(2, overloaded), asking(), ['capacity']))).toEqual(['retry', 'change']);
  });

  it('permission: nothing goes on by itself; the hold says what it stops', () => {
    const step = after([failed('permission', 'key-leaked')]);
    expect(step).toMatchObject({ kind: 'ask', ask: { hold: 'credential' }, end: { cause: 'stop-branch' } });
    expect(choices(step)).toEqual(['route-out', 'retry', 'change', 'reject']);
  });

  it('I13: after a second possibly billed call only a person repeats it', () => {
    const step = after(inARow(2, failed('network', 'reset', { billed: 'possible' })));
    expect(step).toMatchObject({ kind: 'ask', end: { cause: 'no-remedy' } });
    expect(choices(step)).toContain('retry');
  });

  it('routeOut never: nobody is asked, the generation ends', () => {
    const never = asking({ permits: {} });
    expect(after([failed('permission', 'key-leaked')], never)).toMatchObject({ kind: 'end' });
  });

  it('a wait past the deadline is refused now, unless it could go elsewhere', () => {
    const late = failed('quota-day', 'rpd', { resetAt: NOW + 20 * 3_600_000 });
    const soon = { deadlineAt: NOW + 3_600_000 };
    expect(after([late], asking(soon))).toMatchObject({ kind: 'ask', end: { cause: 'deadline' } });
    expect(after([late], asking({ ...soon, rungs: [PRO] }))).toMatchObject({
      kind: 'end',
      cause: 'deadline',
    });
  });

  it('what would pass maxCostUsd or maxPaidCalls is not offered', () => {
    const dear = asking({ rungs: [PRO, { ...BACKUP, worstUsd: [9] }], maxCostUsd: 1 });
    expect(choices(after(inARow(2, overloaded), dear))).toEqual(['retry', 'change']);
  });

  it('rewrite: ask offers the rewritten prompt, also where the branch has no operator', () => {
    const ready = {
      remedy: 'rewrite',
      ok: true,
      prompts: [{ prompt: { sha256: 'b'.repeat(64), bytes: 9 }, change: 'art-style' }],
      techniques: ['art-style'],
      record: 'c'.repeat(64),
    } as const;
    const given = asking({
      permits: { rewrite: 'ask' },
      text: { route: 'default', model: 'text', worstUsd: 0.1 },
    });
    const circumstances = { now: NOW, random: 0.5, preparations: [ready] };
    const step = nextStep([], failed('safety-prompt', 'safety'), given, circumstances);
    expect(step).toMatchObject({ kind: 'ask' });
    expect(choices(step)).toEqual(['rewrite', 'reject']);
  });
});

describe('what a decision comes to', () => {
  const proved = inARow(2, overloaded);
  const last = proved.at(-1) as FailedAttempt;
  const said = { by: 'ann', why: 'the backup is idle', evidence: last.fingerprint };

  function decide(choice: AskOption['choice'], given: object = {}) {
    const step = after(proved);
    const ask = step.kind === 'call' ? step.ask : undefined;
    if (ask === undefined) throw new Error('nothing is asked');
    return decided({ choice, ...said, ...given }, ask, last, asking());
  }

  it('route-out: one call on that rung, recorded as one', () => {
    expect(decide('route-out')).toMatchObject({
      variation: { rung: 1 },
      move: { kind: 'remedy', remedy: 'route-out', change: 'default → backup: gemini-3-pro-image' },
    });
  });

  it('retry: the same variation, recorded as a person’s', () => {
    expect(decide('retry')).toMatchObject({ variation: last.variation, move: { kind: 'operator' } });
  });

  it('change: names the field; reject: no call', () => {
    const change = { field: 'size', value: '1K' };
    expect(decide('change', { change })).toMatchObject({ move: { choice: 'change', change: 'size' } });
    expect(decide('reject')).toBeUndefined();
  });
});

describe('laws over any course', () => {
  const anyFailure = fc.constantFrom(...BRANCHES).chain((branch: Branch) =>
    fc.record({
      branch: fc.constant(branch),
      reason: fc.constantFrom(...Object.keys(REASONS[branch])),
      billed: fc.constantFrom('no' as const, 'possible' as const, 'yes' as const),
    }),
  );
  const permits = {
    ask: true,
    rewrite: 'auto',
    simplify: true,
    looserSafety: true,
    smallerInputs: true,
  } as const;
  const given = asking({
    permits,
    text: { route: 'default', model: 'text', worstUsd: 0.1 },
    rungs: [PRO, PRIORITY, FLASH, BACKUP],
    maxAttempts: 30,
    maxPaidCalls: 30,
  });

  it('I4: no course of failures reaches a route-out by itself; a person’s word is the only way', () => {
    fc.assert(
      fc.property(
        fc.array(anyFailure, { minLength: 20, maxLength: 20 }),
        fc.double({ max: 0.999, min: 0, noNaN: true }),
        (failures, random) => {
          const trail: Attempt[] = [];
          let variation: Attempt['variation'] = { rung: 0 };
          let move: Attempt['move'] = { kind: 'first' };
          for (const { branch, reason, billed } of failures) {
            const attempt = failed(branch, reason as never, { n: trail.length + 1, move, variation, billed });
            trail.push(attempt);
            const step = nextStep(trail.slice(0, -1), attempt, given, { now: NOW, random });
            if (step.kind !== 'call') return true;
            if (given.rungs[step.variation.rung]?.kind === 'route-out') return false;
            ({ variation, move } = step);
          }
          return true;
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('I14: after a policy verdict there is neither a call nor a question, whatever came before', () => {
    fc.assert(
      fc.property(
        fc.array(anyFailure, { maxLength: 8 }),
        fc.constantFrom(...Object.keys(REASONS.policy)),
        (failures, reason) => {
          const before = failures.map(({ branch, reason: why, billed }, i) =>
            failed(branch, why as never, { n: i + 1, billed }),
          );
          const verdict = failed('policy', reason as never, { n: before.length + 1 });
          return nextStep(before, verdict, given, { now: NOW, random: 0.5 }).kind === 'end';
        },
      ),
    );
  });

  it('a route-out is offered at proof only, and never for what goes back to the caller', () => {
    fc.assert(
      fc.property(anyFailure, fc.integer({ min: 1, max: 6 }), ({ branch, reason, billed }, count) => {
        const step = after(inARow(count, failed(branch, reason as never, { billed })), given);
        const needed = given.policies[branch]?.proof ?? 1;
        return !choices(step).includes('route-out') || count >= needed;
      }),
    );
  });
});
