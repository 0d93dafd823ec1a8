/** What workflows ask of a session, without a server: who is answered what, and once. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionAnswer, SessionAsk } from '../../src/contract/session-asks.ts';
import type { TurnOutcome } from '../../src/contract/session.ts';
import { heard, told } from '../../src/sessions/asks.ts';
import type { SessionState } from '../../src/sessions/session.ts';
import { begun, closing, ended, newSession, turnOf } from '../../src/sessions/session.ts';

const ID = 'gemini-session/s';
const NOW = Date.parse('2026-07-01T12:00:00Z');
const SETTINGS = { defaults: {}, overflow: 'fail', idleMs: 86_400_000 } as const;

/** A session at a desk, and the post that leaves it. */
class Desk {
  state: SessionState = newSession({ settings: SETTINGS }, NOW);
  readonly post: { to: string; answer: SessionAnswer }[] = [];
  readonly cancelled: string[] = [];

  ask(ask: unknown): readonly SessionAnswer[] {
    const before = this.post.length;
    this.#take(heard(this.state, ID, ask, NOW));
    return this.post.slice(before).map(({ answer }) => answer);
  }

  edit(turnId: string, askId = turnId, from = 'me', prompt = `draw ${turnId}`) {
    return this.ask({ kind: 'edit', edit: { turnId, prompt }, askId, from });
  }

  begin(): void {
    const next = begun(this.state);
    if (next !== undefined) this.state = next.state;
  }

  end(turnId: string, outcome: Partial<TurnOutcome>): void {
    const generationId = turnOf(this.state, turnId)?.generationId ?? '';
    this.state = ended(this.state, { generationId, ...outcome }, NOW);
    this.#take(told(this.state, ID, outcome.failure));
  }

  #take({ state, answers, cancels }: ReturnType<typeof heard>): void {
    // As it goes on in a new run.
    this.state = JSON.parse(JSON.stringify(state)) as SessionState;
    this.post.push(...answers);
    if (cancels !== undefined) this.cancelled.push(cancels);
  }
}

const COST = { sureUsd: 0.1, possibleUsd: 0 };
const DONE = { images: [], route: 'main', model: 'm', cost: COST, use: 'none', warnings: [] } as const;
const FAILED = { branch: 'policy', reason: 'prohibited', why: 'it may not be drawn', cost: COST };

