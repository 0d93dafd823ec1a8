/**
 * What a workflow asks of a session, and what the session answers it. A workflow cannot send updates, so both go by
 * signals: `gemini.ask` to the session, `gemini.answer` to the workflow that asked, in whatever run it is by then.
 */
import type { GenerationFailure } from './generation.ts';
import type { EditRequest, SessionView, TurnDone, TurnView, Undone } from './session.ts';

/** What is asked. All of them may be asked again: the same is done once. */
export type Question =
  | { readonly kind: 'edit'; readonly edit: EditRequest }
  /** It has no answer of its own: the edit's comes. What does not run yet is not begun, a call is aborted and booked. */
  | { readonly kind: 'withdraw'; readonly turnId: string }
  /** It names the turn, so that asked twice it does not take back another one. */
  | { readonly kind: 'undo'; readonly turnId: string }
  | { readonly kind: 'close' };

/** Signal `gemini.ask`. */
export type SessionAsk = Question & {
  /** The answer names it: a new one for each question. */
  readonly askId: string;
  /** Workflow id of who asks, in the session's namespace. */
  readonly from: string;
};

/** Signal `gemini.answer`; a turn's comes when it has ended, the others at once. */
export type SessionAnswer = Answer & { readonly session: string; readonly askId: string };

export type Answer =
  | { readonly kind: 'refused'; readonly why: string }
  | TurnAnswer
  | { readonly kind: 'undone'; readonly undone: Undone }
  | { readonly kind: 'closed'; readonly view: SessionView };

export interface TurnAnswer {
  readonly kind: 'turn';
  readonly turn: TurnView;
  /** Where it failed; without its trail where it was asked for again after its end. */
  readonly failure?: GenerationFailure;
}

/** What a turn comes to for a workflow: references only (I1). */
export interface TurnResult extends TurnDone {
  readonly turnId: string;
  /** Described, opened and looked at by it. */
  readonly generationId: string;
}
