/** `routes pause`: stops a scope for everyone, until its hold is resumed. */
import { Command } from 'commander';
import { scopeWords } from '../../client/routes-scope.ts';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { commandLine } from '../invocation.ts';
import type { SaidOptions } from '../operator-options.ts';
import { saidBy, withGovernorOption, withSaidOptions, YOUR_REASON } from '../operator-options.ts';
import { paint, print, printJson } from '../output.ts';

interface PauseOptions extends SaidOptions, Partial<ServerOptions> {
  readonly governor?: string;
  readonly json?: boolean;
}

const HELP = `
A scope is credential:<hash>, project:<name>, model:<id>, endpoint:<url>, gateway:<url>, or
route:<model>[/<tier>]; a bare name is a route. A credential's beginning does. Calls under way end as they
end; generations are held and go on after \`routes resume\`.

Examples:
  $ gemini-images routes pause model:gemini-3-pro-image --by ann --why 'it returns blanks'
  $ gemini-images routes pause credential:1a2b3c4d --why 'the key may have leaked'
  $ gemini-images routes pause gemini-3-pro-image/flex --why 'too slow today'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function pauseCommand(finish: Finish): Command {
  return withServerOptions(
    withGovernorOption(
      withSaidOptions(
        new Command('pause')
          .summary('stop a credential, project, model, endpoint or route for everyone')
          .description('Stop a scope for everyone, until its hold is resumed.')
          .argument('<scope>', 'credential:<hash>, model:<id>, project:<name>, route:<model>[/<tier>] …'),
      ),
    ),
  )
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (scope: string, options: PauseOptions) => finish(await run(scope, options)));
}

async function run(scope: string, options: PauseOptions): Promise<ExitCode> {
  // Before any server is asked.
  const said = saidBy(options);
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const { governor: given } = options;
    const { governor, hold } = await images.pause({
      scope,
      ...said,
      ...(given === undefined ? {} : { governor: given }),
    });
    const server = ['--governor', governor, ...sameServer(options)];
    const resume = commandLine(['routes', 'resume', hold.id, '--why', YOUR_REASON, ...server]);
    if (options.json === true) printJson({ outcome: 'paused', governor, hold, resume });
    else {
      print(
        `${paint('green', 'paused')}  ${hold.id}  ${scopeWords(hold.scope)} of ${governor} by ${said.by}`,
      );
      print(`  to go on  ${resume}`);
    }
    return EXIT.ok;
  });
}
