/** `session fork`: a new session that goes on from a turn of another one, which stays as it is. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { commandLine } from '../invocation.ts';
import { oneLine } from '../../words/one-line.ts';
import { paint, print, printJson } from '../output.ts';
import type { SettingsOptions } from '../session/drafts.ts';
import { settingsOf, withSettingsOptions } from '../session/drafts.ts';

interface ForkOptions extends SettingsOptions, Partial<ServerOptions> {
  readonly turn?: string;
  readonly json?: boolean;
}

const HELP = `
Any turn that delivered will do, an undone one too, and of an ended session too while Temporal keeps it. The
new session has the settings of the old one, but for what is given here.

Examples:
  $ gemini-images session fork fox
  $ gemini-images session fork fox --turn hat --id fox-at-night --size 4K

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function forkCommand(finish: Finish): Command {
  const fork = new Command('fork')
    .summary('a new session from a turn of this one')
    .description('Start a new session from a turn of this one, which stays as it is.')
    .argument('<id>', 'id of the session, or the name it was given')
    .option('--turn <id>', 'turn to go on from (the last of the conversation)')
    .option('--json', 'print one JSON object');
  return withServerOptions(withSettingsOptions(fork))
    .addHelpText('after', HELP)
    .action(async (id: string, options: ForkOptions) => finish(await run(id, options)));
}

async function run(id: string, options: ForkOptions): Promise<ExitCode> {
  const settings = settingsOf(options);
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const session = images.openSession(id);
    const fork = await session.fork(options.turn, settings);
    const edit = commandLine(['session', 'edit', fork.id, 'what to change', ...sameServer(options)]);
    if (options.json === true)
      printJson({ outcome: 'forked', session: fork.id, from: session.id, turn: options.turn ?? null, edit });
    else {
      const at = options.turn === undefined ? 'the last turn' : `turn ${oneLine(options.turn)}`;
      print(`${paint('green', 'forked')}  ${fork.id}, from ${at} of ${session.id}`);
      print(`to go on    $ ${edit}`);
    }
    return EXIT.ok;
  });
}
