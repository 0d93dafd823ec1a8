/**
 * Sends one turn and tells how it goes, as `generate` does. It outlives this program: a turn that was accepted
 * runs, whoever watches.
 */
import { ServerUnreachable, UnknownGeneration } from '../../client/errors.ts';
import type { GeminiImages } from '../../client/gemini-images.ts';
import type { SessionHandle, TurnHandle } from '../../client/session-handle.ts';
import { NoSessionAnswered } from '../../client/session-errors.ts';
import { EXIT_OF, endingJson, endingWords } from '../ending-words.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Ending, Followed } from '../follow.ts';
import { follow } from '../follow.ts';
import { commandLine } from '../invocation.ts';
import type { Leaving } from '../leaving.ts';
import { oneLine } from '../../words/one-line.ts';
import { print, printJson, say } from '../output.ts';
import { asksAPerson } from '../phase-words.ts';
import { ProgressLine } from '../progress-line.ts';
import { CommandFailed } from '../report.ts';
import { saveImages } from '../save-images.ts';
import type { NamedTurn } from './drafts.ts';
import { HISTORY_WORDS } from '../../words/session-history.ts';

export interface TurnRun {
  readonly images: GeminiImages;
  readonly session: SessionHandle;
  readonly turn: NamedTurn;
  /** Learns of the turn once it is accepted. */
  readonly leaving: Leaving;
  readonly waitMs: number;
  readonly out: string;
  readonly json: boolean;
  /** Options that make another command find the same server and store. */
  readonly server: readonly string[];
}

export async function runTurn(run: TurnRun): Promise<ExitCode> {
  const { images, session, turn: draft, leaving, waitMs, out, json, server } = run;
  const turn = await sent(session, draft);
  leaving.id = turn.generationId;
  if (turn.ahead > 0) say(`${turn.ahead === 1 ? '1 turn runs' : `${turn.ahead} turns run`} before it`);
  const progress = new ProgressLine();
  const ending = await followTurn(images, session, turn, { waitMs, progress });
  const files =
    ending.kind === 'done'
      ? await saveImages(images, ending.result.images, { directory: out, title: `turn ${draft.turnId}` })
      : [];
  // A turn that waits for others has no generation yet; evidence and questions are that one's.
  const isItsOwn = ending.kind === 'failed' || (ending.kind === 'running' && asksAPerson(ending.error.phase));
  const again = isItsOwn ? ['show', turn.generationId] : ['session', 'show', session.id];
  const lookAgain = commandLine([...again, ...server]);
  if (json) {
    const { turnId, ahead } = turn;
    printJson({ ...endingJson(ending, files), session: session.id, turn: turnId, ahead, lookAgain });
  } else {
    print(endingWords(ending, files, lookAgain));
    for (const line of turnLines(ending, session, turn)) print(line);
  }
  return EXIT_OF[ending.kind];
}

async function sent(session: SessionHandle, draft: NamedTurn): Promise<TurnHandle> {
  try {
    return await session.edit(draft);
  } catch (error) {
    // It may have been accepted all the same.
    if (error instanceof NoSessionAnswered || error instanceof ServerUnreachable)
      say(`to send it again as the same turn, add --turn ${draft.turnId}`);
    throw error;
  }
}

function turnLines(ending: Ending, { id }: SessionHandle, { turnId }: TurnHandle): readonly string[] {
  const use = ending.kind === 'done' ? ending.result.conversation?.use : undefined;
  return [
    ...(use === undefined ? [] : [`  history   ${HISTORY_WORDS[use]}`]),
    `  turn      ${oneLine(turnId)} of ${id}`,
    ...(ending.kind === 'failed'
      ? ['  session   as it was: the next turn goes on from the last good one']
      : []),
  ];
}

async function followTurn(
  images: GeminiImages,
  session: SessionHandle,
  turn: TurnHandle,
  options: { readonly waitMs: number; readonly progress: ProgressLine },
): Promise<Ending> {
  try {
    return await follow(asFollowed(images, session, turn), turn.generationId, options);
  } catch (error) {
    if (!(error instanceof UnknownGeneration)) throw error;
    throw new CommandFailed(`turn ${turn.turnId} never began: its session was cancelled before`, {
      cause: error,
    });
  }
}

/** Knows of a turn without a generation that it waits. */
function asFollowed(images: GeminiImages, session: SessionHandle, turn: TurnHandle): Followed {
  return {
    result: (_, options) => turn.result(options),
    describe: async (id) => {
      try {
        return await images.describe(id);
      } catch (error) {
        if (!(error instanceof UnknownGeneration)) throw error;
        const { running } = await session.describe();
        const before = running === turn.turnId ? undefined : running;
        return { phase: 'queued', why: before === undefined ? 'it begins now' : `turn ${before} runs` };
      }
    },
  };
}
