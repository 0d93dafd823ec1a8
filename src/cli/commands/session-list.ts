/** `session list`: edit sessions, those that are open first; asks no worker. */
import { Command, Option } from 'commander';
import type { SessionListOptions } from '../../client/sessions-list.ts';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { commandLine } from '../invocation.ts';
import { positiveInteger } from '../option-values.ts';
import { print, printJson } from '../output.ts';
import { sessionTable } from '../session/list-words.ts';

interface ListOptions extends Partial<ServerOptions> {
  readonly status?: NonNullable<SessionListOptions['status']>;
  readonly limit?: number;
  readonly after?: string;
  readonly json?: boolean;
}

const HELP = `
No worker is asked. A session that began on an earlier release tells only its status until it goes on.

Examples:
  $ gemini-images session list --status open
  $ gemini-images session list --limit 100 --json

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function listCommand(finish: Finish): Command {
  return withServerOptions(
    new Command('list')
      .summary('those that are open first, then those that ended last')
      .description('Edit sessions with their turns, cost and age, a page of them.')
      .addOption(new Option('--status <status>', 'only these').choices(['open', 'ended']))
      .option('--limit <number>', 'at most so many, up to 200 (20)', positiveInteger)
      .option('--after <token>', 'the page after the one that printed it')
      .option('--json', 'print one JSON object'),
  )
    .addHelpText('after', HELP)
    .action(async (options: ListOptions) => finish(await run(options)));
}

async function run(options: ListOptions): Promise<ExitCode> {
  const { status, limit, after, json } = options;
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const wanted = {
      ...(status === undefined ? {} : { status }),
      ...(limit === undefined ? {} : { limit }),
    };
    const listing = await images.sessions({ ...wanted, ...(after === undefined ? {} : { after }) });
    const { total, next } = listing;
    if (json === true) {
      printJson({ sessions: [...listing], total, next: next ?? null });
      return EXIT.ok;
    }
    for (const line of sessionTable(listing, Date.now())) print(line);
    print(`${listing.length} of ${total} session${total === 1 ? '' : 's'}`);
    if (next !== undefined) {
      const narrowed = Object.entries(wanted).flatMap(([name, value]) => [`--${name}`, String(value)]);
      const words = ['session', 'list', ...narrowed, '--after', next, ...sameServer(options)];
      print(`the next ones  $ ${commandLine(words)}`);
    }
    return EXIT.ok;
  });
}
