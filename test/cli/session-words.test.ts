/** What `session` prints for people, and which of its options become what. */
import { describe, expect, test } from 'vitest';
import { oneLine } from '../../src/words/one-line.ts';
import { settingsOf, turnOf } from '../../src/cli/session/drafts.ts';
import { standings } from '../../src/words/session-history.ts';
import { settingsWords } from '../../src/words/session-settings.ts';
import type { SessionSight } from '../../src/client/session-sight.ts';
import { sessionTable } from '../../src/cli/session/list-words.ts';
import { sessionJson, sessionWords } from '../../src/cli/session/sight-words.ts';
import type { Description } from '../../src/client/describe.ts';
import type { ListedSession } from '../../src/client/sessions-list.ts';
import type { SessionView, TurnDone, TurnView } from '../../src/contract/session.ts';
import { InvalidRequest } from '../../src/schema/request.ts';

const AT = new Date(2026, 10, 21, 14, 5).getTime();
const ID = 'gemini-session/fox';

function sight(turns: readonly TurnView[], more: Partial<SessionView> = {}): SessionSight {
  const view: SessionView = {
    ...{ id: ID, status: 'open', queued: 0, turns: turns.length, createdAt: AT, expiresAt: AT + 86_400_000 },
    settings: { defaults: { model: 'gemini-3-pro-image', size: '2K' }, overflow: 'fail', idleMs: 86_400_000 },
    cost: { sureUsd: 0.134, possibleUsd: 0.402 },
    ...more,
  };
  return { view, turns };
}

function turn(turnId: string, more: Partial<TurnView> = {}): TurnView {
  const generationId = `${ID}/${turnId}`;
  return { turnId, generationId, status: 'done', acceptedAt: AT, excerpt: `a fox, ${turnId}`, ...more };
}

const DONE: TurnDone = {
  ...{ images: [], route: 'default', model: 'gemini-3-pro-image', use: 'verbatim', warnings: [] },
  cost: { sureUsd: 0.134, possibleUsd: 0.402 },
};

const words = (of: SessionSight): string => sessionWords(of, { now: AT, server: ['--store', '/s'] });

describe('where a turn stands', () => {
  test('what lies between the head and the beginning is kept; the rest is undone, or nothing goes on from it', () => {
    const turns = [
      turn('a'),
      turn('b', { after: 'a', undone: true }),
      turn('late', { after: 'a' }),
      turn('c', { after: 'a' }),
      turn('d', { after: 'c', status: 'failed' }),
    ];
    expect(turns.map(standings({ head: 'c' }, turns))).toEqual(['kept', 'undone', 'apart', 'head', 'failed']);
  });

  test('a head that names a turn nobody knows, or a circle, ends all the same', () => {
    const turns = [turn('a', { after: 'b' }), turn('b', { after: 'a' })];
    expect(turns.map(standings({ head: 'a' }, turns))).toEqual(['head', 'kept']);
    expect(turns.map(standings({ head: 'gone' }, turns))).toEqual(['apart', 'apart']);
  });
});

