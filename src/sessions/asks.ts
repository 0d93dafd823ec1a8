/** What workflows ask of a session, as a reducer beside that of its turns: total, and asked twice it is done once. */
import type { GenerationFailure } from '../contract/generation.ts';
import type { Answer, SessionAnswer, SessionAsk } from '../contract/session-asks.ts';
import { turnAnswer } from './answer.ts';
import type { SessionState, Turn } from './session.ts';
import { accepted, closing, editProblem, turnOf, undoProblem, undone, withoutQueue } from './session.ts';
import { sessionView } from './view.ts';

/** All of them go on with a session's run. */
const MOST_LISTENERS = 200;
const LONGEST_ID = 1_000;

export interface Heard {
  readonly state: SessionState;
  readonly answers: readonly Addressed[];
  /** The generation that is to be cancelled. */
  readonly cancels?: string;
}

export interface Addressed {
  readonly to: string;
  readonly answer: SessionAnswer;
}

/** Undefined where nobody can be answered: a signal is not refused. */
function readAsk(value: unknown): SessionAsk | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { askId, from } = value as Record<string, unknown>;
  const isAddressed = [askId, from].every(
    (each) => typeof each === 'string' && each !== '' && each.length <= LONGEST_ID,
  );
  return isAddressed ? (value as SessionAsk) : undefined;
}

export function heard(state: SessionState, session: string, given: unknown, now: number): Heard {
  const ask = readAsk(given);
  if (ask === undefined) return { state, answers: [] };
  const answered = (answer: Answer, next = state): Heard => ({
    state: next,
    answers: [{ to: ask.from, answer: { ...answer, session, askId: ask.askId } }],
  });
  const refused = (why: string): Heard => answered({ kind: 'refused', why });
  switch (ask.kind) {
    case 'edit': {
      const problem = editProblem(state, session, ask.edit);
      if (problem !== undefined) return refused(problem);
      const taken = accepted(state, session, ask.edit, now);
      const next = told(listening(taken.state, ask.edit.turnId, ask), session);
      if ((next.state.listeners ?? []).length <= MOST_LISTENERS) return next;
      return refused(
        `${MOST_LISTENERS} questions wait for turns of it already; ask again when one has ended`,
      );
    }
    case 'withdraw': {
      const turn = turnOf(state, ask.turnId);
      if (turn?.status === 'running') return { state, answers: [], cancels: turn.generationId };
      return turn === undefined ? { state, answers: [] } : told(withoutQueue(state, turn.turnId), session);
    }
    case 'undo': {
      // Null: none that is named, which a question must.
      const problem = undoProblem(state, ask.turnId ?? null);
      if (problem !== undefined) return refused(problem);
      const { state: next, answer } = undone(state, now, ask.turnId);
      return answered({ kind: 'undone', undone: answer }, next);
    }
    case 'close': {
      const next = closing(state);
      return answered({ kind: 'closed', view: sessionView(session, next) }, next);
    }
    default:
      // Another language's caller, or a later release's.
      return refused('kind: must be edit, withdraw, undo or close');
  }
}

function listening(state: SessionState, turnId: string, { askId, from }: SessionAsk): SessionState {
  const { listeners = [] } = state;
  const isKnown = listeners.some((each) => each.askId === askId && each.from === from);
  return isKnown ? state : { ...state, listeners: [...listeners, { turnId, askId, from }] };
}

/** Who waits for a turn that has ended is answered, and waits no more. */
export function told(state: SessionState, session: string, failure?: GenerationFailure): Heard {
  const { listeners = [], ...rest } = state;
  const ended = (turnId: string): Turn | undefined => {
    const turn = turnOf(state, turnId);
    return turn?.status === 'queued' || turn?.status === 'running' ? undefined : turn;
  };
  const waiting = listeners.filter(({ turnId }) => ended(turnId) === undefined);
  if (waiting.length === listeners.length) return { state, answers: [] };
  const answers = listeners.flatMap(({ turnId, askId, from }): readonly Addressed[] => {
    const turn = ended(turnId);
    if (turn === undefined) return [];
    const whole = turn.generationId === failure?.id ? failure : undefined;
    return [{ to: from, answer: { ...turnAnswer(turn, whole), session, askId } }];
  });
  return { state: waiting.length === 0 ? rest : { ...rest, listeners: waiting }, answers };
}
