/** What goes into an edit session, what it answers, and what a turn tells it. JSON throughout, references only (I1). */
import type { ImageRef } from '../domain/artifact.ts';
import type { Cost } from '../domain/attempt.ts';
import type { HistoryUse } from '../domain/conversation.ts';
import type { Past } from '../domain/request.ts';
import type { InputSource, StoredText } from '../domain/request.ts';
import type { RequestDraft } from '../domain/resolve-request.ts';
import type { GenerationFailure } from './generation.ts';

/** What every turn of a session is asked with, unless it says otherwise. */
export type TurnDefaults = Omit<RequestDraft, 'prompt' | 'inputs' | 'conversation'>;

export interface SessionSettings {
  readonly defaults: TurnDefaults;
  /** What happens once the conversation is longer than the model takes. @default 'fail' */
  readonly overflow: 'fail' | 'drop-oldest-images';
  /** Without a turn for so long it ends by itself, in milliseconds. @default 30 days */
  readonly idleMs: number;
}

export const DEFAULT_IDLE_MS = 30 * 24 * 3_600_000;

/** The argument of workflow `geminiEditSession`. */
export interface SessionInput {
  readonly settings: SessionSettings;
  /** Forked: where its conversation begins. */
  readonly from?: SessionOrigin;
  /** A run that goes on: all that the one before knew. */
  readonly state?: unknown;
}

export interface SessionOrigin extends Partial<SaidOfSession> {
  readonly session: string;
  readonly turnId: string;
  readonly past: Past;
}

/** The argument of update `gemini.edit`. */
export interface EditRequest {
  /** The caller's: the same id is the same turn, whoever sends it again, for as long as the session lives. */
  readonly turnId: string;
  /** Absent: what the session's defaults say. */
  readonly overrides?: TurnDefaults;
  readonly prompt: string | StoredText;
  readonly inputs?: readonly InputSource[];
  /** The beginning of the prompt, for people; absent where it is to be hidden. */
  readonly excerpt?: string;
  /** W3C traceparent of the caller's span: what is done for this turn belongs to its trace. */
  readonly traceparent?: string;
}

/** Answered at once: the turn is accepted, and runs when those before it have ended. */
export interface AcceptedTurn {
  readonly turnId: string;
  /** Waited for, described, decided on and cancelled like any generation. */
  readonly generationId: string;
  /** Turns that run before it. */
  readonly ahead: number;
}

export type TurnStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface TurnView {
  readonly turnId: string;
  readonly generationId: string;
  readonly status: TurnStatus;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  readonly excerpt?: string;
  /** The turn whose image it changes; absent where it began the conversation. */
  readonly after?: string;
  /** It is not part of the conversation any more. */
  readonly undone?: true;
  readonly done?: TurnDone;
  readonly failed?: TurnFailed;
}

export interface TurnDone {
  readonly images: readonly ImageRef[];
  readonly route: string;
  readonly model: string;
  readonly cost: Cost;
  /** What the next turn goes on with; absent where the answer cannot be sent back. */
  readonly past?: Past;
  readonly use: HistoryUse;
  /** At most 4, each cut to 200 bytes. */
  readonly warnings: readonly string[];
}

export interface TurnFailed {
  readonly branch: string;
  readonly reason: string;
  readonly why: string;
  readonly cost?: Cost;
}

/** Who changed a session, and why: nothing depends on it, history keeps it. */
export interface SaidOfSession {
  /** At most 100 characters. */
  readonly by: string;
  /** At most 500 characters. */
  readonly why: string;
}

/** The argument of update `gemini.close`, or none. */
export type CloseRequest = Partial<SaidOfSession>;

/** The argument of update `gemini.undo`; absent: the last turn, whichever it is when it is heard. */
export interface UndoRequest extends Partial<SaidOfSession> {
  /** Sent again it undoes no other one. */
  readonly turnId?: string;
}

/** Signal `gemini.turnDone`: a turn's generation ended, and how. */
export interface TurnOutcome {
  readonly generationId: string;
  readonly done?: TurnDone;
  readonly failed?: TurnFailed;
  /** Whole, for who waits for the turn; the session itself keeps only `failed`. */
  readonly failure?: GenerationFailure;
  readonly cancelled?: true;
}

/** The answer of query `gemini.session`; under 16 KiB (I1). */
export interface SessionView {
  readonly id: string;
  readonly status: 'open' | 'closing' | 'closed';
  readonly settings: SessionSettings;
  readonly from?: Pick<SessionOrigin, 'session' | 'turnId'>;
  readonly createdAt: number;
  /** It ends by itself then, if nothing comes. Epoch milliseconds. */
  readonly expiresAt: number;
  /** The turn that the next one goes on from; absent at the beginning. */
  readonly head?: string;
  readonly running?: string;
  readonly queued: number;
  readonly turns: number;
  /** Sums over all turns. */
  readonly cost: Cost;
}

/** Memo `geminiSession`: what a list of sessions shows without asking a worker. */
export interface SessionMemo {
  readonly status: SessionView['status'];
  /** Epoch milliseconds. Its run may be younger. */
  readonly createdAt: number;
  /** When anything was asked or done last. */
  readonly activeAt: number;
  readonly turns: number;
  readonly failed: number;
  readonly queued: number;
  readonly cost: Cost;
  /** The turn that runs. */
  readonly running?: string;
  /** The last turn of the conversation, its first image, and the beginning of its prompt unless that is hidden. */
  readonly head?: string;
  readonly image?: ImageRef;
  readonly excerpt?: string;
  readonly from?: SessionView['from'];
}

/** The answer of query `gemini.turns`, oldest first; under 16 KiB. */
export interface TurnPage {
  readonly turns: readonly TurnView[];
  /** Ask for the turns after this one; absent at the end. */
  readonly next?: number;
}

/** The answer of update `gemini.undo`. */
export interface Undone {
  readonly undone: string;
  /** Absent: the conversation begins anew. */
  readonly head?: string;
}

/** How a session ends: the result of its workflow. */
export interface SessionEnd {
  readonly id: string;
  readonly why: 'closed' | 'idle';
  readonly turns: number;
  readonly cost: Cost;
}
