/** `session edit`: one turn, accepted at once, run when those before it have ended. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodeTable } from '../exit-codes.ts';
import { commandLine } from '../invocation.ts';
import { Leaving } from '../leaving.ts';
import { readStandardInput } from '../read-text.ts';
import { afterStarting } from '../report.ts';
import type { FieldOptions } from '../request-options.ts';
import { withFieldOptions } from '../request-options.ts';
import type { TurnOptions } from '../session/drafts.ts';
import { turnOf, withTurnOptions } from '../session/drafts.ts';
import { runTurn } from '../session/run-turn.ts';
import type { WaitingOptions } from '../session/waiting.ts';
import { withWaitingOptions } from '../session/waiting.ts';

interface EditOptions extends FieldOptions, TurnOptions, WaitingOptions, Partial<ServerOptions> {}

const HELP = `
The turn goes on when this program ends before it: by Ctrl-C, or because --wait is over. The same --turn with
the same prompt is the same turn, so that it can be sent again; with another prompt it is refused. What is not
given is asked as the session was started with.

Examples:
  $ gemini-images session edit fox 'let it snow'
  $ gemini-images session edit fox 'wider' --turn wide --aspect-ratio 16:9 --wait 0
  $ gemini-images session edit fox - --input scarf.png < prompt.txt

${exitCodeTable()}`;

export function editCommand(finish: Finish): Command {
  const edit = new Command('edit')
    .summary('one turn: change the last image')
    .description('Change the last image of a session, and wait for it.')
    .argument('<id>', 'id of the session, or the name it was given')
    .argument('<prompt>', 'what to change, in quotes; - for standard input');
  return withServerOptions(withWaitingOptions(withFieldOptions(withTurnOptions(edit))))
    .addHelpText('after', HELP)
    .action(async (id: string, prompt: string, options: EditOptions) =>
      finish(await run(id, prompt, options)),
    );
}

async function run(given: string, argument: string, options: EditOptions): Promise<ExitCode> {
  const prompt = argument === '-' ? (await readStandardInput('the prompt')).trim() : argument;
  const turn = turnOf(prompt, options, options);
  const { withImages } = await import('../images-client.ts');
  const server = sameServer(options);
  const json = options.json === true;
  const lookAgain = commandLine(['session', 'show', given, ...server]);
  const leaving = new Leaving({ lookAgain: () => lookAgain, json, said: 'was accepted and goes on' });
  try {
    return await withImages(options, async ({ images }) => {
      const session = images.openSession(given);
      const { wait: waitMs, out } = options;
      return await runTurn({ images, session, turn, leaving, waitMs, out, json, server });
    });
  } catch (error) {
    const { id } = leaving;
    throw id === undefined ? error : afterStarting({ id, lookAgain }, error);
  } finally {
    leaving.release();
  }
}
