/**
 * A workflow's line to a session: questions go in their order, answers are waited for durably, and a question that
 * has none is asked again, which changes nothing where the session lives and fails where it has ended.
 */
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { ANSWER_SIGNAL, ASK_SIGNAL, FAILURES } from '../src/contract/names.ts';
import type { Question, SessionAnswer, SessionAsk } from '../src/contract/session-asks.ts';

const askSignal = defineSignal<[SessionAsk]>(ASK_SIGNAL);
const answerSignal = defineSignal<[SessionAnswer]>(ANSWER_SIGNAL);

/** A session that was terminated answers nobody. */
const LOOK_AFTER_MS = 15 * 60_000;
const LONGEST_LOOK_AFTER_MS = 6 * 3_600_000;
/** A session waits ten minutes for a call that was aborted. */
const WITHDRAW_MS = 15 * 60_000;

/** One for all lines of this workflow: a signal has one handler. Its own in each workflow, as all module state is. */
const waiting = new Map<string, SessionAnswer | undefined>();

/** An answer to an earlier run's question is nobody's. */
function listen(): void {
  setHandler(
    answerSignal,
    (answer) => {
      if (waiting.has(answer.askId)) waiting.set(answer.askId, answer);
    },
    { description: 'From an edit session: the answer to what was asked of it.' },
  );
}

export class SessionLine {
  readonly session: string;
  #isOver = false;
  #withdrawing = 0;
  /** Signals that are sent side by side may arrive in any order. */
  #last: Promise<void> = Promise.resolve();

  constructor(session: string) {
    this.session = session;
    listen();
  }

  /** The session is known to have ended. */
  hangUp(): void {
    this.#isOver = true;
  }

  async ask(question: Question): Promise<SessionAnswer> {
    throwIfCancelled();
    const ask = { ...question, askId: uuid4(), from: workflowInfo().workflowId };
    waiting.set(ask.askId, undefined);
    try {
      return await this.#answer(ask);
    } catch (error) {
      if (isCancellation(error)) await CancellationScope.nonCancellable(() => this.#withdraw(ask));
      throw error;
    } finally {
      waiting.delete(ask.askId);
    }
  }

  async #answer(ask: SessionAsk): Promise<SessionAnswer> {
    const isDue = (): boolean => waiting.get(ask.askId) !== undefined || this.#isOver;
    const summary = `${ask.kind} of ${this.session}`;
    for (let ms = LOOK_AFTER_MS; ; ms = Math.min(2 * ms, LONGEST_LOOK_AFTER_MS)) {
      const isThere = await this.#send(ask);
      if (isThere) await condition(isDue, ms, { summary });
      const answer = waiting.get(ask.askId);
      if (answer !== undefined) return answer;
      if (!isThere || this.#isOver)
        throw sessionRefused(
          `${this.session}: it has ended, or was never started; fork it, or start another`,
        );
    }
  }

  /** Resolves when it is delivered, with false where there is no such session. Never cut short: half-asked is not a state. */
  async #send(ask: SessionAsk): Promise<boolean> {
    const handle = getExternalWorkflowHandle(this.session);
    const sent = this.#last.then(() =>
      CancellationScope.nonCancellable(() => handle.signal(askSignal, ask)).then(
        () => true,
        () => false,
      ),
    );
    this.#last = sent.then(() => undefined);
    return await sent;
  }

  /**
   * The turn is not begun, or its call is aborted. What all of them may have cost is booked before any of them
   * rejects: a caller that waits for several ends with the first.
   */
  async #withdraw(ask: SessionAsk): Promise<void> {
    if (ask.kind !== 'edit') return;
    const { askId, from, edit } = ask;
    const isDone = (): boolean => waiting.get(askId) !== undefined || this.#isOver;
    this.#withdrawing += 1;
    const isThere = await this.#send({ kind: 'withdraw', turnId: edit.turnId, askId, from });
    if (isThere) await condition(isDone, WITHDRAW_MS, { summary: `turn ${edit.turnId} is withdrawn` });
    this.#withdrawing -= 1;
    await condition(() => this.#withdrawing === 0);
  }
}

/** What is sent is sent whole, so a workflow that is cancelled must not begin with it. */
export function throwIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled)
    throw new CancelledFailure('cancelled before the session was asked');
}

export function sessionRefused(why: string): ApplicationFailure {
  return ApplicationFailure.create({ message: why, type: FAILURES.session, nonRetryable: true });
}
