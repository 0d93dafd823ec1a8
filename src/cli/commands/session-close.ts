/** `session close`: no further turn; those that were accepted still run. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { paint, print, printJson } from '../output.ts';
import { costWords } from '../trail-words.ts';

interface CloseOptions extends Partial<ServerOptions> {
  readonly json?: boolean;
}

const HELP = `
What was accepted still runs, and the images stay. It cannot be opened again; \`session fork\` goes on from it.

Examples:
  $ gemini-images session close fox

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function closeCommand(finish: Finish): Command {
  return withServerOptions(
    new Command('close')
      .summary('no further turn')
      .description('End a session once the turns that were accepted have ended.')
      .argument('<id>', 'id of the session, or the name it was given')
      .option('--json', 'print one JSON object'),
  )
    .addHelpText('after', HELP)
    .action(async (id: string, options: CloseOptions) => finish(await run(id, options)));
}

async function run(given: string, options: CloseOptions): Promise<ExitCode> {
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const view = await images.openSession(given).close();
    const { id, status, turns, queued, running, cost } = view;
    if (options.json === true) printJson({ outcome: status, ...view, session: id });
    else {
      const left = queued + (running === undefined ? 0 : 1);
      print(`${paint('green', status)}  ${id}: ${turns} turn${turns === 1 ? '' : 's'}, ${costWords(cost)}`);
      if (left > 0) print(`  ${left} of them still run${left === 1 ? 's' : ''}`);
    }
    return EXIT.ok;
  });
}