describe('asks', () => {
  it('an edit is answered when its turn has ended, to each workflow that asked, and once', () => {
    const desk = new Desk();
    expect(desk.edit('a')).toEqual([]);
    expect(desk.edit('a')).toEqual([]);
    expect(desk.edit('a', 'other', 'them')).toEqual([]);
    desk.begin();
    desk.end('a', { done: DONE });
    desk.end('a', { done: DONE });
    expect(desk.post.map(({ to, answer }) => [to, answer.askId, answer.session])).toEqual([
      ['me', 'a', ID],
      ['them', 'other', ID],
    ]);
    expect(desk.state.listeners).toBeUndefined();
    expect(desk.edit('a', 'later')).toMatchObject([{ kind: 'turn', turn: { status: 'done' } }]);
  });

  it('a turn that failed is told in the words of its generation, and later in those that were kept', () => {
    const desk = new Desk();
    desk.edit('a');
    desk.begin();
    const failure = { id: `${ID}/a`, cause: 'stop-branch', why: 'whole', cost: COST, trail: [] } as never;
    desk.end('a', { failed: FAILED, failure });
    expect(desk.post[0]?.answer).toMatchObject({ turn: { status: 'failed' }, failure: { why: 'whole' } });
    expect(desk.edit('a', 'later')).toMatchObject([
      {
        failure: {
          id: `${ID}/a`,
          cost: COST,
          classification: { branch: 'policy', billed: 'yes' },
          trail: [],
        },
      },
    ]);
  });

  it('withdrawn before it begins a turn is cancelled, while it runs its generation is, after its end nothing is', () => {
    const desk = new Desk();
    const withdraw = (turnId: string) => desk.ask({ kind: 'withdraw', turnId, askId: 'w', from: 'me' });
    desk.edit('a');
    desk.begin();
    desk.edit('b');
    expect(withdraw('b')).toMatchObject([{ askId: 'b', turn: { status: 'cancelled' } }]);
    expect(withdraw('a')).toEqual([]);
    expect(desk.cancelled).toEqual([`${ID}/a`]);
    desk.end('a', { cancelled: true });
    expect(desk.post.at(-1)?.answer).toMatchObject({ askId: 'a', turn: { status: 'cancelled' } });
    desk.edit('c');
    expect([withdraw('a'), withdraw('never'), withdraw(undefined as never)]).toEqual([[], [], []]);
    expect(turnOf(desk.state, 'c')?.status).toBe('queued');
    expect(desk.cancelled).toHaveLength(1);
  });

  it('questions beyond 200 are refused, one of them that is asked again is not', () => {
    const desk = new Desk();
    for (let n = 0; n < 200; n += 1) desk.edit('a', `ask ${n}`);
    expect(desk.edit('a', 'one more')).toMatchObject([
      { kind: 'refused', why: expect.stringMatching(/^200/) },
    ]);
    expect(desk.edit('a', 'ask 7')).toEqual([]);
    desk.begin();
    desk.end('a', { done: DONE });
    expect(desk.post).toHaveLength(201);
  });

  it('closed, it refuses new turns and tells old ones', () => {
    const desk = new Desk();
    desk.edit('a');
    desk.begin();
    expect(desk.ask({ kind: 'close', askId: 'c', from: 'me' })).toMatchObject([
      { view: { status: 'closing' } },
    ]);
    expect(desk.edit('b')).toMatchObject([{ kind: 'refused' }]);
    expect(desk.edit('a', 'again')).toEqual([]);
    desk.end('a', { done: DONE });
    expect(desk.post.filter(({ answer }) => answer.kind === 'turn')).toHaveLength(2);
    expect(closing(desk.state)).toEqual(desk.state);
  });

  it('whatever comes, nothing throws, and each question that has an address has one answer or waits', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const askId = fc.constantFrom('1', '2', '3', '4');
    const head = { askId, from: fc.constantFrom('me', 'them') };
    const ask = fc.oneof(
      fc.record({ ...head, kind: fc.constant('edit'), edit: fc.record({ turnId: id, prompt: id }) }),
      fc.record({ ...head, kind: fc.constantFrom('withdraw', 'undo'), turnId: fc.oneof(id, fc.anything()) }),
      fc.record({ ...head, kind: fc.constantFrom('dance', 1), edit: fc.anything() }),
      fc.record({ ...head, kind: fc.constant('edit'), edit: fc.anything() }),
      fc.anything(),
    );
    const outcome = fc.constantFrom<Partial<TurnOutcome>>(
      { done: DONE },
      { failed: FAILED },
      { cancelled: true },
    );
    const step = fc.oneof(
      ask.map((value) => ({ ask: value })),
      fc.record({ end: id, outcome }),
      fc.constant('begin' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const desk = new Desk();
        for (const each of steps) {
          if (each === 'begin') desk.begin();
          else if ('end' in each) {
            if (turnOf(desk.state, each.end)?.status === 'running') desk.end(each.end, each.outcome);
          } else {
            const waiting = desk.state.listeners ?? [];
            const answers = desk.ask(each.ask);
            const { kind, askId: of, from } = (each.ask ?? {}) as SessionAsk;
            const waits = (desk.state.listeners ?? []).some((one) => one.askId === of && one.from === from);
            const isAddressed =
              typeof of === 'string' && of !== '' && typeof from === 'string' && from !== '';
            if (isAddressed && kind === 'edit')
              expect(answers.some((one) => one.askId === of) || waits).toBe(true);
            else if (isAddressed && kind !== 'withdraw') expect(answers).toHaveLength(1);
            else expect(answers.length).toBeLessThanOrEqual(waiting.length);
          }
          for (const { turnId } of desk.state.listeners ?? [])
            expect(turnOf(desk.state, turnId)?.status).toMatch(/queued|running/);
        }
      }),
    );
  });
});
