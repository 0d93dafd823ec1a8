/**
 * Edit sessions: started, gone on with, looked at, forked, closed. Prompts and images are stored before anything
 * is sent (I1); a turn is a generation like any other, waited for by its id.
 */
import { randomUUID } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { SESSION_QUERIES, SESSION_UPDATES, WORKFLOW_TYPES } from '../contract/names.ts';
import { priorityOf } from '../contract/priority.ts';
import { sessionId } from '../contract/session-id.ts';
import { DEFAULT_IDLE_MS } from '../contract/session.ts';
import type {
  AcceptedTurn,
  CloseRequest,
  EditRequest,
  SaidOfSession,
  SessionInput,
  SessionOrigin,
  SessionSettings,
  SessionView,
  TurnPage,
  TurnView,
  UndoRequest,
  Undone,
} from '../contract/session.ts';
import { resolveRequest } from '../domain/resolve-request.ts';
import type { TurnDraft, ValidSession } from '../schema/session.ts';
import { parseTurn } from '../schema/session.ts';
import { currentTraceparent } from '../tracing/traced.ts';
import type { ClientContext } from './context.ts';
import { inputOf } from './dead-letter.ts';
import { checkSaid } from './invalid.ts';
import { rpc } from './rpc.ts';
import { querySession, updateSession } from './session-call.ts';
import { SessionRefused, UnknownSession } from './session-errors.ts';
import { storeInputs, storeText } from './store-inputs.ts';

const EXCERPT = 120;
const LATEST_RUN = '';

/** @returns Its id; one that was started before with the same id is the same session. */
export async function startSession(
  context: ClientContext,
  taskQueue: string,
  { id: given, idleMs = DEFAULT_IDLE_MS, overflow = 'fail', ...defaults }: ValidSession,
  from?: SessionOrigin,
): Promise<string> {
  const { client, deadlineMs } = context;
  const id = sessionId(given ?? randomUUID());
  const input: SessionInput = {
    settings: { defaults, idleMs, overflow },
    ...(from === undefined ? {} : { from }),
  };
  try {
    await rpc(client, deadlineMs, `start ${id}`, () =>
      client.workflow.start(WORKFLOW_TYPES.session, {
        workflowId: id,
        taskQueue,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary:
          from === undefined ? 'edit session' : `edit session, from ${from.turnId} of ${from.session}`,
        ...(from?.by === undefined ? {} : { staticDetails: `Forked by ${from.by}: ${from.why ?? ''}` }),
        priority: priorityOf(resolveRequest({ ...defaults, prompt: '' })),
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new SessionRefused(id, 'a session of this id has ended; give another id, or fork it to go on', {
      cause: error,
    });
  }
  return id;
}

/** @param hides Whether the session keeps the words of its prompts from people. */
export async function editSession(
  context: ClientContext,
  id: string,
  given: TurnDraft,
  hides: () => Promise<boolean>,
): Promise<AcceptedTurn> {
  const { turnId = randomUUID(), prompt, inputs, ...overrides } = parseTurn(given);
  const { inputs: sources } = await storeInputs(context.store, '', inputs ?? []);
  const traceparent = await currentTraceparent();
  const request: EditRequest = {
    turnId,
    // Never inline: a session keeps all its turns for weeks.
    prompt: await storeText(context.store, prompt),
    ...(sources.length === 0 ? {} : { inputs: sources }),
    ...(Object.keys(overrides).length === 0 ? {} : { overrides }),
    ...((overrides.hidePrompt ?? (await hides())) ? {} : { excerpt: prompt.slice(0, EXCERPT) }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  return await updateSession<AcceptedTurn>(context, id, SESSION_UPDATES.edit, [request]);
}

/** @param turnId @default the last one, as it is now: no other one is undone, whatever is sent again or comes between */
export async function undoTurn(
  context: ClientContext,
  id: string,
  turnId?: string,
  said?: SaidOfSession,
): Promise<Undone> {
  if (said !== undefined) checkSaid(said);
  const last = turnId ?? (await describeSession(context, id)).head;
  const args: readonly [] | readonly [UndoRequest] =
    last === undefined ? [] : [{ turnId: last, ...saidOf(said) }];
  return await updateSession<Undone>(context, id, SESSION_UPDATES.undo, args);
}

export async function closeSession(
  context: ClientContext,
  id: string,
  said?: SaidOfSession,
): Promise<SessionView> {
  if (said !== undefined) checkSaid(said);
  const args: readonly [] | readonly [CloseRequest] = said === undefined ? [] : [saidOf(said)];
  return await updateSession<SessionView>(context, id, SESSION_UPDATES.close, args);
}

/** What was given beside it is nobody's. */
function saidOf(said: SaidOfSession | undefined): Partial<SaidOfSession> {
  return said === undefined ? {} : { by: said.by, why: said.why };
}

export async function describeSession(context: ClientContext, id: string): Promise<SessionView> {
  return await querySession<SessionView>(context, id, SESSION_QUERIES.session);
}

/** Throws {@link UnknownSession} where the session has no such turn. */
export async function turnStatus(context: ClientContext, id: string, turnId: string): Promise<TurnView> {
  const turn = await querySession<TurnView | null | undefined>(context, id, SESSION_QUERIES.turn, [turnId]);
  if (turn === undefined || turn === null) throw new UnknownSession(`${id}, turn ${turnId}`);
  return turn;
}

/** Whole, as its latest run was started with them: a view may have cut a long instruction. */
async function settingsOf(context: ClientContext, id: string): Promise<SessionSettings> {
  return (await inputOf<SessionInput>(context, id, LATEST_RUN)).settings;
}

/** All of them, oldest first, page after page. */
export async function turnsOf(context: ClientContext, id: string): Promise<readonly TurnView[]> {
  const turns: TurnView[] = [];
  for (let from: number | undefined = 0; from !== undefined;) {
    const page: TurnPage = await querySession<TurnPage>(context, id, SESSION_QUERIES.turns, [from]);
    turns.push(...page.turns);
    from = page.next;
  }
  return turns;
}

/**
 * A new session that goes on from a turn of this one, sharing its artifacts; this one stays as it is.
 * @param turnId @default the last turn of the conversation
 */
export async function forkSession(
  context: ClientContext,
  taskQueue: string,
  id: string,
  { turnId, ...given }: { readonly turnId?: string } & ValidSession,
  said?: SaidOfSession,
): Promise<string> {
  if (said !== undefined) checkSaid(said);
  const { head } = await describeSession(context, id);
  const at = turnId ?? head;
  if (at === undefined) throw new SessionRefused(id, 'it has no turn to fork from');
  const turn = await turnStatus(context, id, at);
  const past = turn.done?.past;
  if (past === undefined)
    throw new SessionRefused(id, `turn ${at} is ${turn.status}; fork from one that delivered`);
  const { defaults, idleMs, overflow } = await settingsOf(context, id);
  const draft = { ...defaults, idleMs, overflow, ...given } as ValidSession;
  return await startSession(context, taskQueue, draft, { session: id, turnId: at, past, ...saidOf(said) });
}
