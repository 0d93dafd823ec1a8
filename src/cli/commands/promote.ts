/** `promote`: out of the wait for quiet hours or the batch lane, to a live call. */
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
A wait for quiet hours (\`generate --when quiet\`) costs nothing and ends at once. Of a batch lane \`show\` says what it
costs: while it still collects, nothing was sent and leaving is free of charge. An item that is in a job cannot be taken
back: it is booked as possibly billed, and a live call is made beside it. One that waits for neither goes on as it was.

Examples:
  $ gemini-images promote gemini-image/6f0c8a1e-… --why 'the customer is waiting'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    withSaidOptions(
      new Command('promote')
        .description('Call a generation out of its wait for quiet hours or its batch lane, to a live call.')
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
    // A query knows of every signal before it; without a worker nobody answers yet.
    const { decisions } = await images.describe(id).catch(() => ({ decisions: [] }));
    const record = decisions.findLast(({ choice, by }) => choice === 'promote' && by === said.by);
    const outcome = record?.outcome === 'refused' ? 'unchanged' : 'promoted';
    const answer = record?.answer ?? 'it does so once a worker answers';
    if (options.json === true) printJson({ outcome, id, phase, answer, lookAgain });
    else {
      print(`${paint(outcome === 'promoted' ? 'green' : 'yellow', outcome)}  ${id} by ${said.by}: ${answer}`);
      print(`  its course  ${lookAgain}`);
    }
    return EXIT.ok;
  });
}
