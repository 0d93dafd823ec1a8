/** The contact sheet's readable parts: how a prompt was changed, who decided what, the trail. */
import { describe, expect, it } from 'vitest';
import { decisionList } from '../../../scripts/demo/decision-list.ts';
import { promptChangeHtml, readableDiff } from '../../../scripts/demo/prompt-change.ts';
import { trailWords } from '../../../scripts/demo/story.ts';
import { MemoryArtifactStore } from '../../../src/artifacts/memory-store.ts';
import type { PromptRecord } from '../../../src/domain/preparation.ts';
import { failed } from '../../support/attempts.ts';

describe('a readable difference', () => {
  it('words changed in a row are first all gone, then all new', () => {
    const parts = readableDiff([
      { value: 'Darth', removed: true },
      { value: 'a', added: true },
      { value: ' ' },
      { value: 'Vader', removed: true },
      { value: 'dark knight', added: true },
      { value: ' in the rain' },
    ]);
    expect(parts).toEqual([
      { value: 'Darth Vader', removed: true },
      { value: ' ' },
      { value: 'a dark knight', added: true },
      { value: ' in the rain' },
    ]);
  });

  it('what stayed is kept around it, and the fault commands are left out', () => {
    const parts = readableDiff([
      { value: 'a cat' },
      { value: ', a sign [[fault:blank*always]]', removed: true },
      { value: ' at home [[fault:capacity]]' },
    ]);
    expect(parts.map(({ value }) => value.trim())).toEqual(['a cat', ', a sign', 'at home']);
  });

  it('nothing changed is nothing marked', () => {
    expect(readableDiff([{ value: 'a cat' }])).toEqual([{ value: 'a cat' }]);
    expect(readableDiff([])).toEqual([]);
  });
});

it('a simplification shows technique, difference and what blanked it, escaped', async () => {
  const store = new MemoryArtifactStore();
  const record: PromptRecord = {
    remedy: 'simplify',
    model: 'gemini-flash-latest',
    techniques: ['core-first'],
    original: 'a cat, a <sign>',
    core: 'a cat',
    requirements: ['a <sign>'],
    keeps: [0],
    prompts: [
      {
        sha256: 'p',
        text: 'a cat',
        change: 'keeps 0 of 1 requirements',
        diff: [{ value: 'a cat' }, { value: ', a <sign>', removed: true }],
      },
    ],
  };
  const { sha256 } = await store.put(Buffer.from(JSON.stringify(record)), 'application/json');
  const { techniques, remedy } = record;
  const change = 'keeps 0 of 1 requirements';
  const html = await promptChangeHtml(store, { remedy, change, techniques, record: sha256, prompt: 'p' });
  expect(html).toContain('<li>core-first</li>');
  expect(html).toContain('a cat<del>, a &lt;sign&gt;</del>');
  expect(html).toContain('What blanked it is here: a &lt;sign&gt;');
});

describe('people', () => {
  const evidence = 'a'.repeat(64);
  const said = { at: 0, via: 'signal', by: 'bob', why: '<now>', evidence } as const;

  it('each decision says who, what, why and on what; one not taken says the answer', () => {
    const answer = `it is now evidence ${'b'.repeat(64)}; look again`;
    const decisions = [
      { ...said, choice: 'route-out', outcome: 'stale', answer },
      { ...said, choice: 'route-out', outcome: 'taken', answer: 'taken', route: 'backup' },
    ] as const;
    const html = decisionList({ decisions, revivals: [] });
    expect(html).toContain('<b>bob</b> approves another route, backup: <q>&lt;now&gt;</q>');
    expect(html).toContain('on evidence aaaaaaaaaaaa<');
    expect(html).toContain('stale: it is now evidence bbbbbbbbbbbb; look again');
    expect(html).not.toContain('taken: taken');
  });

  it('a generation in which nobody had a say has no list', () => {
    expect(decisionList({ decisions: [], revivals: [] })).toBe('');
  });

  it('the trail tells a revival from a retest, and a rejection from an end', () => {
    const first = failed('invalid-request', 'argument');
    const { classification, ...image } = { ...first, n: 2, move: { kind: 'first' } as const };
    const revival = {
      of: 'run',
      by: 'ann',
      why: '',
      attempts: 1,
      requestDigest: '',
      changed: 'size',
    } as const;
    expect(trailWords({ attempts: [first, image], revivals: [revival] })).toBe(
      'invalid-request/argument → revived: another size → image',
    );
    const cost = { sureUsd: 0, possibleUsd: 0 };
    const failure = { id: '', classification, cause: 'rejected', why: '', cost, trail: [] } as const;
    expect(trailWords({ attempts: [first], revivals: [], failure })).toBe(
      'invalid-request/argument → rejected',
    );
  });
});
