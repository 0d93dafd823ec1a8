/** Whatever is sent is answered: taken, stale, refused or junk (I12). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ask } from '../../src/domain/ask.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { judge } from '../../src/domain/judgement.ts';
import { CHANGEABLE_FIELDS, readChange, readChoice, readDecision } from '../../src/domain/decision.ts';

const EVIDENCE = 'e'.repeat(64);
const ASK: Ask = {
  branch: 'capacity',
  reason: 'overloaded',
  why: 'capacity is proved',
  proof: 2,
  of: 2,
  evidence: EVIDENCE,
  options: [
    { choice: 'route-out', route: 'backup', rung: 1, model: 'm', worstUsd: 0.4 },
    { choice: 'retry', worstUsd: 0.4 },
    { choice: 'change' },
  ],
  expiresAt: 1_000,
};
const said = { by: 'ann', why: 'the backup is idle', evidence: EVIDENCE };
const now = 500;

function answerTo(payload: unknown, ask: Ask | null = ASK, taken?: Decision): string {
  const { outcome, answer } = judge(readDecision('route-out', payload), {
    ask: ask ?? undefined,
    taken,
    now,
  });
  return `${outcome}: ${answer}`;
}

describe('a decision is taken', () => {
  it('with who, why and the evidence it was made on', () => {
    expect(answerTo(said)).toBe('taken: taken: route out to backup');
  });

  it('when the evidence is pasted short, as the command line shows it', () => {
    expect(answerTo({ ...said, evidence: EVIDENCE.slice(0, 12) })).toMatch(/^taken/);
  });
});

describe('a decision is not taken', () => {
  it.each([
    ['nothing', undefined],
    ['a number', 7],
    ['a list', [said]],
    ['a text', '{"by":"ann"}'],
    ['no name', { ...said, by: ' ' }],
    ['no reason', { ...said, why: undefined }],
    ['no evidence', { ...said, evidence: undefined }],
    ['too little evidence', { ...said, evidence: 'eeee' }],
    ['evidence that is none', { ...said, evidence: 'the picture' }],
    ['a novel as its reason', { ...said, why: 'x'.repeat(501) }],
  ])('%s is junk, and says what to give', (_, payload) => {
    expect(answerTo(payload)).toMatch(/^junk: .*give/);
  });

  it('on evidence that has changed since: stale, with the new evidence', () => {
    expect(answerTo({ ...said, evidence: 'a'.repeat(64) })).toMatch(
      new RegExp(`^stale: .*capacity.*${EVIDENCE}`),
    );
  });

  it('twice: the second is told who decided', () => {
    expect(answerTo(said, ASK, { choice: 'route-out', ...said })).toBe(
      'refused: ann has decided already: route-out',
    );
  });

  it('while nothing is asked, after the time to decide, for a route that is not offered', () => {
    expect(answerTo(said, null)).toBe('refused: nothing is asked at the moment');
    expect(answerTo(said, { ...ASK, expiresAt: now })).toMatch(/^refused: the time to decide ended/);
    expect(answerTo({ ...said, route: 'other' })).toBe(
      'refused: route: other is not offered; these are: backup',
    );
  });

  it('without a route, where there are two to choose from', () => {
    const [first, ...rest] = ASK.options;
    const two = [first, { ...first, route: 'third' }, ...rest] as Ask['options'];
    expect(answerTo(said, { ...ASK, options: two })).toBe('refused: route: give one of backup, third');
  });
});

describe('a change', () => {
  it('is exactly one field: two are refused, one variable at a time', () => {
    expect(readChange({ size: '1K' })).toEqual({ field: 'size', value: '1K' });
    expect(JSON.stringify(readChange({ size: '1K', model: 'x' }))).toContain('one variable at a time');
  });

  it.each([
    {},
    null,
    'size=1K',
    { size: null },
    { tenant: 'x' },
    { allow: 'available' },
    { prompt: 'x'.repeat(9_000) },
  ])('%j is junk', (change) => {
    expect(readChange(change)).toHaveProperty('junk');
  });

  it('reaches no field that is the caller’s alone', () => {
    for (const field of ['allow', 'routeOut', 'tenant', 'tags', 'inputs', 'hidePrompt', 'urgency'])
      expect(CHANGEABLE_FIELDS).not.toContain(field);
  });
});

it('total: whatever is sent, as a signal or an update, there is an answer in words', () => {
  fc.assert(
    fc.property(
      fc.anything(),
      fc.constantFrom('route-out', 'change', 'retry', 'reject', 'rewrite'),
      (payload, choice) => {
        const decisions = [readDecision(choice, payload), readChoice(payload)];
        return decisions.every(
          (decision) => judge(decision, { ask: ASK, taken: undefined, now }).answer.length > 0,
        );
      },
    ),
  );
});
