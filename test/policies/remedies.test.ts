/** What each remedy of a proved branch changes, and what it needs before it does. */
import { describe, expect, it } from 'vitest';
import type { Attempt, FailedAttempt } from '../../src/domain/attempt.ts';
import type { Preparation } from '../../src/domain/preparation.ts';
import type { PolicySnapshot, Rung } from '../../src/domain/snapshot.ts';
import { nextStep } from '../../src/policies/next-step.ts';
import type { Step } from '../../src/policies/step.ts';
import { failed, FLASH, inARow, NOW, PRO, snapshot } from '../support/attempts.ts';

const text = { route: 'default', model: 'gemini-flash-latest', worstUsd: 0.08 };
const REWRITE: Preparation = {
  remedy: 'rewrite',
  ok: true,
  prompts: [{ prompt: { sha256: 'b'.repeat(64), bytes: 30 }, change: 'art-style' }],
  techniques: ['art-style'],
  record: 'c'.repeat(64),
};
const SIMPLER: Preparation = {
  remedy: 'simplify',
  ok: true,
  prompts: ['1', '2'].map((digit, i) => ({
    prompt: { sha256: digit.repeat(64), bytes: 20 - i },
    change: `keeps ${1 - i} of 2 requirements`,
  })),
  techniques: ['core-first'],
  record: 'd'.repeat(64),
};

function v2(given: Partial<PolicySnapshot> = {}): PolicySnapshot {
  return snapshot({ version: 2, text, ...given });
}

function after(
  trail: readonly Attempt[],
  given: PolicySnapshot,
  preparations: readonly Preparation[] = [],
): Step {
  const circumstances = { now: NOW, random: 0.5, preparations };
  return nextStep(trail.slice(0, -1), trail.at(-1) as Attempt, given, circumstances);
}

/** A text call stands in the trail and proves nothing of the path. */
function textCall(n: number, remedy: 'rewrite' | 'simplify'): Attempt {
  const { classification: _none, ...attempt } = failed('capacity', 'overloaded', { n });
  return { ...attempt, move: { kind: 'prepare', remedy } };
}

const withheld = inARow(2, failed('safety-image', 'image-safety'));
const blank = inARow(2, failed('no-image', 'blank'));

describe('rewrite', () => {
  const auto = v2({ permits: { rewrite: 'auto' } });

  it('one withheld image is no proof: retested, not rewritten', () => {
    expect(after(withheld.slice(0, 1), auto)).toMatchObject({ kind: 'call', move: { kind: 'retest' } });
  });

  it('at proof a text model is asked first, then its prompt is sent: one variable', () => {
    expect(after(withheld, auto)).toMatchObject({ kind: 'prepare', remedy: 'rewrite', delayMs: 0 });
    expect(after([...withheld, textCall(3, 'rewrite')], auto, [REWRITE])).toMatchObject({
      kind: 'call',
      variation: { rung: 0, prompt: { sha256: 'b'.repeat(64) } },
      move: { kind: 'remedy', remedy: 'rewrite', change: 'art-style' },
    });
  });

  it('a text call between two retests does not break the proof of the path', () => {
    const trail = [...withheld, textCall(3, 'rewrite')];
    const failure: Preparation = { remedy: 'rewrite', ok: false, why: 'the rewrite is unchanged' };
    expect(after(trail, auto, [failure])).toMatchObject({ kind: 'call', retest: 2, of: 2 });
  });

  it('is made once: a rewritten prompt that is withheld too is not rewritten again', () => {
    const rewritten = failed('safety-image', 'image-safety', {
      n: 4,
      move: { kind: 'remedy', remedy: 'rewrite', change: 'art-style' },
      variation: { rung: 0, prompt: { sha256: 'b'.repeat(64), bytes: 30 } },
      fingerprint: 'rewritten',
    });
    const step = after([...withheld, textCall(3, 'rewrite'), rewritten], auto, [REWRITE]);
    expect(step).toMatchObject({ kind: 'call', move: { kind: 'retest' } });
  });

  it.each(['unchanged', 'empty', 'refused', 'over-long'])(
    'an answer that is %s is not tried again',
    (why) => {
      const step = after([...withheld, textCall(3, 'rewrite')], auto, [
        { remedy: 'rewrite', ok: false, why },
      ]);
      expect(step).not.toMatchObject({ kind: 'prepare' });
    },
  );

  it('a provider in the way is tried once more, after a while', () => {
    const failure: Preparation = { remedy: 'rewrite', ok: false, why: 'capacity/overloaded', again: true };
    const trail = [...withheld, textCall(3, 'rewrite')];
    const second = after(trail, auto, [failure]);
    expect(second).toMatchObject({ kind: 'prepare', remedy: 'rewrite' });
    expect(second.kind === 'prepare' && second.delayMs).toBeGreaterThanOrEqual(24_000);
    expect(after([...trail, textCall(4, 'rewrite')], auto, [failure, failure])).not.toMatchObject({
      kind: 'prepare',
    });
  });

  it('is not begun where no image call could follow it', () => {
    expect(after(withheld, v2({ permits: { rewrite: 'auto' }, maxAttempts: 3 }))).not.toMatchObject({
      kind: 'prepare',
    });
    const paid = inARow(2, failed('safety-image', 'image-safety', { billed: 'yes' }));
    expect(after(paid, v2({ permits: { rewrite: 'auto' }, maxPaidCalls: 3 }))).not.toMatchObject({
      kind: 'prepare',
    });
  });

  it('counts its text call into maxCostUsd: what does not fit is passed over for what does', () => {
    const capped = (maxCostUsd: number) => v2({ permits: { rewrite: 'auto' }, maxCostUsd });
    expect(after(withheld, capped(0.5))).toMatchObject({ kind: 'prepare', remedy: 'rewrite' });
    expect(after(withheld, capped(0.45))).toMatchObject({ kind: 'call', move: { kind: 'retest' } });
    expect(after(withheld, capped(0.3))).toMatchObject({ kind: 'end', cause: 'cost-spent' });
  });

  it('I14: a text model that reads the prompt as prohibited ends the generation', () => {
    const verdict: FailedAttempt = {
      ...failed('policy', 'prohibited-content', { n: 3 }),
      move: { kind: 'prepare', remedy: 'rewrite' },
    };
    const all = v2({ permits: { rewrite: 'auto', ask: true, simplify: true }, rungs: [PRO, ROUTE_OUT] });
    expect(after([...withheld, verdict], all)).toMatchObject({
      kind: 'end',
      cause: 'stop-branch',
      classification: { branch: 'policy' },
    });
  });
});

