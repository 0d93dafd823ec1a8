/** What counts as paid twice, and what a call must have left behind: each law with a case that breaks it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { paidUnawares, unaccounted } from '../../../scripts/demo/audit-answers.ts';
import { callsByGeneration, isPaid } from '../../../scripts/demo/audit-calls.ts';
import { MemoryArtifactStore } from '../../../src/artifacts/memory-store.ts';
import type { Attempt } from '../../../src/domain/attempt.ts';
import type { LedgerEntry } from '../../../src/emulator/ledger.ts';
import { failed } from '../../support/attempts.ts';

const ID = 'gemini-image/1';
const START = Date.UTC(2026, 10, 21, 12);

function call(n: number, given: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    n,
    at: new Date(START + n * 1_000).toISOString(),
    method: 'generateContent',
    apiVersion: 'v1beta',
    endpoint: 'ai-studio',
    generation: { id: ID, n },
    headers: {},
    decision: 'image',
    billed: true,
    usd: 0.14,
    delivered: 'whole',
    ...given,
  };
}

/** Words: no image is billed, their tokens are. */
const words = (n: number) => call(n, { decision: 'text:rewrite', billed: false, usd: 0.0004 });
const blank = (n: number) => call(n, { decision: 'fault:blank', billed: false, usd: 0 });

/** Booked by the server `late` milliseconds after its call began. */
function booked(attempt: Attempt, late = 500) {
  return { attempt, bookedAt: START + attempt.n * 1_000 + late };
}

function textAttempt(n: number, billed: Attempt['billed']): Attempt {
  const { classification: _, ...attempt } = failed('no-image', 'text-only', { n, billed });
  return { ...attempt, move: { kind: 'prepare', remedy: 'rewrite' } };
}

describe('calls of the ledger', () => {
  it('text calls are calls; uploads and other file calls are not', () => {
    const calls = callsByGeneration([call(1), words(2), call(3, { method: 'files.upload', usd: 0 })]);
    expect(calls.get(ID)?.map(({ n }) => n)).toEqual([1, 2]);
  });

  it('words cost money without being billed as an image', () => {
    expect([call(1), words(2), blank(3)].map(isPaid)).toEqual([true, true, false]);
  });
});

describe('paid twice', () => {
  const blanks = [
    booked(failed('no-image', 'blank', { n: 1 })),
    booked(failed('no-image', 'blank', { n: 2 })),
  ];

  it('a text call that is booked before the image call is none', () => {
    const calls = [blank(1), words(2), call(3)];
    expect(paidUnawares(ID, calls, [...blanks, booked(textAttempt(2, 'yes'))])).toEqual([]);
  });

  it.each([
    ['not booked at all', []],
    ['booked as free', [booked(textAttempt(2, 'no'))]],
    ['booked after the next call began', [booked(textAttempt(2, 'yes'), 1_500)]],
  ])('a text call that is %s is one', (_, attempts) => {
    const found = paidUnawares(ID, [blank(1), words(2), call(3)], attempts);
    expect(found).toEqual([expect.stringContaining('call 2 (attempt 2)')]);
  });

  it('an image that is paid for and followed by a text call unawares is one', () => {
    expect(paidUnawares(ID, [call(1), words(2)], [])).toEqual([expect.stringContaining('call 1')]);
    const known = booked(failed('no-image', 'corrupt-image', { n: 1, billed: 'possible' }));
    expect(paidUnawares(ID, [call(1), words(2)], [known])).toEqual([]);
  });

  it('the last bill is the generation’s own', () => {
    expect(paidUnawares(ID, [blank(1), call(2)], [])).toEqual([]);
  });
});

describe('left out of the books', () => {
  let store: MemoryArtifactStore;
  let evidence: string;
  beforeEach(async () => {
    store = new MemoryArtifactStore();
    evidence = (await store.put(Buffer.from('{}'), 'application/json')).sha256;
    await store.createRecord(`attempts/${ID}/1/fence`, {});
  });
  const ask = (attempts: readonly Attempt[], calls = [words(1)]) =>
    unaccounted(
      store,
      ID,
      calls,
      attempts.map((attempt) => booked(attempt)),
    );

  it('a fenced call with attempt, evidence and its cost is in them', async () => {
    expect(await ask([{ ...textAttempt(1, 'yes'), evidence }])).toEqual([]);
  });

  it('a call without a fence', async () => {
    const found = await ask([{ ...textAttempt(2, 'yes'), evidence }], [words(2)]);
    expect(found).toEqual([expect.stringContaining('without a fence')]);
  });

  it('a call that no history knows', async () => {
    expect(await ask([])).toEqual([expect.stringContaining('in no history')]);
  });

  it('a call whose evidence is nowhere, or not in the store', async () => {
    const { evidence: _, ...bare } = textAttempt(1, 'yes');
    for (const attempt of [bare, { ...bare, evidence: 'f'.repeat(64) }]) {
      expect(await ask([attempt])).toEqual([expect.stringContaining('no evidence')]);
    }
  });

  it('words that cost money and are booked as free', async () => {
    const found = await ask([{ ...textAttempt(1, 'no'), evidence }]);
    expect(found).toEqual([expect.stringContaining('booked as free')]);
  });
});
