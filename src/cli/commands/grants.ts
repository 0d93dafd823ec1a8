/** `grants`: what may leave to another route for a whole cause, and below it `revoke`. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import type { SaidOptions } from '../operator-options.ts';
import { saidBy, withGovernorOption, withSaidOptions } from '../operator-options.ts';
import { paint, print, printJson, say } from '../output.ts';
import { grantLines, usd } from '../standing-words.ts';
import { UsageError } from '../usage-error.ts';

interface GrantsOptions extends Partial<ServerOptions> {
  readonly json?: boolean;
}

interface RevokeOptions extends GrantsOptions, SaidOptions {
  readonly governor?: string;
}

const HELP = `
A grant is given by \`approve --cause\`; it ends by its time, by its cost cap, or here.

Examples:
  $ gemini-images grants
  $ gemini-images grants revoke g-1 --by ann --why 'the key was replaced'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

const REVOKE_HELP = `
Nobody leaves by it from now on; calls under way end as they end.

Examples:
  $ gemini-images grants revoke g-1 --by ann --why 'the key was replaced'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    new Command('grants').description('What may leave to another route for a whole cause, newest first.'),
  )
    .option('--json', 'print one JSON list')
    .enablePositionalOptions()
    .addCommand(revokeCommand(finish))
    .addHelpText('after', HELP)
    .allowExcessArguments()
    .action(async (options: GrantsOptions, { args }: Command) => finish(await run(options, args)));
}

function revokeCommand(finish: Finish): Command {
  return withServerOptions(
    withGovernorOption(
      withSaidOptions(
        new Command('revoke')
          .summary('end a grant now')
          .description('End a grant now.')
          .argument('<id>', 'id of the grant, such as g-1'),
      ),
    ),
  )
    .option('--json', 'print one JSON object')
    .addHelpText('after', REVOKE_HELP)
    .action(async (id: string, options: RevokeOptions) => finish(await revoke(id, options)));
}

async function run(options: GrantsOptions, args: readonly string[]): Promise<ExitCode> {
  const [name] = args;
  if (name !== undefined) {
    throw new UsageError(`there is no \`grants ${name}\`: revoke; to see one, \`routes show ${name}\``);
  }
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const grants = await images.grants();
    for (const { id, unreachable } of grants.silent) say(`${id} does not answer: ${unreachable}`);
    const code = grants.silent.length === 0 ? EXIT.ok : EXIT.unreachable;
    if (options.json === true) {
      printJson([...grants]);
      return code;
    }
    const now = Date.now();
    const several = new Set(grants.map(({ governor }) => governor)).size > 1;
    for (const { governor, grant } of grants) {
      const server = [...(several ? ['--governor', governor] : []), ...sameServer(options)];
      for (const line of [paint('bold', governor), ...grantLines(grant, { now, options: server })])
        print(line);
    }
    print(`${grants.length} grant${grants.length === 1 ? '' : 's'}`);
    return code;
  });
}

async function revoke(id: string, options: RevokeOptions): Promise<ExitCode> {
  // Before any server is asked.
  const said = saidBy(options);
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const { governor: given } = options;
    const { governor, grant } = await images.revokeGrant({
      grant: id,
      ...said,
      ...(given === undefined ? {} : { governor: given }),
    });
    const { uses, spentUsd, maxCostUsd } = grant;
    if (options.json === true) printJson({ outcome: 'revoked', governor, grant });
    else {
      print(`${paint('green', 'revoked')}  ${id} of ${governor} by ${said.by}`);
      print(`  ${uses} used it, ${usd(spentUsd)} of at most ${usd(maxCostUsd)} reserved`);
    }
    return EXIT.ok;
  });
}
