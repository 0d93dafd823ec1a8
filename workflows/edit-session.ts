/**
 * `geminiEditSession`: turns one after another, each a child generation that outlives this run and tells how it
 * ended by a signal. A shell around the reducer of `src/sessions`: it starts what is next, waits, and goes on in
 * a new run with all it knows, also while a turn runs and others wait (docs/decisions/0028).
 *
 * Ends: a SessionEnd once it was closed, or nobody asked for anything in `idleMs`; or cancelled.
 */
import {
  ApplicationFailure,
  CancellationScope,
  ParentClosePolicy,
  allHandlersFinished,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  isCancellation,
  makeContinueAsNewFunc,
  patched,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import {
  FAILURES,
  MEMO,
  SESSION_QUERIES,
  SESSION_UPDATES,
  TURN_DONE_SIGNAL,
  WAKE_SIGNAL,
} from '../src/contract/names.ts';
import { priorityOf } from '../src/contract/priority.ts';
import type {
  AcceptedTurn,
  CloseRequest,
  EditRequest,
  SessionEnd,
  SessionInput,
  SessionView,
  TurnOutcome,
  TurnPage,
  TurnView,
  UndoRequest,
  Undone,
} from '../src/contract/session.ts';
import type { Past } from '../src/domain/request.ts';
import { resolveRequest } from '../src/domain/resolve-request.ts';
import type { SessionState, Turn } from '../src/sessions/session.ts';
import {
  accepted,
  begun,
  closing,
  editProblem,
  ended,
  isQuiet,
  newSession,
  queued,
  running,
  turnOf,
  undoProblem,
  undone,
  withoutQueue,
} from '../src/sessions/session.ts';
import { costOf, sessionMemo, sessionView, turnPage, turnView } from '../src/sessions/view.ts';
import { sessionDetails, turnSummary } from '../src/sessions/words.ts';
import { geminiGeneration } from './generation.ts';
import { SessionDoor } from './session-door.ts';

const edit = defineUpdate<AcceptedTurn, [EditRequest]>(SESSION_UPDATES.edit);
const undo = defineUpdate<Undone, [UndoRequest?]>(SESSION_UPDATES.undo);
const close = defineUpdate<SessionView, [CloseRequest?]>(SESSION_UPDATES.close);
const turnDone = defineSignal<[TurnOutcome]>(TURN_DONE_SIGNAL);

/** A run replays in a moment, and its history is read by people. */
const EVENTS_PER_RUN = 600;
const UPDATES_PER_RUN = 200;
/** Runs that began on an earlier release wrote no memo: asked once, at the beginning of each run. */
const TELLS_LISTS = 'session-memo';
/** A generation that was terminated tells nobody: it is looked after so often. */
const LOOK_AFTER_MS = 15 * 60_000;
/** A cancelled call books what it may have cost, and tells of it. */
const CANCEL_WAIT_MS = 10 * 60_000;

export async function geminiEditSession(input: SessionInput): Promise<SessionEnd> {
  return await new Session(input).run();
}

class Session {
  readonly #id = workflowInfo().workflowId;
  readonly #input: SessionInput;
  #state: SessionState;
  #updates = 0;
  /** A child is being started: this run must not end meanwhile. */
  #isStarting = false;
  readonly #tellsLists = patched(TELLS_LISTS);
  #told = '';
  readonly #door = new SessionDoor({
    id: this.#id,
    state: () => this.#state,
    change: (state) => this.#change(state),
    isStarting: () => this.#isStarting,
  });

  constructor(input: SessionInput) {
    this.#input = input;
    this.#state = (input.state as SessionState | undefined) ?? newSession(input, Date.now());
    this.#listen();
    this.#show();
  }

  async run(): Promise<SessionEnd> {
    try {
      for (;;) {
        await this.#begin();
        this.#remember();
        const waited = await this.#wait();
        if (waited === 'full') await this.#goOn();
        if (waited === 'closed' || waited === 'idle') return await this.#end(waited);
      }
    } catch (error) {
      if (isCancellation(error)) await CancellationScope.nonCancellable(() => this.#cancel());
      throw error;
    }
  }

  #listen(): void {
    const state = (next: SessionState): void => this.#change(next);
    this.#door.listen();
    setHandler(
      edit,
      (request) => {
        this.#updates += 1;
        const taken = accepted(this.#state, this.#id, request, Date.now());
        state(taken.state);
        return taken.answer;
      },
      {
        validator: (request: EditRequest) => check(editProblem(this.#state, this.#id, request)),
        description: 'One turn more: accepted at once, run when those before it have ended.',
      },
    );
    setHandler(
      undo,
      (request) => {
        this.#updates += 1;
        const done = undone(this.#state, Date.now(), request?.turnId);
        state(done.state);
        return done.answer;
      },
      {
        validator: (request?: UndoRequest) => check(undoProblem(this.#state, request?.turnId)),
        description: 'Takes the last turn out of the conversation.',
      },
    );
    setHandler(
      close,
      () => {
        this.#updates += 1;
        state(closing(this.#state));
        return sessionView(this.#id, this.#state);
      },
      { description: 'No further turn; those that were accepted still run.' },
    );
    setHandler(
      turnDone,
      (outcome) => {
        state(ended(this.#state, outcome, Date.now()));
        this.#door.tell(outcome.failure);
      },
      { description: 'From a turn: how its generation ended.' },
    );
    setHandler(defineQuery<SessionView>(SESSION_QUERIES.session), () => sessionView(this.#id, this.#state));
    setHandler(defineQuery<TurnPage, [number?]>(SESSION_QUERIES.turns), (from) =>
      turnPage(this.#state, from),
    );
    setHandler(defineQuery<TurnView | undefined, [string]>(SESSION_QUERIES.turn), (turnId) => {
      const turn = turnOf(this.#state, turnId);
      return turn === undefined ? undefined : turnView(turn);
    });
  }

  /** Starts what is next, where nothing runs. */
  async #begin(): Promise<void> {
    const next = begun(this.#state);
    if (next === undefined) return;
    this.#isStarting = true;
    try {
      this.#state = next.state;
      this.#show();
      await this.#start(next.turn, next.past);
    } finally {
      this.#isStarting = false;
    }
  }

  async #start({ asked, generationId, excerpt, turnId }: Turn, past: Past | undefined): Promise<void> {
    const { defaults, overflow } = this.#state.settings;
    const draft = { ...defaults, ...asked?.overrides, prompt: asked?.prompt ?? '', inputs: asked?.inputs };
    const request = {
      ...resolveRequest(draft),
      conversation: { session: this.#id, overflow, ...(past === undefined ? {} : { past }) },
    };
    const trace = asked?.traceparent === undefined ? {} : { traceparent: asked.traceparent };
    try {
      const child = await startChild(geminiGeneration, {
        workflowId: generationId,
        args: [{ request, ...trace }],
        // It outlives this run, which may go on in another one while it waits for a day's quota.
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: turnSummary(turnId, excerpt),
        priority: priorityOf(request),
      });
      // It tells by a signal before it ends; who was terminated tells nothing.
      child.result().then(
        () => undefined,
        (error: unknown) => {
          if (!isCancellation(error)) this.#lost(generationId);
        },
      );
    } catch (error) {
      if (isCancellation(error)) throw error;
      // Started by the run before, whose word of it was lost: it tells how it ends all the same.
      if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return;
      // Thrown on, it would fail this task for ever.
      this.#lost(generationId, `its generation could not be started: ${String(error)}`);
    }
  }

  async #wait(): Promise<'full' | 'closed' | 'idle' | 'again'> {
    const { closing: isClosing, activeAt, settings } = this.#state;
    if (isQuiet(this.#state) && isClosing === true) return 'closed';
    const turn = running(this.#state);
    const isDue = (): boolean =>
      this.#isFull() ||
      running(this.#state)?.turnId !== turn?.turnId ||
      (turn === undefined && (queued(this.#state).length > 0 || this.#state.closing === true)) ||
      this.#state.activeAt !== activeAt;
    const ms = turn === undefined ? Math.max(0, activeAt + settings.idleMs - Date.now()) : LOOK_AFTER_MS;
    const summary = turn === undefined ? 'ends if nobody asks for a turn' : `turn ${turn.turnId} runs`;
    if (await condition(isDue, ms, { summary })) return this.#isFull() ? 'full' : 'again';
    if (turn === undefined) return 'idle';
    await this.#lookAfter(turn);
    return 'again';
  }

  #isFull(): boolean {
    const { continueAsNewSuggested, historyLength, targetWorkerDeploymentVersionChanged } = workflowInfo();
    if (targetWorkerDeploymentVersionChanged) return true;
    return continueAsNewSuggested || historyLength >= EVENTS_PER_RUN || this.#updates >= UPDATES_PER_RUN;
  }

  /** Only a closed workflow cannot be signalled. */
  async #lookAfter({ generationId }: Turn): Promise<void> {
    try {
      await getExternalWorkflowHandle(generationId).signal(WAKE_SIGNAL);
    } catch (error) {
      if (isCancellation(error)) throw error;
      this.#lost(generationId);
    }
  }

  #lost(
    generationId: string,
    why = 'its generation was terminated, or ended by Temporal, without a word',
  ): void {
    const failed = { branch: 'interrupted', reason: 'terminated', why };
    this.#change(ended(this.#state, { generationId, failed }, Date.now()));
    this.#door.tell();
  }

  async #goOn(): Promise<never> {
    await condition(() => allHandlersFinished() && !this.#isStarting && this.#door.isQuiet);
    const { settings, from } = this.#input;
    // Pinned, a run stays with its release; the next one begins with the one that is current (docs/sessions.md).
    const goOn = makeContinueAsNewFunc<typeof geminiEditSession>(
      workflowInfo().targetWorkerDeploymentVersionChanged
        ? { initialVersioningBehavior: 'AUTO_UPGRADE' }
        : {},
    );
    return await goOn({
      settings,
      ...(from === undefined ? {} : { from }),
      state: this.#state,
    });
  }

  /** The turn that runs is cancelled and waited for; those that wait are not begun. */
  async #cancel(): Promise<void> {
    this.#change(closing(withoutQueue(this.#state)));
    this.#door.tell();
    const turn = running(this.#state);
    if (turn !== undefined) {
      await getExternalWorkflowHandle(turn.generationId)
        .cancel()
        .catch(() => this.#lost(turn.generationId));
      await condition(() => running(this.#state) === undefined, CANCEL_WAIT_MS);
    }
    await condition(() => this.#door.isQuiet);
    this.#remember();
  }

  async #end(why: SessionEnd['why']): Promise<SessionEnd> {
    this.#change(closing(this.#state));
    this.#remember();
    await condition(() => this.#door.isQuiet);
    return { id: this.#id, why, turns: this.#state.turns.length, cost: costOf(this.#state) };
  }

  /** For lists, which ask no worker; between two waits once, whatever happened. */
  #remember(): void {
    if (!this.#tellsLists) return;
    const memo = sessionMemo(this.#id, this.#state);
    const text = JSON.stringify(memo);
    if (text === this.#told) return;
    upsertMemo({ [MEMO.session]: memo });
    this.#told = text;
  }

  #change(state: SessionState): void {
    this.#state = state;
    this.#show();
  }

  #show(): void {
    setCurrentDetails(sessionDetails(this.#state));
  }
}

/** Thrown by a validator it leaves no trace in history. */
function check(problem: string | undefined): void {
  if (problem === undefined) return;
  const type = FAILURES.session;
  const failure = ApplicationFailure.create({ message: problem, type, nonRetryable: true });
  failure.stack = '';
  throw failure;
}
