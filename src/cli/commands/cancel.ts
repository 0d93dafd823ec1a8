/** `cancel`: ends a running generation; a call under way is aborted, and what it may have cost is booked. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { commandLine } from '../invocation.ts';
import { paint, print, printJson } from '../output.ts';
import { CommandFailed } from '../report.ts';

interface CancelOptions extends Partial<ServerOptions> {
  readonly json?: boolean;
}

const HELP = `
It ends once a worker has booked what a call under way may have cost. \`retry\` brings it back.

Examples:
  $ gemini-images cancel gemini-image/6f0c8a1e-…

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    new Command('cancel')
      .description('End a generation; what it may have cost is booked.')
      .argument('<id>', 'id of the generation'),
  )
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (id: string, options: CancelOptions) => finish(await run(id, options)));
}

async function run(id: string, options: CancelOptions): Promise<ExitCode> {
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const { status } = await images.describe(id);
    if (status !== 'running' && status !== 'cancelled') {
      throw new CommandFailed(`${id} has ended already (${status}): there is nothing to cancel`);
    }
    await images.cancel(id);
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
