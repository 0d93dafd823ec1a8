/** `routes end-degraded`: a route is used as it was, before the statistics say so. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import type { SaidOptions } from '../operator-options.ts';
import { saidBy, withGovernorOption, withSaidOptions } from '../operator-options.ts';
import { InvalidRequest } from '../../schema/request.ts';
import { paint, print, printJson } from '../output.ts';
import { routeWords } from '../standing-words.ts';
import { UsageError } from '../usage-error.ts';

interface EndOptions extends SaidOptions, Partial<ServerOptions> {
  readonly governor?: string;
  readonly json?: boolean;
}

const HELP = `
A degraded route is left at once by generations that allow another model. It ends by itself once it fares
better for 5 minutes; this ends it now.

Examples:
  $ gemini-images routes end-degraded gemini-3-pro-image --by ann --why 'the provider says it is over'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function endDegradedCommand(finish: Finish): Command {
  return withServerOptions(
    withGovernorOption(
      withSaidOptions(
        new Command('end-degraded')
          .summary('use a degraded route as before')
          .description('Use a degraded route as before, without waiting for its statistics.')
          .argument('<route>', '<model>, <model>/<tier> or <credential>/<model>/<tier>'),
      ),
    ),
  )
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (route: string, options: EndOptions) => finish(await run(route, options)));
}

async function run(text: string, options: EndOptions): Promise<ExitCode> {
  // Before any server is asked.
  const said = saidBy(options);
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const { governor: given } = options;
    const { governor, route } = await images
      .endDegraded({
        route: text.replace(/^route:/, ''),
        ...said,
        ...(given === undefined ? {} : { governor: given }),
      })
      .catch((error: unknown) => {
        throw asArgument(error);
      });
    if (options.json === true) printJson({ outcome: 'ended', governor, route });
    else
      print(`${paint('green', 'ended')}  degraded mode of ${routeWords(route)} in ${governor} by ${said.by}`);
    return EXIT.ok;
  });
}

/** What is an option elsewhere is this command's argument. */
function asArgument(error: unknown): unknown {
  if (!(error instanceof InvalidRequest)) return error;
  const [problem] = error.problems;
  return problem?.field === 'route' ? new UsageError(`ROUTE: ${problem.message}`) : error;
}
