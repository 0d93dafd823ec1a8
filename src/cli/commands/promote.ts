/** `promote`: out of the batch lane, to a live call. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { commandLine } from '../invocation.ts';
import type { SaidOptions } from '../operator-options.ts';
import { saidBy, withSaidOptions } from '../operator-options.ts';
import { paint, print, printJson } from '../output.ts';
import { CommandFailed } from '../report.ts';

interface PromoteOptions extends SaidOptions, Partial<ServerOptions> {
  readonly json?: boolean;
}

const HELP = `
\`show\` says what it costs. While its batch lane still collects, nothing was sent and it leaves free of charge. An
item that is in a job cannot be taken back: it is booked as possibly billed, and a live call is made beside it.

Examples:
  $ gemini-images promote gemini-image/6f0c8a1e-… --why 'the customer is waiting'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    withSaidOptions(
      new Command('promote')
        .description('Call a generation out of its batch lane, to a live call.')
        .argument('<id>', 'id of the generation'),
    ),
  )
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (id: string, options: PromoteOptions) => finish(await run(id, options)));
}

async function run(id: string, options: PromoteOptions): Promise<ExitCode> {
  // Before any server is asked.
  const said = saidBy(options);
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const { status, phase } = await images.describe(id);
    if (status !== 'running') {
      throw new CommandFailed(`${id} has ended already (${status}): there is nothing to promote`);
    }
    await images.promote(id, said);
    const lookAgain = commandLine(['show', id, '--wait', '1m', ...sameServer(options)]);
    if (options.json === true) printJson({ outcome: 'promoted', id, phase, lookAgain });
    else {
      print(`${paint('green', 'promoted')}  ${id} by ${said.by}`);
      print(`  its course  ${lookAgain}`);
    }
    return EXIT.ok;
  });
}
