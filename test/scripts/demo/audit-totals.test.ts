/** The counts of what text models and people did. */
import { expect, it } from 'vitest';
import type { GenerationReading } from '../../../scripts/demo/audit-generation.ts';
import { totalsOf } from '../../../scripts/demo/audit-totals.ts';
import type { AuditedGeneration } from '../../../scripts/demo/audited-generation.ts';
import type { Choice } from '../../../src/domain/ask.ts';
import type { DecisionRecord } from '../../../src/domain/decision.ts';
import { failed } from '../../support/attempts.ts';

const blank = failed('no-image', 'blank');
const words = { ...blank, n: 2, move: { kind: 'prepare', remedy: 'rewrite' } as const };

function reading(given: Partial<AuditedGeneration> = {}, more: Partial<GenerationReading> = {}) {
  const seen: AuditedGeneration = {
    id: 'gemini-image/1',
    standing: 'done',
    attempts: [],
    images: [],
    cost: { sureUsd: 0, possibleUsd: 0 },
    startedAt: 0,
    tookMs: 0,
    waitedMs: 0,
    events: 12,
    calls: 0,
    paid: 0,
    decisions: [],
    revivals: [],
    ...given,
  };
  return { seen, lost: [], paidTwice: [], unaccounted: [], imagesRead: 0, maxPayloadBytes: 0, ...more };
}

function decision(choice: Choice, outcome: DecisionRecord['outcome']): DecisionRecord {
  return { at: 0, via: 'signal', choice, outcome, answer: '' };
}

it('an approval that was stale or refused is none; one generation counts once', () => {
  const { approved } = totalsOf([
    reading({ decisions: [decision('route-out', 'stale')] }),
    reading({ decisions: [decision('route-out', 'refused')] }),
    reading({ decisions: [decision('retry', 'taken')] }),
    reading({ decisions: [decision('route-out', 'taken'), decision('rewrite', 'taken')] }),
    reading({ decisions: [decision('rewrite', 'taken')] }),
  ]);
  expect(approved).toBe(2);
});

it('rejected are those that a person ended, not those in which one said no and it went on', () => {
  const { classification } = blank;
  const failure = { id: '', classification, why: '', cost: { sureUsd: 0, possibleUsd: 0 }, trail: [] };
  const decisions = [decision('reject', 'taken')];
  const { rejected, dead } = totalsOf([
    reading({ decisions, standing: 'dead', failure: { ...failure, cause: 'rejected' } }),
    reading({ decisions }),
    reading({ standing: 'dead', failure: { ...failure, cause: 'deadline' } }),
  ]);
  expect([rejected, dead]).toEqual([1, 2]);
});

it('rewritten are those that a rewrite delivered; a simplification is not one', () => {
  const change = { change: '', techniques: [], record: '', prompt: '' };
  const { rewritten } = totalsOf([
    reading({ promptChange: { ...change, remedy: 'rewrite' } }),
    reading({ promptChange: { ...change, remedy: 'simplify' } }),
    reading({ standing: 'dead' }),
  ]);
  expect(rewritten).toBe(1);
});

it('revived are generations, however often each was brought back', () => {
  const revival = { of: 'run', by: 'ann', why: '', attempts: 1, requestDigest: '' };
  expect(totalsOf([reading({ revivals: [revival, revival] }), reading()]).revived).toBe(1);
});

it('a text call that answered is words, not an image delivered', () => {
  const { classification: _, ...answered } = words;
  const { classification: __, ...image } = { ...blank, n: 3 };
  const { byBranch } = totalsOf([reading({ attempts: [blank, answered, image] })]);
  expect(byBranch).toEqual({ 'no-image': 1, words: 1, success: 1 });
});

it('each thing found counts, also of a generation that Temporal does not know', () => {
  const { seen: _, ...unknown } = reading({}, { lost: ['a', 'b'], maxPayloadBytes: 7 });
  const totals = totalsOf([unknown, reading({}, { paidTwice: ['c'], unaccounted: ['d'] })]);
  expect(totals).toMatchObject({ generations: 1, lost: 2, paidTwice: 1, unaccounted: 1, maxPayloadBytes: 7 });
});
