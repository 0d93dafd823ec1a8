/** `routes`: how the fleet stands, and below it `show`, `pause`, `resume` and `end-degraded`. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { print, printJson } from '../output.ts';
import { routesLines } from '../routes-words.ts';
import { UsageError } from '../usage-error.ts';
import { endDegradedCommand } from './routes-end-degraded.ts';
import { pauseCommand } from './routes-pause.ts';
import { resumeCommand } from './routes-resume.ts';
import { showCommand } from './routes-show.ts';

interface RoutesOptions extends Partial<ServerOptions> {
  readonly json?: boolean;
}

const HELP = `
One entry for each account (provider, endpoint, project) that a worker with quota 'fleet' has used: what
stops it first, then its limits with their sources, who waits, and the processes. With --json one list of
views; one that did not answer has \`unreachable\` instead, and the exit code is 5.

Examples:
  $ gemini-images routes
  $ gemini-images routes show h-1
  $ gemini-images routes pause model:gemini-3-pro-image --by ann --why 'it returns blanks'
  $ gemini-images routes resume h-1 --by ann --why 'the key was replaced'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    new Command('routes').description('How the fleet stands: limits, holds, breakers.'),
  )
    .option('--json', 'print one JSON list')
    .enablePositionalOptions()
    .addCommand(showCommand(finish))
    .addCommand(pauseCommand(finish))
    .addCommand(resumeCommand(finish))
    .addCommand(endDegradedCommand(finish))
    .addHelpText('after', HELP)
    .allowExcessArguments()
    .action(async (options: RoutesOptions, { args }: Command) => finish(await run(options, args)));
}

async function run(options: RoutesOptions, args: readonly string[]): Promise<ExitCode> {
  const [name] = args;
  if (name !== undefined) {
    throw new UsageError(
      `there is no \`routes ${name}\`: show, pause, resume or end-degraded; to see one, \`routes show ${name}\``,
    );
  }
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const sights = await images.routes();
    if (options.json === true) printJson(sights);
    else {
      for (const line of routesLines(sights, { now: Date.now(), options: sameServer(options) })) print(line);
      print(
        sights.length === 0
          ? "no governor runs in this namespace: it begins with the first worker that has quota 'fleet'"
          : `${sights.length} account${sights.length === 1 ? '' : 's'}`,
      );
    }
    return sights.some((sight) => 'unreachable' in sight) ? EXIT.unreachable : EXIT.ok;
  });
}