describe('a session in words', () => {
  test('settings, head, what is sure and what is possible, and the line to paste next', () => {
    const text = words(sight([turn('hat', { done: DONE })], { head: 'hat' }));
    expect(text).toContain(`open  ${ID}`);
    expect(text).toContain('gemini-3-pro-image, 2K, ends after 24.0 h without a turn');
    expect(text).toContain('hat: the next turn goes on from it');
    expect(text).toContain('0.134 USD sure, 0.402 USD more possible');
    expect(text).toMatch(
      /1 {2}hat +done, head +default, gemini-3-pro-image +0\.134, 0\.402 possible +verbatim/,
    );
    expect(text).toContain(`session edit ${ID} 'what to change' --store /s`);
  });

  test('closed: the line to paste is a fork', () => {
    expect(words(sight([], { status: 'closed' }))).toContain(`session fork ${ID} --store /s`);
  });

  test('a failed turn: its verdict once, why, and the line that shows its evidence', () => {
    const failed = { branch: 'policy', reason: 'blocklist', why: 'policy/blocklist: it was blocked' };
    const text = words(sight([turn('bad', { status: 'failed', failed })]));
    expect(text).toContain('policy/blocklist  it was blocked');
    expect(text).toContain(`show ${ID}/bad --store /s`);
  });

  test('a turn that waits for a person says who is asked, and how to see what may be decided', () => {
    const running = { phase: 'held', why: 'the key leaked' } as Description;
    const text = words({
      ...sight([turn('a', { status: 'running' }), turn('b', { status: 'queued' })]),
      running,
    });
    expect(text).toContain('held: the key leaked');
    expect(text).toMatch(/a person is asked; what may be decided: \$ .*show gemini-session\/fox\/a/);
    expect(text).toContain('waits for the turns before it');
  });

  test('a fork says where it comes from, and where it goes on once all is undone', () => {
    const text = words(sight([], { from: { session: 'gemini-session/old', turnId: 'hat' } }));
    expect(text).toContain('from turn hat of gemini-session/old');
    expect(text).toContain('none: the next turn goes on from where it was forked');
  });

  test('a prompt cannot command the terminal, nor break out of its line', () => {
    const hostile = 'a\u001b[2J\u001b]0;owned\u0007 fox\nopen  gemini-session/fake \u202eevil';
    const text = words(sight([turn('a', { excerpt: hostile, done: { ...DONE, warnings: [hostile] } })]));
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(text.split('\n').filter((line) => line.startsWith('open'))).toHaveLength(1);
    expect(oneLine(' a\r\n\tb ')).toBe('a b');
  });

  test('as JSON: times as text, where each turn stands, what the running one does', () => {
    const running = { phase: 'generating', why: '' } as Description;
    const json = sessionJson({ ...sight([turn('a', { status: 'running' })]), running });
    expect(json).toMatchObject({
      id: ID,
      createdAt: new Date(AT).toISOString(),
      doing: { phase: 'generating' },
      turns: [{ turnId: 'a', standing: 'running', acceptedAt: new Date(AT).toISOString() }],
    });
  });
});

describe('options', () => {
  test('become settings and a turn, with nothing that was not given', () => {
    expect(settingsOf({ id: 'fox', idle: 7_000, overflow: 'drop-oldest-images', size: '2K' })).toEqual({
      ...{ id: 'fox', idleMs: 7_000, overflow: 'drop-oldest-images', size: '2K' },
    });
    expect(turnOf('let it snow', { turn: 'snow', input: ['a.png'] }, { aspectRatio: '16:9' })).toEqual({
      ...{ turnId: 'snow', prompt: 'let it snow', inputs: [{ path: 'a.png' }], aspectRatio: '16:9' },
    });
  });

  test('a turn without an id has one before it is sent', () => {
    const [one, other] = [turnOf('x', {}), turnOf('x', {})];
    expect(one.turnId).toMatch(/^[0-9a-f]{8}$/);
    expect(one.turnId).not.toBe(other.turnId);
  });

  test('what is wrong is refused before anything is sent', () => {
    expect(() => turnOf(' ', {})).toThrow(InvalidRequest);
    expect(() => settingsOf({ idle: 1 })).toThrow(InvalidRequest);
  });

  test('settings in short name what differs from the ordinary', () => {
    const defaults = { allow: { models: 'chain', sizes: 'smaller' }, hidePrompt: true } as const;
    expect(settingsWords({ defaults, overflow: 'drop-oldest-images', idleMs: 3_600_000 })).toBe(
      "the worker's model, allow models and sizes, prompts hidden, oldest images dropped where it grows too " +
        'long, ends after 60 min without a turn',
    );
  });
});

describe('a list of sessions', () => {
  const listed: ListedSession = {
    ...{ id: ID, status: 'open', startedAt: new Date(AT - 7_200_000).toISOString() },
    ...{ turns: 5, failed: 1, queued: 0, cost: { sureUsd: 0.67, possibleUsd: 0.134 }, activeAt: AT - 60_000 },
    excerpt: 'let it snow,\nand make the fox smile '.repeat(5),
  };

  test('a table of 100 columns, ids whole, with the beginning of what was asked; one that tells nothing has dashes', () => {
    const [head, first, asked, plain, ...more] = sessionTable(
      [listed, { id: `${ID}-2`, status: 'terminated', startedAt: new Date(AT - 7_200_000).toISOString() }],
      AT,
    );
    expect(head).toBe('status      turns             USD             last       id');
    expect(first).toBe(`open        5 (1 failed)      0.670+0.134?    60 s       ${ID}`);
    expect(asked).toMatch(/^ {2}“let it snow, and make .*…$/);
    expect(asked?.length).toBe(100);
    expect(plain).toBe(`terminated  –                 –               2.0 h      ${ID}-2`);
    expect(more).toEqual([]);
    expect(sessionTable([], AT)).toEqual([]);
  });
});
