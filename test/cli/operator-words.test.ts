/** What operators read: tables that fit, stuck ones by their cause, differences, and lines to paste. */
import { describe, expect, test } from 'vitest';
import { diffLines, promptLines } from '../../src/cli/diff-words.ts';
import { asOption, fieldChange } from '../../src/cli/field-option.ts';
import { listTable, stuckGroups } from '../../src/cli/list-words.ts';
import { offersOf } from '../../src/cli/offers.ts';
import { phaseLine } from '../../src/cli/phase-words.ts';
import { questionLines } from '../../src/cli/question-words.ts';
import { deadCauseLines } from '../../src/cli/dead-causes-words.ts';
import type { DeadCause } from '../../src/client/dead-causes.ts';
import type { Listed } from '../../src/client/listed.ts';
import type { PromptRecord } from '../../src/domain/preparation.ts';
import { InvalidRequest } from '../../src/schema/request.ts';

const NOW = new Date(2026, 10, 21, 14, 5).getTime();
const HOUR = 3_600_000;
const ID = 'gemini-image/6f0c8a1e-0000-4000-8000-000000000000';
const EVIDENCE = '0123456789abcdef'.repeat(4);

const held: Listed = {
  id: ID,
  runId: 'run',
  status: 'running',
  startedAt: new Date(NOW - 3 * HOUR).toISOString(),
  phase: 'held',
  why: 'permission/key-leaked: a person must fix the cause',
  since: NOW - 2 * HOUR,
  branch: 'permission',
  reason: 'key-leaked',
  evidence: EVIDENCE,
  choices: ['route-out backup', 'retry'],
};

