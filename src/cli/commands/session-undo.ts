/** `session undo`: takes the last turn out of the conversation. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { oneLine } from '../../words/one-line.ts';
import { paint, print, printJson } from '../output.ts';

interface UndoOptions extends Partial<ServerOptions> {
  readonly turn?: string;
  readonly json?: boolean;
}

const HELP = `
Its images stay, and \`session fork --turn\` goes on from it all the same. While a turn runs or waits it is
refused: cancel its generation first.

Examples:
  $ gemini-images session undo fox
  $ gemini-images session undo fox --turn snow   # safe to send again: nothing else is undone

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function undoCommand(finish: Finish): Command {
  return withServerOptions(
    new Command('undo')
      .summary('take the last turn out of the conversation')
      .description('Take the last turn out of the conversation; its images stay.')
      .argument('<id>', 'id of the session, or the name it was given')
      .option('--turn <id>', 'this turn, which must be the last one (default: the last one)')
      .option('--json', 'print one JSON object'),
  )
    .addHelpText('after', HELP)
    .action(async (id: string, options: UndoOptions) => finish(await run(id, options)));
}

async function run(id: string, options: UndoOptions): Promise<ExitCode> {
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const session = images.openSession(id);
    const { undone, head } = await session.undo(options.turn);
    if (options.json === true)
      printJson({ outcome: 'undone', session: session.id, undone, head: head ?? null });
    else {
      print(`${paint('green', 'undone')}  turn ${oneLine(undone)} of ${session.id}`);
      print(`  the next turn goes on from ${head === undefined ? 'where the session began' : oneLine(head)}`);
    }
    return EXIT.ok;
  });
}
