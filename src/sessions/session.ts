/**
 * An edit session as a reducer: turns are accepted in their order, run one after another, each from the image of
 * the one before, and none is lost or run twice. Pure and total; the workflow is a shell around it.
 */
import type {
  AcceptedTurn,
  EditRequest,
  SessionInput,
  SessionOrigin,
  SessionSettings,
  TurnDone,
  TurnFailed,
  TurnOutcome,
  TurnStatus,
  Undone,
} from '../contract/session.ts';
import { turnGenerationId } from '../contract/session-id.ts';
import { isTraceparent } from '../contract/traceparent.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { Past } from '../domain/request.ts';
import { resolveRequest } from '../domain/resolve-request.ts';
import { shortText, utf8Bytes } from '../domain/short-text.ts';

/** A longer session is one to fork: all that it knows goes on with every run. */
export const MOST_TURNS = 500;
const MOST_QUEUED = 50;
const LONGEST_TURN_ID = 100;
/** Temporal's own limit is 1,000, shared with what others put before an id. */
const LONGEST_WORKFLOW_ID = 900;
/** All that wait go on with a session's run, which takes 2 MB. */
const LARGEST_EDIT_BYTES = 16 * 1024;
const LONGEST_EXCERPT_BYTES = 160;
const MOST_WARNINGS = 4;
const LONGEST_WARNING_BYTES = 200;
const LONGEST_WHY_BYTES = 300;

export interface Turn {
  readonly turnId: string;
  readonly generationId: string;
  readonly status: TurnStatus;
  readonly acceptedAt: number;
  readonly excerpt?: string;
  /** What was asked, while it waits or runs. */
  readonly asked?: Pick<EditRequest, 'prompt' | 'inputs' | 'overrides' | 'traceparent'>;
  /** Tells whether the same id came with another request. */
  readonly digest: string;
  readonly after?: string;
  readonly undone?: true;
  readonly done?: TurnDone;
  readonly failed?: TurnFailed;
}

export interface SessionState {
  readonly settings: SessionSettings;
  readonly from?: SessionOrigin;
  readonly createdAt: number;
  /** When anything was asked or done last. */
  readonly activeAt: number;
  /** In the order in which they were accepted. */
  readonly turns: readonly Turn[];
  readonly head?: string;
  readonly closing?: true;
  /** Workflows that wait for a turn's end. */
  readonly listeners?: readonly Listener[];
}

export interface Listener {
  readonly turnId: string;
  readonly askId: string;
  /** Workflow id. */
  readonly from: string;
}

export type Refusal = { readonly refused: string };

export function newSession({ settings, from }: SessionInput, now: number): SessionState {
  return { settings, createdAt: now, activeAt: now, turns: [], ...(from === undefined ? {} : { from }) };
}

/** Why an edit cannot be accepted; undefined where it can, or was. Total: a caller in another language sends anything. */
export function editProblem(
  state: SessionState,
  sessionId: string,
  request: EditRequest,
): string | undefined {
  const problem = shapeProblem(state, sessionId, request);
  if (problem !== undefined) return problem;
  const { turnId, excerpt: _excerpt, ...asked } = request;
  const known = turnOf(state, turnId);
  if (known !== undefined) {
    return known.digest === digestOf(asked)
      ? undefined
      : `turnId: ${turnId} is another turn already; give a new id`;
  }
  if (state.closing === true) return 'the session is closed; fork it to go on';
  if (state.turns.length >= MOST_TURNS) return `the session has ${MOST_TURNS} turns; fork it to go on`;
  if (queued(state).length >= MOST_QUEUED) return `${MOST_QUEUED} turns wait already; wait for one of them`;
  return undefined;
}

