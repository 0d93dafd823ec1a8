/** An edit session, held by whoever started or opened it: turns go in, images come out, and it can be forked. */
import type { GenerationResult } from '../contract/generation.ts';
import { sessionId } from '../contract/session-id.ts';
import type { AcceptedTurn, SaidOfSession, SessionView, TurnView, Undone } from '../contract/session.ts';
import type { SessionDraft, TextFixDraft, TurnDraft } from '../schema/session.ts';
import { parseSession, parseTextFix } from '../schema/session.ts';
import type { WaitOptions } from './generation-handle.ts';
import type { ClientMeans } from './means.ts';
import { resultOfTurn } from './result.ts';
import { closeSession, describeSession, editSession, forkSession, turnsOf, undoTurn } from './sessions.ts';

export interface TurnHandle extends AcceptedTurn {
  /** Waits for the turn's images, those before it included. Throws what `GeminiImages.result` throws. */
  result(options?: WaitOptions): Promise<GenerationResult>;
}

export interface SessionHandle {
  readonly id: string;
  /**
   * Accepts a turn and returns at once: it changes the last image as the prompt says, once the turns before it
   * have ended. With a `turnId` the same turn is one turn however often it is sent.
   *
   * Throws {@link SessionRefused}, {@link UnknownSession}, {@link NoSessionAnswered}, {@link InvalidRequest},
   * {@link ServerUnreachable}.
   */
  edit(turn: TurnDraft): Promise<TurnHandle>;
  /**
   * A turn that corrects letters in the last image, or in the one of `inputs`, and leaves the rest as it is; on its own
   * path only, unless `allow` says otherwise. Throws what {@link edit} throws.
   */
  fixText(fix: TextFixDraft): Promise<TurnHandle>;
  /** All turns, oldest first: references, costs, routes, and why one failed. */
  turns(): Promise<readonly TurnView[]>;
  /**
   * Takes the last turn out of the conversation; its images stay.
   * @param turnId Named it must be the last one, and sent again it undoes no other. @default the last one as it is now
   * @param said Who, and why; kept in history, as with `fork` and `close`. @default nobody says it
   */
  undo(turnId?: string, said?: SaidOfSession): Promise<Undone>;
  /** A new session from a turn of this one, with what is given in place of its settings. @param turnId @default the last */
  fork(turnId?: string, settings?: SessionDraft, said?: SaidOfSession): Promise<SessionHandle>;
  describe(): Promise<SessionView>;
  /** No further turn; those that were accepted still run. */
  close(said?: SaidOfSession): Promise<SessionView>;
}

/** Asks nobody whether the session exists. */
export function openSession(means: ClientMeans, given: string): SessionHandle {
  const { context, taskQueue, waiter } = means;
  const id = sessionId(given);
  // Asked once: a prompt that is to be hidden must not even be sent in part.
  let hidden: boolean | undefined;
  const hides = async (): Promise<boolean> => {
    hidden ??= (await describeSession(context, id)).settings.defaults.hidePrompt === true;
    return hidden;
  };
  const edit = async (turn: TurnDraft): Promise<TurnHandle> => {
    const accepted = await editSession(context, id, turn, hides);
    return { ...accepted, result: (options) => resultOfTurn(context, waiter, id, accepted, options) };
  };
  return {
    id,
    edit,
    fixText: async (fix) => await edit(parseTextFix(fix)),
    turns: () => turnsOf(context, id),
    undo: (turnId, said) => undoTurn(context, id, turnId, said),
    fork: async (turnId, settings = {}, said) => {
      const at = turnId === undefined ? {} : { turnId };
      const draft = { ...at, ...parseSession(settings) };
      return openSession(means, await forkSession(context, taskQueue, id, draft, said));
    },
    describe: () => describeSession(context, id),
    close: (said) => closeSession(context, id, said),
  };
}
