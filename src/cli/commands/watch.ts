/**
 * `watch`: follows a generation to its end. Each new phase is told once; where a person is asked, the
 * question comes with the command lines that answer it, and the watch goes on.
 */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import { EXIT_OF, endingJson, endingWords } from '../ending-words.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodeTable } from '../exit-codes.ts';
import { follow } from '../follow.ts';
import { commandLine } from '../invocation.ts';
import { Leaving } from '../leaving.ts';
import { questionOf } from '../look-at.ts';
import { duration } from '../option-values.ts';
import { print, printJson } from '../output.ts';
import { Watcher } from '../watcher.ts';

interface WatchOptions extends Partial<ServerOptions> {
  /** Milliseconds. */
  readonly wait?: number;
  readonly json?: boolean;
}

const HELP = `
Ctrl-C ends the watch, never the generation.

Examples:
  $ gemini-images watch gemini-image/6f0c8a1e-…
  $ gemini-images watch gemini-image/6f0c8a1e-… --wait 1h --json

With --json: one JSON object a line, "event" is phase, question or ended.

${exitCodeTable()}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    new Command('watch')
      .description('Follow a generation to its end, with the questions it asks.')
      .argument('<id>', 'id of the generation')
      .option('--wait <duration>', 'how long to watch (to its end)', duration),
  )
    .option('--json', 'print events as JSON, one a line')
    .addHelpText('after', HELP)
    .action(async (id: string, options: WatchOptions) => finish(await run(id, options)));
}

async function run(id: string, options: WatchOptions): Promise<ExitCode> {
  const json = options.json === true;
  const server = sameServer(options);
  const lookAgain = (of: string): string => commandLine(['show', of, ...server]);
  const { withImages } = await import('../images-client.ts');
  const leaving = new Leaving({ lookAgain, json, said: 'goes on' }, id);
  try {
    return await withImages(options, async ({ images }) => {
      const watcher = new Watcher({
        json,
        questionOf: (seen) => questionOf(images, seen, server),
      });
      const ending = await follow(images, id, {
        waitMs: options.wait ?? Number.POSITIVE_INFINITY,
        progress: watcher,
      });
      await watcher.told();
      const again = lookAgain(id);
      if (json) printJson({ event: 'ended', ...endingJson(ending, []), lookAgain: again });
      else print(endingWords(ending, [], again));
      return EXIT_OF[ending.kind];
    });
  } finally {
    leaving.release();
  }
}