function shapeProblem(state: SessionState, sessionId: string, request: EditRequest): string | undefined {
  if (!isObject(request)) return 'edit: must be an object: { "turnId": "…", "prompt": "…" }';
  const { turnId, prompt, inputs, overrides, excerpt } = request;
  if (typeof turnId !== 'string' || turnId === '' || turnId.length > LONGEST_TURN_ID)
    return `turnId: must be a text of 1 to ${LONGEST_TURN_ID} characters`;
  if (!turnId.isWellFormed()) return 'turnId: must be whole Unicode characters';
  if (turnGenerationId(sessionId, turnId).length > LONGEST_WORKFLOW_ID)
    return `turnId: with the session's id it must be at most ${LONGEST_WORKFLOW_ID} characters, escapes included`;
  if (typeof prompt !== 'string' && !(isObject(prompt) && typeof prompt.sha256 === 'string'))
    return 'prompt: must be a text';
  if (inputs !== undefined && !isListOfObjects(inputs)) return 'inputs: must be a list of objects';
  if (excerpt !== undefined && typeof excerpt !== 'string') return 'excerpt: must be a text, or left out';
  if (overrides !== undefined && !isObject(overrides)) return 'overrides: must be an object, or left out';
  if (utf8Bytes(JSON.stringify({ prompt, inputs, overrides })) > LARGEST_EDIT_BYTES)
    return `prompt: the turn must be at most ${LARGEST_EDIT_BYTES} bytes of JSON; put a long prompt into the store`;
  try {
    resolveRequest({ ...state.settings.defaults, ...overrides, prompt, inputs });
    return undefined;
  } catch (error) {
    return `overrides: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Once `editProblem` found none. */
export function accepted(
  state: SessionState,
  sessionId: string,
  request: EditRequest,
  now: number,
): { readonly state: SessionState; readonly answer: AcceptedTurn } {
  const { turnId, excerpt, prompt, inputs, overrides, traceparent } = request;
  const known = turnOf(state, turnId);
  if (known !== undefined) return { state, answer: answerOf(state, known) };
  const asked = {
    prompt,
    ...(inputs === undefined ? {} : { inputs }),
    ...(overrides === undefined ? {} : { overrides }),
    ...(isTraceparent(traceparent) ? { traceparent } : {}),
  };
  const isHidden = overrides?.hidePrompt ?? state.settings.defaults.hidePrompt ?? false;
  const turn: Turn = {
    ...{ turnId, generationId: turnGenerationId(sessionId, turnId), status: 'queued' },
    ...{ acceptedAt: now, asked, digest: digestOf(asked) },
    ...(excerpt === undefined || isHidden ? {} : { excerpt: shortText(excerpt, LONGEST_EXCERPT_BYTES) }),
  };
  const after = { ...state, turns: [...state.turns, turn], activeAt: now };
  return { state: after, answer: answerOf(after, turn) };
}

function answerOf(state: SessionState, { turnId, generationId, status }: Turn): AcceptedTurn {
  const open = state.turns.filter((turn) => turn.status === 'queued' || turn.status === 'running');
  const ahead = status === 'queued' ? open.findIndex((turn) => turn.turnId === turnId) : 0;
  return { turnId, generationId, ahead };
}

/** Short, and the same for equal requests: not a secret. */
function digestOf(asked: Pick<EditRequest, 'prompt' | 'inputs' | 'overrides'>): string {
  const { prompt, inputs, overrides } = asked;
  const text = canonicalJson({ prompt, inputs, overrides });
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < text.length; i += 1) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b + text.charCodeAt(i), 0x85ebca6b) ^ (b >>> 13);
  }
  return `${text.length.toString(36)}-${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}

export function turnOf({ turns }: SessionState, turnId: string | undefined): Turn | undefined {
  return turnId === undefined ? undefined : turns.find((turn) => turn.turnId === turnId);
}

export function running({ turns }: SessionState): Turn | undefined {
  return turns.find(({ status }) => status === 'running');
}

export function queued({ turns }: SessionState): readonly Turn[] {
  return turns.filter(({ status }) => status === 'queued');
}

/** What a turn goes on with; undefined where it begins. */
export function pastAt(state: SessionState, turnId: string | undefined): Past | undefined {
  return turnId === undefined ? state.from?.past : turnOf(state, turnId)?.done?.past;
}

/** The next turn begins, from the head as it is now; undefined while one runs, or none waits. */
export function begun(
  state: SessionState,
): { readonly state: SessionState; readonly turn: Turn; readonly past?: Past } | undefined {
  const [next] = queued(state);
  if (next === undefined || running(state) !== undefined) return undefined;
  const { head } = state;
  const turn: Turn = { ...next, status: 'running', ...(head === undefined ? {} : { after: head }) };
  const past = pastAt(state, head);
  return { state: withTurn(state, turn), turn, ...(past === undefined ? {} : { past }) };
}

/**
 * A turn's generation ended. Told twice it changes nothing. A failed one leaves the conversation as it was; where
 * somebody revived it and nothing was built in its place, it is part of the conversation after all.
 */
export function ended(state: SessionState, outcome: TurnOutcome, now: number): SessionState {
  const turn = state.turns.find(({ generationId }) => generationId === outcome.generationId);
  if (turn === undefined || turn.status === 'done' || turn.status === 'queued') return state;
  const { done, failed, cancelled } = outcome;
  const { asked: _asked, failed: _failed, ...rest } = turn;
  if (done !== undefined) {
    const after = withTurn(state, { ...rest, status: 'done', done: short(done) });
    const isNext = turn.after === state.head && running(after) === undefined;
    // Without a past there is nothing to go on with: the next turn would not know this image.
    const becomesHead = isNext && done.past !== undefined;
    return { ...after, activeAt: now, ...(becomesHead ? { head: turn.turnId } : {}) };
  }
  if (turn.status !== 'running') return state;
  const why = failed ?? { branch: 'cancelled', reason: 'cancelled', why: 'it was cancelled' };
  const status = cancelled === true ? ('cancelled' as const) : ('failed' as const);
  const told: TurnFailed = { ...why, why: shortText(why.why, LONGEST_WHY_BYTES) };
  return { ...withTurn(state, { ...rest, status, failed: told }), activeAt: now };
}

function short(done: TurnDone): TurnDone {
  const warnings = done.warnings
    .slice(0, MOST_WARNINGS)
    .map((warning) => shortText(warning, LONGEST_WARNING_BYTES));
  return { ...done, images: done.images.slice(0, 4), warnings };
}

/**
 * Why nothing can be undone now.
 * @param turnId Where it is named, it must be the last one of the conversation, or undone already.
 */
export function undoProblem(state: SessionState, turnId?: unknown): string | undefined {
  const turn = typeof turnId === 'string' ? turnOf(state, turnId) : undefined;
  if (turnId !== undefined) {
    if (turn === undefined) return 'turnId: must be a turn of this session';
    if (turn.undone === true) return undefined;
  }
  if (state.closing === true) return 'the session is closed; fork it to go on';
  if (running(state) !== undefined || queued(state).length > 0)
    return 'a turn runs or waits; undo it once it has ended, or cancel its generation';
  const { head } = state;
  if (head === undefined) return 'there is no turn to undo';
  return turn === undefined || turn.turnId === head
    ? undefined
    : `turnId: ${turn.turnId} is not the last turn of the conversation, ${head} is; undo that first`;
}

/** Once `undoProblem` found none. A turn that is undone already is answered for and changes nothing. */
export function undone(
  state: SessionState,
  now: number,
  turnId?: string,
): { readonly state: SessionState; readonly answer: Undone } {
  const { head: before, ...rest } = state;
  if (turnOf(state, turnId)?.undone === true) {
    const answer: Undone = { undone: turnId as string, ...(before === undefined ? {} : { head: before }) };
    return { state, answer };
  }
  const turn = turnOf(state, before) as Turn;
  const head = turn.after === undefined ? {} : { head: turn.after };
  const after = withTurn({ ...rest, ...head, activeAt: now }, { ...turn, undone: true });
  return { state: after, answer: { undone: turn.turnId, ...head } };
}

/** No turn is accepted any more; those that were accepted still run. */
export function closing(state: SessionState): SessionState {
  return { ...state, closing: true };
}

/** Nobody waits for anything of it. */
export function isQuiet(state: SessionState): boolean {
  return running(state) === undefined && queued(state).length === 0;
}

/** Turns that did not begin end with the session, or, where one is named, that one ends alone. */
export function withoutQueue(state: SessionState, turnId?: string): SessionState {
  const ends = (turn: Turn): boolean =>
    turn.status === 'queued' && (turnId === undefined || turn.turnId === turnId);
  return {
    ...state,
    turns: state.turns.map((turn) => (ends(turn) ? { ...turn, status: 'cancelled' } : turn)),
  };
}

function withTurn(state: SessionState, turn: Turn): SessionState {
  return { ...state, turns: state.turns.map((each) => (each.turnId === turn.turnId ? turn : each)) };
}
