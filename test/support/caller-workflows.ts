/** Workflows of a caller's own that edit in sessions, for the tests of `workflows/call-session.ts`. */
import {
  ApplicationFailure,
  ChildWorkflowFailure,
  condition,
  continueAsNew,
  defineSignal,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { TurnResult } from '../../src/contract/session-asks.ts';
import type { SessionView } from '../../src/contract/session.ts';
import type { EditSession, EditSessionOptions, SessionTurn } from '../../workflows/index.ts';
import { editSession, generateImages, openEditSession } from '../../workflows/index.ts';

export * from '../../workflows/index.ts';

const MODEL = 'gemini-3-pro-image';
const PROHIBITED = 'as something prohibited [[fault:prohibited-content]]';

/** What a caller's `catch` sees. */
export interface Caught {
  readonly name: string;
  readonly type?: string | null | undefined;
  readonly message: string;
  readonly isChildFailure: boolean;
  readonly details?: readonly unknown[] | null | undefined;
}

export async function caught(act: () => Promise<unknown>): Promise<Caught> {
  try {
    await act();
  } catch (error) {
    const isChildFailure = error instanceof ChildWorkflowFailure;
    const cause = isChildFailure ? error.cause : error;
    if (cause instanceof ApplicationFailure) {
      const { name, type, message, details } = cause;
      return { name, type, message, isChildFailure, details };
    }
    if (cause instanceof Error) return { name: cause.name, message: cause.message, isChildFailure };
  }
  throw ApplicationFailure.nonRetryable('it was expected to fail');
}

const opened = (options: EditSessionOptions): Promise<EditSession> =>
  editSession({ model: MODEL, size: '1K', ...options });

/** All turns are asked at once. */
export async function edits(
  options: EditSessionOptions,
  turns: readonly SessionTurn[],
): Promise<readonly TurnResult[]> {
  const session = await opened(options);
  return await Promise.all(turns.map((turn) => session.edit(turn)));
}

/** One turn after another; a failed one is caught, and compared with a generation that failed by the same words. */
export async function goesOnAfterAFailure(id: string) {
  const session = await opened({ id });
  await session.edit({ turnId: 'a', prompt: 'a fox' });
  const turn = await caught(() => session.edit({ turnId: 'b', prompt: PROHIBITED }));
  const again = await caught(() => session.edit({ turnId: 'b', prompt: PROHIBITED }));
  const generation = await caught(() => generateImages({ prompt: PROHIBITED, model: MODEL, size: '1K' }));
  const next = await session.edit({ turnId: 'c', prompt: 'in snow' });
  return { turn, again, generation, next };
}

export async function isRefused(id: string) {
  const session = await opened({ id });
  await session.edit({ turnId: 'a', prompt: 'a fox' });
  await session.edit({ turnId: 'b', prompt: 'in snow' });
  const otherWords = await caught(() => session.edit({ turnId: 'a', prompt: 'a dog' }));
  const badField = await caught(() => session.edit({ turnId: 'x', prompt: 'x', inputs: 'none' as never }));
  const notLast = await caught(() => session.undo('a'));
  const unknown = await caught(() => session.undo('never'));
  const badFix = await caught(() => session.fixText({ right: ' ' }));
  const undone = [await session.undo('b'), await session.undo('b')];
  const closed = await session.close();
  const afterClose = await caught(() => session.edit({ turnId: 'c', prompt: 'no' }));
  const nowhere = await caught(() => openEditSession('never-started').edit({ prompt: 'a fox' }));
  return { otherWords, badField, notLast, unknown, badFix, undone, closed, afterClose, nowhere };
}

/** Its second run asks for the turn that its first did not wait for, and for one more. */
export async function continues(id: string, session?: string): Promise<readonly TurnResult[]> {
  const b = { turnId: 'b', prompt: 'slowly [[fault:slow-headers(2s)]]' };
  if (session === undefined) {
    const first = await opened({ id });
    await first.edit({ turnId: 'a', prompt: 'a fox' });
    void first.edit(b).catch(() => undefined);
    await sleep(500);
    return await continueAsNew<typeof continues>(id, first.id);
  }
  const joined = openEditSession(session);
  return [await joined.edit(b), await joined.edit({ turnId: 'c', prompt: 'in snow' })];
}

export const finish = defineSignal('finish');

/** Waits for one turn of a session that runs already; `finish` ends it. */
export async function waits(session: string, turn: SessionTurn): Promise<Caught | TurnResult> {
  let isFinished = false;
  setHandler(finish, () => void (isFinished = true));
  let given: Caught | TurnResult | undefined;
  const wait = async (): Promise<void> => {
    given = await openEditSession(session).edit(turn);
  };
  void caught(wait).then(
    (failure) => (given = failure),
    () => undefined,
  );
  await condition(() => given !== undefined || isFinished);
  return given ?? { name: 'finished', message: '', isChildFailure: false };
}

export async function leaves(options: EditSessionOptions): Promise<SessionView['id']> {
  const session = await opened(options);
  await session.edit({ turnId: 'a', prompt: 'a fox' });
  return session.id;
}

/** The letters are wrong in a generation's image: corrected in a session that begins with it. */
export async function correctsAPoster(id: string): Promise<TurnResult> {
  const { images } = await generateImages({ prompt: 'a poster', model: MODEL, size: '1K' });
  const [image] = images;
  if (image === undefined) throw ApplicationFailure.nonRetryable('no image');
  const { sha256, mime, bytes } = image;
  const session = await opened({ id });
  const fixed = await session.fixText({
    turnId: 'letters',
    inputs: [{ kind: 'artifact', sha256, mime, bytes }],
    ...{ wrong: 'GRAND OPENNING', right: 'GRAND OPENING', where: 'the banner' },
  });
  await session.close();
  return fixed;
}