const ROUTE_OUT: Rung = { ...PRO, route: 'backup', kind: 'route-out' };

describe('simplify', () => {
  const allowed = v2({ permits: { simplify: true } });

  it('sends the simpler prompts in their order, and then no more', () => {
    expect(after(blank, allowed)).toMatchObject({ kind: 'prepare', remedy: 'simplify' });
    const first = [...blank, textCall(3, 'simplify')];
    expect(after(first, allowed, [SIMPLER])).toMatchObject({
      variation: { prompt: { sha256: '1'.repeat(64) } },
      move: { remedy: 'simplify', change: 'keeps 1 of 2 requirements' },
    });
    const simpler = (n: number, digit: string): FailedAttempt =>
      failed('no-image', 'blank', {
        n,
        move: { kind: 'remedy', remedy: 'simplify', change: '' },
        variation: { rung: 0, prompt: { sha256: digit.repeat(64), bytes: 20 } },
        fingerprint: `simpler ${digit}`,
        billed: 'no',
      });
    const second = [...first, simpler(4, '1')];
    expect(after(second, allowed, [SIMPLER])).toMatchObject({
      variation: { prompt: { sha256: '2'.repeat(64) } },
    });
    expect(after([...second, simpler(5, '2')], allowed, [SIMPLER])).toMatchObject({ kind: 'end' });
  });
});

describe('a prompt that a person changed', () => {
  it('may be simplified anew, and no text call is paid that nothing could follow', () => {
    const simpler = failed('no-image', 'blank', {
      n: 4,
      move: { kind: 'remedy', remedy: 'simplify', change: '' },
      variation: { rung: 0, prompt: { sha256: '1'.repeat(64), bytes: 20 } },
      fingerprint: 'simpler',
      billed: 'no',
    });
    const changed = (n: number): FailedAttempt =>
      failed('no-image', 'blank', {
        n,
        move: { kind: 'operator', choice: 'change', change: 'prompt' },
        fingerprint: 'changed',
        billed: 'no',
      });
    const trail = [...blank, textCall(3, 'simplify'), simpler, changed(5)];
    const allowed = v2({ permits: { simplify: true } });
    expect(after(trail, allowed, [])).toMatchObject({ kind: 'prepare', remedy: 'simplify' });
    expect(after([...trail, textCall(6, 'simplify')], allowed, [SIMPLER])).toMatchObject({
      kind: 'call',
      move: { remedy: 'simplify', change: 'keeps 1 of 2 requirements' },
    });
  });
});

