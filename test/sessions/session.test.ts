/** A session without a server: what is accepted, what runs next, and from where. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EditRequest, TurnDone, TurnOutcome } from '../../src/contract/session.ts';
import type { Past } from '../../src/domain/request.ts';
import type { SessionState } from '../../src/sessions/session.ts';
import {
  MOST_TURNS,
  accepted,
  begun,
  closing,
  editProblem,
  ended,
  isQuiet,
  newSession,
  running,
  turnOf,
  undoProblem,
  undone,
  withoutQueue,
} from '../../src/sessions/session.ts';
import { sessionView, turnPage } from '../../src/sessions/view.ts';
import { sessionDetails } from '../../src/sessions/words.ts';

const ID = 'gemini-session/s';
const NOW = Date.parse('2026-07-01T12:00:00Z');
const IMAGE = { sha256: 'a'.repeat(64), mime: 'image/png', bytes: 9, width: 1, height: 1 };

function past(sha256: string): Past {
  const image = { kind: 'artifact', sha256: IMAGE.sha256, mime: IMAGE.mime, bytes: IMAGE.bytes } as const;
  return {
    sha256,
    turns: 1,
    images: 1,
    bytes: 9,
    older: 0,
    chars: 9,
    json: 9,
    tokens: 9,
    signedBy: 'here',
    image,
  };
}

function done(sha256: string): TurnDone {
  const cost = { sureUsd: 1, possibleUsd: 0 };
  return {
    images: [IMAGE],
    route: 'main',
    model: 'm',
    cost,
    use: 'verbatim',
    warnings: [],
    past: past(sha256),
  };
}

const FAILED = { branch: 'policy', reason: 'prohibited-content', why: 'it may not be drawn' };

/** A session at a desk: what a workflow does with it, without waiting. */
class Desk {
  state: SessionState = newSession({ settings: { defaults: {}, overflow: 'fail', idleMs: 86_400_000 } }, NOW);

  edit(turnId: string, more: Partial<EditRequest> = {}) {
    const request = { turnId, prompt: `draw ${turnId}`, ...more };
    const problem = editProblem(this.state, ID, request);
    if (problem !== undefined) return problem;
    const { state, answer } = accepted(this.state, ID, request, NOW);
    this.state = JSON.parse(JSON.stringify(state)) as SessionState;
    return answer;
  }

  /** Begins what is next; gives its id and what it goes on with. */
  begin() {
    const next = begun(this.state);
    if (next === undefined) return undefined;
    this.state = next.state;
    return { turnId: next.turn.turnId, from: next.past?.sha256 };
  }

  end(turnId: string, outcome: Omit<TurnOutcome, 'generationId'>): void {
    this.state = ended(this.state, { generationId: `${ID}/${turnId}`, ...outcome }, NOW + 1);
  }

  /** One turn from its edit to its image. */
  turn(turnId: string): void {
    this.edit(turnId);
    this.begin();
    this.end(turnId, { done: done(turnId) });
  }
}

describe('turns', () => {
  it('run one after another, each from the image of the one before', () => {
    const desk = new Desk();
    expect(['a', 'b', 'c'].map((id) => desk.edit(id))).toMatchObject([
      { turnId: 'a', generationId: `${ID}/a`, ahead: 0 },
      { turnId: 'b', ahead: 1 },
      { turnId: 'c', ahead: 2 },
    ]);
    expect(desk.begin()).toEqual({ turnId: 'a', from: undefined });
    expect(desk.begin()).toBeUndefined();
    desk.end('a', { done: done('A') });
    expect(desk.begin()).toEqual({ turnId: 'b', from: 'A' });
    desk.end('b', { done: done('B') });
    expect(desk.begin()).toEqual({ turnId: 'c', from: 'B' });
  });

  it('sent twice are one; the same id with another request is refused', () => {
    const desk = new Desk();
    const first = desk.edit('a');
    expect(desk.edit('a')).toEqual(first);
    expect(desk.state.turns).toHaveLength(1);
    expect(desk.edit('a', { prompt: 'something else' })).toMatch(/a is another turn already/);
    desk.begin();
    desk.end('a', { done: done('A') });
    expect(desk.edit('a')).toMatchObject({ turnId: 'a', ahead: 0 });
    expect(desk.begin()).toBeUndefined();
  });

  it('that failed leave the conversation as it was', () => {
    const desk = new Desk();
    desk.turn('a');
    desk.edit('b');
    desk.edit('c');
    desk.begin();
    desk.end('b', { failed: FAILED });
    expect(desk.begin()).toEqual({ turnId: 'c', from: 'a' });
    expect(turnOf(desk.state, 'b')).toMatchObject({ status: 'failed', failed: FAILED });
  });

  it('that were revived are part of it, unless another was built in their place', () => {
    const revived = new Desk();
    revived.turn('a');
    revived.edit('b');
    revived.begin();
    revived.end('b', { failed: FAILED });
    revived.end('b', { done: done('B') });
    expect(revived.state.head).toBe('b');

    const late = new Desk();
    late.turn('a');
    late.edit('b');
    late.begin();
    late.end('b', { failed: FAILED });
    late.turn('c');
    late.end('b', { done: done('B') });
    expect(late.state.head).toBe('c');
    expect(turnOf(late.state, 'b')?.status).toBe('done');
  });

  it('told of twice change nothing', () => {
    const desk = new Desk();
    desk.turn('a');
    const before = desk.state;
    desk.end('a', { failed: FAILED });
    desk.end('a', { done: done('again') });
    expect(desk.state).toBe(before);
    desk.end('nobody', { done: done('x') });
    expect(desk.state).toBe(before);
  });

  it('whose answer cannot be sent back are not gone on from', () => {
    const desk = new Desk();
    desk.turn('a');
    desk.edit('b');
    desk.begin();
    const { past: _past, ...lost } = done('B');
    desk.end('b', { done: lost });
    expect(desk.state.head).toBe('a');
  });
});

