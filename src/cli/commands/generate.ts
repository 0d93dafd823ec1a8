/**
 * `generate`: starts a generation, tells what it is doing, writes its images. It outlives this program:
 * Ctrl-C and the end of `--wait` leave it running and say how to look again.
 */
import { Command, Option } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import { EXIT_OF, endingJson, endingWords } from '../ending-words.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodeTable } from '../exit-codes.ts';
import { adviceLines } from '../estimate/advice-lines.ts';
import { follow } from '../follow.ts';
import { commandLine } from '../invocation.ts';
import { Leaving } from '../leaving.ts';
import { duration } from '../option-values.ts';
import { print, printJson, say } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import { readStandardInput } from '../read-text.ts';
import type { RequestOptions } from '../request-options.ts';
import { requestOf, withRequestOptions } from '../request-options.ts';
import { afterStarting } from '../report.ts';
import { saveImages } from '../save-images.ts';

interface GenerateOptions extends RequestOptions, Partial<ServerOptions> {
  /** Milliseconds. */
  readonly wait: number;
  readonly out: string;
  readonly json?: boolean;
}

const DEFAULT_WAIT_MS = 600_000;

const HELP = `
The generation goes on when this program ends before it: by Ctrl-C, or because --wait is over. The same
--idempotency-key finds it again instead of paying twice.

Examples:
  $ gemini-images generate 'a red fox in snow, watercolor' --size 2K --out foxes
  $ gemini-images generate - --input fox.png --allow available --json < prompt.txt

With --json standard output holds one JSON object whatever happens; its "outcome" is done, failed,
running, interrupted or error.

${exitCodeTable()}`;

export function command(finish: Finish): Command {
  const generate = new Command('generate')
    .description('Generate images from a prompt and wait for them.')
    .argument('<prompt>', 'what to draw, in quotes; - for standard input');
  return withServerOptions(
    withRequestOptions(generate)
      .addOption(
        new Option('--wait <duration>', 'how long to wait here; 0 only starts it')
          .argParser(duration)
          .default(DEFAULT_WAIT_MS, '10m'),
      )
      .option('--out <dir>', 'directory for the images', 'images')
      .option('--json', 'print one JSON object'),
  )
    .addHelpText('after', HELP)
    .action(async (prompt: string, options: GenerateOptions) => finish(await run(prompt, options)));
}

async function run(argument: string, options: GenerateOptions): Promise<ExitCode> {
  const prompt = argument === '-' ? (await readStandardInput('the prompt')).trim() : argument;
  const request = requestOf(prompt, options);
  for (const line of adviceLines(request)) say(line);
  const { withImages } = await import('../images-client.ts');
  const lookAgain = (id: string): string => commandLine(['show', id, ...sameServer(options)]);
  const json = options.json === true;
  const leaving = new Leaving({ lookAgain, json, said: 'was started and goes on' });
  try {
    return await withImages(options, async ({ images }) => {
      const { id } = await images.start(request);
      leaving.id = id;
      const progress = new ProgressLine();
      const ending = await follow(images, id, { waitMs: options.wait, progress });
      const title = options.hidePrompt === true ? '' : prompt;
      const files =
        ending.kind === 'done'
          ? await saveImages(images, ending.result.images, { directory: options.out, title })
          : [];
      const again = lookAgain(id);
      if (json) printJson({ ...endingJson(ending, files), lookAgain: again });
      else print(endingWords(ending, files, again));
      return EXIT_OF[ending.kind];
    });
  } catch (error) {
    const { id } = leaving;
    throw id === undefined ? error : afterStarting({ id, lookAgain: lookAgain(id) }, error);
  } finally {
    leaving.release();
  }
}
