/** `cancel`: ends a running generation; a call under way is aborted, and what it may have cost is booked. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { commandLine } from '../invocation.ts';
import { saidBy } from '../operator-options.ts';
import { paint, print, printJson } from '../output.ts';
import { CommandFailed } from '../report.ts';
import { UsageError } from '../usage-error.ts';

interface CancelOptions extends Partial<ServerOptions> {
  readonly json?: boolean;
  readonly by?: string;
  readonly why?: string;
}

const HELP = `
It ends once a worker has booked what a call under way may have cost. \`retry\` brings it back. With --why its
history keeps who cancelled it, and why.

Examples:
  $ gemini-images cancel gemini-image/6f0c8a1e-…
  $ gemini-images cancel gemini-image/6f0c8a1e-… --by ann --why 'the order was withdrawn'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    new Command('cancel')
      .description('End a generation; what it may have cost is booked.')
      .argument('<id>', 'id of the generation'),
  )
    .option('--by <name>', 'who cancels it (GEMINI_IMAGES_OPERATOR, else your user name)')
    .option('--why <text>', 'why; kept in its history')
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (id: string, options: CancelOptions) => finish(await run(id, options)));
}

async function run(id: string, options: CancelOptions): Promise<ExitCode> {
  const { by, why } = options;
  if (by !== undefined && why === undefined) throw new UsageError('--why: say why, or leave --by out');
  const said = why === undefined ? undefined : saidBy({ why, ...(by === undefined ? {} : { by }) });
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const { status } = await images.describe(id);
    if (status !== 'running' && status !== 'cancelled') {
      throw new CommandFailed(`${id} has ended already (${status}): there is nothing to cancel`);
    }
    await images.cancel(id, said);
    const lookAgain = commandLine(['show', id, '--wait', '1m', ...sameServer(options)]);
    const outcome = status === 'running' ? 'cancelling' : 'cancelled';
    if (options.json === true) printJson({ outcome, id, lookAgain });
    else {
      print(`${paint('yellow', outcome)}  ${id}`);
      print(`  its end  ${lookAgain}`);
    }
    return EXIT.ok;
  });
}