describe('an edit', () => {
  it.each([
    [{ turnId: '' }, /turnId: must be a text of 1 to 100 characters/],
    [{ turnId: 'x'.repeat(101) }, /turnId/],
    [{ turnId: 7 as unknown as string }, /turnId/],
    [{ prompt: 7 as unknown as string }, /prompt: must be a text/],
    [{ prompt: undefined as unknown as string }, /prompt: must be a text/],
    [{ prompt: null as unknown as string }, /prompt: must be a text/],
    [{ turnId: '\ud800' }, /turnId: must be whole Unicode characters/],
    [{ turnId: '漢'.repeat(100) }, /turnId: with the session's id/],
    [{ excerpt: null as unknown as string }, /excerpt: must be a text/],
    [{ overrides: null as unknown as object }, /overrides: must be an object/],
    [{ overrides: { allow: null as never } }, /overrides: /],
    [{ inputs: 'x' as never }, /inputs: must be a list/],
    [{ prompt: 'x'.repeat(30_000) }, /put a long prompt into the store/],
  ])('%j is refused with the field and the cure', (given, problem) => {
    expect(new Desk().edit('a', given)).toMatch(problem);
  });

  it('to a closed session is refused, one that was accepted before is still known', () => {
    const desk = new Desk();
    desk.turn('a');
    desk.state = closing(desk.state);
    expect(desk.edit('b')).toMatch(/closed; fork it/);
    expect(desk.edit('a')).toMatchObject({ turnId: 'a' });
  });

  it('beyond the most turns, and beyond the longest queue, is refused with what to do', () => {
    const desk = new Desk();
    for (let n = 0; n < 50; n += 1) expect(desk.edit(`q${n}`)).toMatchObject({ ahead: n });
    expect(desk.edit('q50')).toMatch(/50 turns wait already/);
    const long = new Desk();
    for (let n = 0; n < MOST_TURNS; n += 1) long.turn(`t${n}`);
    expect(long.edit('one more')).toMatch(/fork it/);
  });
});

it.each([
  [true, undefined, undefined],
  [true, false, 'a secret'],
  [undefined, true, undefined],
  [undefined, undefined, 'a secret'],
])('hidePrompt %s of the session, %s of the turn: people see %s', (ofSession, ofTurn, seen) => {
  const desk = new Desk();
  const { settings } = desk.state;
  desk.state = { ...desk.state, settings: { ...settings, defaults: { hidePrompt: ofSession } } };
  desk.edit('a', {
    excerpt: 'a secret',
    ...(ofTurn === undefined ? {} : { overrides: { hidePrompt: ofTurn } }),
  });
  expect(turnOf(desk.state, 'a')?.excerpt).toBe(seen);
  expect(sessionDetails(desk.state).includes('secret')).toBe(seen !== undefined);
});

describe('undo', () => {
  it('of a turn that is named: sent twice it undoes one, and any but the last is refused', () => {
    const desk = new Desk();
    for (const id of ['a', 'b', 'c']) desk.turn(id);
    expect(undoProblem(desk.state, 'b')).toMatch(/b is not the last turn of the conversation, c is/);
    expect(undoProblem(desk.state, 'never')).toMatch(/must be a turn of this session/);
    const first = undone(desk.state, NOW, 'c');
    expect(undoProblem(first.state, 'c')).toBeUndefined();
    const again = undone(first.state, NOW, 'c');
    expect(again).toEqual({ state: first.state, answer: { undone: 'c', head: 'b' } });
  });

  it('goes back turn by turn to the beginning, and what comes next goes on from there', () => {
    const desk = new Desk();
    for (const id of ['a', 'b', 'c']) desk.turn(id);
    const back = undone(desk.state, NOW);
    expect(back.answer).toEqual({ undone: 'c', head: 'b' });
    desk.state = back.state;
    desk.edit('d');
    expect(desk.begin()).toEqual({ turnId: 'd', from: 'b' });
    expect(undoProblem(desk.state)).toMatch(/a turn runs or waits/);
    desk.end('d', { cancelled: true });
    desk.state = undone(desk.state, NOW).state;
    const last = undone(desk.state, NOW);
    expect(last.answer).toEqual({ undone: 'a' });
    expect(undoProblem(last.state)).toMatch(/no turn to undo/);
    desk.state = last.state;
    desk.edit('e');
    expect(desk.begin()).toEqual({ turnId: 'e', from: undefined });
  });

  it('of an empty session is refused', () => {
    expect(undoProblem(new Desk().state)).toMatch(/there is no turn to undo/);
  });
});

it('a forked session begins where the other one was', () => {
  const from = { session: 'gemini-session/other', turnId: 'c', past: past('C') };
  const settings = { defaults: {}, overflow: 'fail', idleMs: 1_000 } as const;
  const desk = new Desk();
  desk.state = newSession({ settings, from }, NOW);
  desk.edit('a');
  expect(desk.begin()).toEqual({ turnId: 'a', from: 'C' });
  desk.end('a', { done: done('A') });
  desk.state = undone(desk.state, NOW).state;
  desk.edit('b');
  expect(desk.begin()).toEqual({ turnId: 'b', from: 'C' });
  expect(sessionView(ID, desk.state).from).toEqual({ session: from.session, turnId: 'c' });
});

it('cancelled, turns that wait are not begun', () => {
  const desk = new Desk();
  desk.edit('a');
  desk.edit('b');
  desk.begin();
  desk.state = withoutQueue(desk.state);
  desk.end('a', { cancelled: true });
  expect(isQuiet(desk.state)).toBe(true);
  expect(desk.state.turns.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
});

describe('a session of 500 turns', () => {
  const desk = new Desk();
  for (let n = 0; n < MOST_TURNS; n += 1) {
    desk.edit(`turn-${n}`, { excerpt: 'ä'.repeat(500) });
    desk.begin();
    const warnings = Array.from({ length: 9 }, () => 'w'.repeat(999));
    desk.end(`turn-${n}`, { done: { ...done(`${n}`.padStart(64, '0')), warnings } });
  }

  it('is told in pages under 16 KiB, each turn once', () => {
    const told: string[] = [];
    for (let from: number | undefined = 0; from !== undefined;) {
      const page = turnPage(desk.state, from);
      expect(JSON.stringify(page).length).toBeLessThan(16 * 1024);
      told.push(...page.turns.map(({ turnId }) => turnId));
      from = page.next;
    }
    expect(told).toEqual(desk.state.turns.map(({ turnId }) => turnId));
    expect(turnPage(desk.state, MOST_TURNS)).toEqual({ turns: [] });
    expect(turnPage(desk.state, -1).turns[0]?.turnId).toBe('turn-0');
  });

  it('goes on in a new run with less than 2 MB, 2 KiB a turn at most', () => {
    const bytes = Buffer.byteLength(JSON.stringify(desk.state));
    expect(bytes / MOST_TURNS).toBeLessThan(2_048);
    expect(bytes).toBeLessThan(1.5 * 1024 * 1024);
  });

  it('shows its latest turns to people', () => {
    const words = sessionDetails(desk.state);
    expect(words).toContain('turn-499');
    expect(Buffer.byteLength(words)).toBeLessThanOrEqual(4_000);
    expect(sessionView(ID, desk.state)).toMatchObject({
      turns: 500,
      cost: { sureUsd: 500 },
      head: 'turn-499',
    });
  });
});

describe('whatever is asked and told, in whatever order', () => {
  type Op = readonly [string, string];
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const ops: fc.Arbitrary<Op> = fc.tuple(
    fc.constantFrom('edit', 'begin', 'done', 'failed', 'cancelled', 'undo', 'close'),
    id,
  );

  it('one turn runs at most, none twice, and the head is one that delivered', () => {
    fc.assert(
      fc.property(fc.array(ops, { maxLength: 60 }), (all) => {
        const desk = new Desk();
        const began: string[] = [];
        for (const [op, turnId] of all) {
          if (op === 'edit') desk.edit(turnId);
          if (op === 'begin') {
            const next = desk.begin();
            if (next !== undefined) began.push(next.turnId);
          }
          if (op === 'done') desk.end(turnId, { done: done(turnId) });
          if (op === 'failed') desk.end(turnId, { failed: FAILED });
          if (op === 'cancelled') desk.end(turnId, { cancelled: true });
          if (op === 'undo' && undoProblem(desk.state) === undefined)
            desk.state = undone(desk.state, NOW).state;
          if (op === 'close') desk.state = closing(desk.state);
          const { turns, head } = desk.state;
          expect(turns.filter(({ status }) => status === 'running').length).toBeLessThanOrEqual(1);
          if (head !== undefined) expect(turnOf(desk.state, head)).toMatchObject({ status: 'done' });
          for (const { after } of turns)
            if (after !== undefined) expect(turnOf(desk.state, after)?.done).toBeDefined();
        }
        expect(new Set(began).size).toBe(began.length);
        expect(began.filter((each) => each === running(desk.state)?.turnId).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});