describe('lists', () => {
  test('a table of 100 columns, with ids whole', () => {
    const longest = {
      ...held,
      phase: 'awaiting-operator',
      branch: 'gateway-fault',
      reason: 'bad-gateway',
    } as const;
    const plain: Listed = {
      id: ID,
      runId: 'run',
      status: 'running',
      startedAt: new Date(NOW).toISOString(),
      why: '',
    };
    const lines = listTable([longest, plain], NOW);
    expect(lines).toEqual([
      'phase              verdict               since     id',
      `awaiting-operator  gateway-fault/bad-g…  2.0 h     ${ID}`,
      `running            –                     0 s       ${ID}`,
    ]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(listTable([], NOW)).toEqual([]);
    const { phase: _none, ...silent } = plain;
    expect(listTable([{ ...silent, status: 'completed' }], NOW)[1]).toMatch(/^done /);
    expect(listTable([{ ...silent, status: 'failed' }], NOW)[1]).toMatch(/^dead /);
  });

  test('stuck ones by cause, the longest first, each group with what may be decided', () => {
    const quiet: Listed = {
      ...{ id: 'quiet', runId: 'run', status: 'running', why: 'no worker has reported on it' },
      startedAt: new Date(NOW - 30 * HOUR).toISOString(),
    };
    const lines = stuckGroups(
      [held, quiet, { ...held, id: 'other', since: NOW - HOUR }],
      NOW,
      (id) => `show ${id}`,
    );
    expect(lines).toEqual([
      '1 × no worker has reported on it since 2026-11-20 08:05',
      '  no worker has reported on it',
      '  30.0 h    quiet',
      '  $ show quiet',
      '',
      '2 × permission/key-leaked, held since 12:05',
      '  permission/key-leaked: a person must fix the cause',
      '  may be decided: route-out backup, retry',
      `  2.0 h     ${ID}`,
      '  60 min    other',
      `  $ show ${ID}`,
      '',
    ]);
  });
});

describe('a question', () => {
  test('as the memo knows it: command lines that wait for a worker', () => {
    const ask = {
      evidence: EVIDENCE,
      choices: ['route-out the other', 'rewrite', 'retry', 'change', 'reject'],
    };
    const offers = offersOf("it's", ask, ['--store', '/a b']);
    expect(offers.map(({ command }) => command.replace(/^.*gemini-images -- /, ''))).toEqual(
      [
        `approve 'it'\\''s' --route 'the other'`,
        `approve 'it'\\''s' --rewrite`,
        `retry 'it'\\''s'`,
        `retry 'it'\\''s' --change size=1K`,
        `reject 'it'\\''s'`,
      ].map((line) => `${line} --evidence 0123456789abcdef --why '…' --later --store '/a b'`),
    );
    expect(JSON.parse(offers[0]?.json ?? '')).toEqual({
      by: '…',
      why: '…',
      route: 'the other',
      evidence: EVIDENCE,
    });
    expect(offers.map(({ signal }) => signal)).toEqual([
      'approveRouteOut',
      'approveRewrite',
      'retryNow',
      'changeRequest',
      'rejectRouteOut',
    ]);
    expect(questionLines({ ask, offers }, NOW)[0]).toContain('as the memo knows it');
  });

  test('a phase that waits for a person says until when to decide', () => {
    const facts = { phase: 'awaiting-operator', why: 'capacity', until: NOW + 60_000 };
    expect(phaseLine(facts, NOW)).toBe('awaiting-operator: capacity; decide until 14:06:00 (60 s)');
    expect(phaseLine({ phase: 'rewriting', why: 'safety-image is proved' }, NOW)).toBe(
      'rewriting: safety-image is proved',
    );
  });
});

describe('a route-out to another provider', () => {
  test('says what is lost there before anybody approves it', () => {
    const changes = ['another provider', '4K becomes 1K'];
    const [offer] = offersOf(
      'fox',
      {
        evidence: 'e'.repeat(64),
        choices: ['route-out other'],
        options: [
          { choice: 'route-out', route: 'other', rung: 1, model: 'gpt-image-1', worstUsd: 0.17, changes },
        ],
      },
      [],
    );
    expect(offer?.words).toBe(
      'leave to route other, gpt-image-1, at most 0.170 USD; another provider; 4K becomes 1K',
    );
  });
});

describe('a changed prompt', () => {
  const stayed = 'x'.repeat(300);
  const diff = [
    { value: `${stayed} ` },
    { value: 'Mickey', removed: true },
    { value: 'a mouse', added: true },
  ] as const;
  const record: PromptRecord = {
    remedy: 'simplify',
    model: 'm',
    techniques: ['core-first'],
    original: 'o',
    prompts: [{ sha256: 'p', text: 't', change: 'keeps 1 of 2 requirements', diff }],
    requirements: ['red', 'in snow'],
    keeps: [1],
  };

  test('what stayed is shown near what changed, and what was left out is named', () => {
    const lines = promptLines({ kind: 'read', record }, 'r', 'p');
    expect(lines.at(-1)).toBe('left out: in snow');
    expect(lines.slice(0, -1).join(' ')).toBe(` … ${'x'.repeat(79)} [-Mickey-]{+a mouse+}`.trim());
  });

  test('lines are no longer than a screen is wide', () => {
    const words = Array.from({ length: 80 }, (_, i) => `word${i}`).join(' ');
    for (const line of diffLines([{ value: words, added: true }]))
      expect(line.length).toBeLessThanOrEqual(96);
  });

  test.each(['hidden', 'missing'] as const)('%s texts are not shown, only where they lie', (kind) => {
    expect(promptLines({ kind }, EVIDENCE).join('')).toContain(EVIDENCE);
  });
});

describe('--change', () => {
  test.each([
    ['size=512', { size: '512' }],
    ['size="1K"', { size: '1K' }],
    ['seed=7', { seed: 7 }],
    ['prompt=42', { prompt: '42' }],
    ['prompt=a = b', { prompt: 'a = b' }],
    ['modalities=["IMAGE"]', { modalities: ['IMAGE'] }],
    ['thinking={"level":"low"}', { thinking: { level: 'low' } }],
    ['urgency=batch', { urgency: 'batch' }],
  ])('%s', (text, change) => expect(fieldChange(text)).toEqual(change));

  test.each(['size', '=1K', ''])('%j is refused', (text) =>
    expect(() => fieldChange(text)).toThrow('Write field=value'),
  );

  test('what the schema says of a value is said of the option', () => {
    const problem = {
      reason: 'size',
      field: 'size',
      value: '"3K"',
      allowed: '1K',
      message: 'must be 1K',
    } as const;
    const error = new InvalidRequest([problem]);
    expect(asOption(error, { size: '1K' })).toMatchObject({
      name: 'UsageError',
      message: '--change: size must be 1K (given: "3K")',
    });
    expect(asOption(error, { seed: 1 })).toBe(error);
    expect(asOption(error, undefined)).toBe(error);
  });
});

describe('dead letters by their cause', () => {
  const cause: DeadCause = {
    ...{ name: 'capacity/overloaded', branch: 'capacity', reason: 'overloaded', count: 200, unread: 2_812 },
    ...{
      newest: NOW - 120_000,
      oldest: NOW - 3 * HOUR,
      cost: { sureUsd: 1.5, possibleUsd: 0.402 },
      priced: 180,
    },
    ...{ why: 'the deadline\nwas over', examples: [{ ...held, id: 'dead-1' }] },
  };
  const listing = Object.assign([cause], { total: 3_012, lookedAt: 210, revived: 10 });
  const lines = deadCauseLines(listing, { now: NOW, server: ['--store', '/s'] });

  test('how many, what was not read, since when, at what cost, and the line that brings them back', () => {
    const text = lines.join('\n');
    expect(lines[0]).toBe('200 × capacity/overloaded, and as many of 2812 more that were not read');
    expect(text).toContain(
      '(2 min ago), the oldest 3.0 h ago; 1.500 USD sure, 0.402 USD more possible (180 of them tell it)',
    );
    expect(text).toContain('the deadline was over');
    expect(text).toMatch(/\$ .*revive --cause capacity\/overloaded --why '…' --store \/s/);
    expect(text).toMatch(/\$ .*show dead-1/);
    expect(lines.at(-1)).toBe('1 cause; 210 of 3012 dead letters looked at, 10 of them revived since');
  });

  test('a store that is away is said; a broken use policy comes back with another prompt only', () => {
    const policy = { ...cause, name: 'policy/prohibited-content', branch: 'policy' } as const;
    const others = Object.assign([policy], { total: 1, lookedAt: 1, revived: undefined });
    const text = deadCauseLines(others, { now: NOW, server: [] }).join('\n');
    expect(text).toMatch(/revive --cause policy\/prohibited-content --change/);
    expect(text).toContain('the store does not answer');
  });
});