describe('safety settings, inputs and files', () => {
  it('safety-prompt: the looser settings that the caller gave are tried once', () => {
    const allowed = v2({ permits: { looserSafety: true } });
    const blocked = failed('safety-prompt', 'safety');
    expect(after([blocked], allowed)).toMatchObject({
      variation: { safety: 'looser' },
      move: { remedy: 'safety-settings' },
    });
    const looser = failed('safety-prompt', 'safety', {
      n: 2,
      variation: { rung: 0, safety: 'looser' },
      move: { kind: 'remedy', remedy: 'safety-settings', change: '' },
    });
    expect(after([blocked, looser], allowed)).toMatchObject({ kind: 'end', cause: 'stop-branch' });
  });

  it('tier not allowed for the account: another model, else back to where it was, after that wait', () => {
    const PRIORITY: Rung = { ...PRO, kind: 'tier', tier: 'priority' };
    const busy = inARow(2, failed('capacity', 'overloaded'));
    const refused = failed('model-gone', 'tier-not-allowed', {
      n: 3,
      variation: { rung: 1 },
      move: { kind: 'remedy', remedy: 'tier', change: '' },
    });
    expect(after([...busy, refused], v2({ rungs: [PRO, PRIORITY, FLASH] }))).toMatchObject({
      variation: { rung: 2 },
      move: { remedy: 'fallback' },
    });
    const step = after([...busy, refused], v2({ rungs: [PRO, PRIORITY] }));
    expect(step).toMatchObject({
      variation: { rung: 0 },
      move: { remedy: 'standard-tier', change: 'priority → standard' },
    });
    expect(step).toHaveProperty('delayMs', expect.closeTo(30_000, -4));
    // There it is not refused the tier once more.
    const again = failed('capacity', 'overloaded', {
      n: 4,
      move: { kind: 'remedy', remedy: 'standard-tier', change: '' },
    });
    expect(after([...busy, refused, again], v2({ rungs: [PRO, PRIORITY] }))).toMatchObject({
      variation: { rung: 0 },
      move: { kind: 'retest' },
    });
  });

  it('timeout: smaller inputs are readied, then sent', () => {
    const slow = inARow(2, failed('timeout', 'server-deadline'));
    const allowed = v2({ permits: { smallerInputs: true } });
    expect(after(slow, allowed)).toMatchObject({ kind: 'prepare', remedy: 'smaller-inputs' });
    const smaller: Preparation = { remedy: 'smaller-inputs', ok: true, inputs: [], change: '9 → 2 MiB' };
    expect(after(slow, allowed, [smaller])).toMatchObject({
      variation: { inputs: 'smaller' },
      move: { remedy: 'smaller-inputs', change: '9 → 2 MiB' },
    });
    const failure: Preparation = { remedy: 'smaller-inputs', ok: false, why: 'small already' };
    expect(after(slow, allowed, [failure])).toMatchObject({ kind: 'end' });
  });

  it('file: what was uploaded is uploaded again once, on the same path', () => {
    const uploads = v2({ rungs: [{ ...PRO, upload: true }] });
    const gone = failed('file', 'expired');
    const step = after([gone], uploads);
    expect(step).toMatchObject({ variation: gone.variation, move: { remedy: 're-upload' } });
    const again = failed('file', 'expired', {
      n: 2,
      move: { kind: 'remedy', remedy: 're-upload', change: '' },
    });
    expect(after([gone, again], uploads)).toMatchObject({ kind: 'end', cause: 'stop-branch' });
    expect(after([gone], v2())).toMatchObject({ kind: 'end', cause: 'stop-branch' });
  });

  it('quota-storage: stale files of ours are deleted, then one retest', () => {
    const full = failed('quota-storage', 'file-storage');
    expect(after([full], v2())).toMatchObject({ kind: 'prepare', remedy: 'delete-files' });
    const freed: Preparation = { remedy: 'delete-files', ok: true, change: '3 expired files' };
    expect(after([full], v2(), [freed])).toMatchObject({ kind: 'call', move: { remedy: 'delete-files' } });
    const nothing: Preparation = { remedy: 'delete-files', ok: false, why: 'no file of ours is expired' };
    expect(after([full], v2(), [nothing])).toMatchObject({ kind: 'end' });
  });
});
