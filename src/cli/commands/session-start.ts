/** `session start`: a new session and, where a prompt is given, its first turn. */
import { Command } from 'commander';
import type { SessionHandle } from '../../client/session-handle.ts';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, serverOptions, withServerOptions } from '../common-options.ts';
import { adviceLines } from '../estimate/advice-lines.ts';
import { lookAtInputs } from '../estimate/look-at-inputs.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { commandLine } from '../invocation.ts';
import { Leaving } from '../leaving.ts';
import { paint, print, printJson, say } from '../output.ts';
import { readStandardInput } from '../read-text.ts';
import { afterStarting } from '../report.ts';
import type { SettingsOptions, TurnOptions } from '../session/drafts.ts';
import { settingsOf, turnOf, withSettingsOptions, withTurnOptions } from '../session/drafts.ts';
import { runTurn } from '../session/run-turn.ts';
import type { WaitingOptions } from '../session/waiting.ts';
import { withWaitingOptions } from '../session/waiting.ts';
import { UsageError } from '../usage-error.ts';

interface StartOptions extends SettingsOptions, TurnOptions, WaitingOptions, Partial<ServerOptions> {}

const HELP = `
What is given here is what each turn is asked with, unless it says otherwise. With an --id that runs already
it is that session, with the settings that it has; one that has ended is refused.

With a prompt the first turn is sent and waited for; without one nothing is generated yet.

Examples:
  $ gemini-images session start --id fox --model gemini-3-pro-image --size 2K
  $ gemini-images session start 'a fox with a red hat' --allow available --out foxes
  $ gemini-images session start 'put a red hat on it' --input fox.png --idle 7d

${exitCodeTable()}`;

export function startCommand(finish: Finish): Command {
  const start = new Command('start')
    .summary('a new session, and its first turn where a prompt is given')
    .description('Start an edit session; with a prompt, send its first turn and wait for it.')
    .argument('[prompt]', 'what to draw first, in quotes; - for standard input');
  return withServerOptions(withWaitingOptions(withSettingsOptions(withTurnOptions(start))))
    .addHelpText('after', HELP)
    .action(async (prompt: string | undefined, options: StartOptions) => finish(await run(prompt, options)));
}

async function run(argument: string | undefined, options: StartOptions): Promise<ExitCode> {
  // All of it before anything is started: a session without its first turn is nobody's wish.
  const settings = settingsOf(options);
  const prompt = argument === '-' ? (await readStandardInput('the prompt')).trim() : argument;
  const turn = prompt === undefined ? noTurn(options) : turnOf(prompt, options);
  for (const line of turn === undefined ? [] : adviceLines({ ...settings, ...turn })) say(line);
  await lookAtInputs(turn?.inputs ?? [], serverOptions(options).store);
  const { withImages } = await import('../images-client.ts');
  const server = sameServer(options);
  const json = options.json === true;
  let session: SessionHandle | undefined;
  const lookAgain = (): string => commandLine(['session', 'show', session?.id ?? '', ...server]);
  const leaving = new Leaving({ lookAgain, json, said: 'was started and goes on' });
  try {
    return await withImages(options, async ({ images }) => {
      session = await images.session(settings);
      leaving.id = session.id;
      if (turn === undefined) return tellStarted(session.id, { json, server });
      const { wait: waitMs, out } = options;
      return await runTurn({ images, session, turn, leaving, waitMs, out, json, server });
    });
  } catch (error) {
    if (session === undefined) throw error;
    throw afterStarting({ id: session.id, lookAgain: lookAgain() }, error);
  } finally {
    leaving.release();
  }
}

function noTurn({ input, turn }: TurnOptions): undefined {
  if (input === undefined && turn === undefined) return undefined;
  const option = input === undefined ? '--turn' : '--input';
  throw new UsageError(`${option}: it belongs to a turn, so give a prompt that says what to do`);
}

function tellStarted(
  id: string,
  { json, server }: { readonly json: boolean; readonly server: readonly string[] },
): ExitCode {
  const edit = commandLine(['session', 'edit', id, 'what to draw', ...server]);
  if (json) printJson({ outcome: 'started', session: id, edit });
  else print(`${paint('green', 'started')}  ${id}\nto go on    $ ${edit}`);
  return EXIT.ok;
}
