/**
 * `session show`: how a session stands, its turns, what the one that runs is doing; its images as files, and
 * all of it as one page. Works on an ended session while Temporal keeps it.
 */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { print, printJson } from '../output.ts';
import { saveTurns } from '../session/save-turns.ts';
import { lookAtSession } from '../../client/session-sight.ts';
import { sessionJson, sessionWords } from '../session/sight-words.ts';

interface ShowOptions extends Partial<ServerOptions> {
  readonly out?: string;
  readonly film?: string;
  readonly drafts?: boolean;
  readonly json?: boolean;
}

const HELP = `
The filmstrip is one file that holds its pictures, to be mailed or opened anywhere: a frame for each turn,
undone and failed ones too. An image that the store has lost is told in its frame; --out leaves it out, says
so, and ends with 1.

Examples:
  $ gemini-images session show fox
  $ gemini-images session show fox --film fox.html --drafts
  $ gemini-images session show fox --out foxes --json

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function showCommand(finish: Finish): Command {
  return withServerOptions(
    new Command('show')
      .summary('how it stands, turn by turn; its images, its filmstrip')
      .description('How a session stands, turn by turn.')
      .argument('<id>', 'id of the session, or the name it was given')
      .option('--out <dir>', 'write the images of its turns there; undone ones are left out')
      .option('--film <file.html>', 'write its filmstrip: one page with a frame for each turn')
      .option('--drafts', 'with the drafts that the model made on the way, in both')
      .option('--json', 'print one JSON object'),
  )
    .addHelpText('after', HELP)
    .action(async (id: string, options: ShowOptions) => finish(await run(id, options)));
}

async function run(id: string, options: ShowOptions): Promise<ExitCode> {
  const { out: directory, film, drafts = false, json = false } = options;
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images, store }) => {
    const sight = await lookAtSession(images, id);
    const { files, lost } =
      directory === undefined
        ? { files: [], lost: 0 }
        : await saveTurns(images, sight, { directory, drafts });
    const frames =
      film === undefined
        ? undefined
        : await (
            await import('../filmstrip/write-filmstrip.ts')
          ).writeFilmstrip(images, store, sight, {
            ...{ file: film, drafts },
          });
    if (json) printJson({ ...sessionJson(sight), files, film: film ?? null, frames: frames ?? null });
    else {
      print(sessionWords(sight, { now: Date.now(), server: sameServer(options) }));
      if (directory !== undefined) print([`${directory}: ${files.length} images`, ...files].join('\n  '));
      if (film !== undefined) print(`${film}: ${frames} frame${frames === 1 ? '' : 's'}`);
    }
    return lost === 0 ? EXIT.ok : EXIT.failed;
  });
}
