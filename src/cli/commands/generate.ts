/**
 * `generate`: starts a generation, tells what it is doing, writes its images. It outlives this program:
 * Ctrl-C and the end of `--wait` leave it running and say how to look again.
 */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { withServerOptions } from '../common-options.ts';
import { EXIT_OF, endingJson, endingWords } from '../ending-words.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { follow } from '../follow.ts';
import type { ImagesClient } from '../images-client.ts';
import { sameServer, withImages } from '../images-client.ts';
import { commandLine } from '../invocation.ts';
import { duration } from '../option-values.ts';
import { print, printJson, say } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import { readStandardInput } from '../read-text.ts';
import type { RequestOptions } from '../request-options.ts';
import { requestOf, withRequestOptions } from '../request-options.ts';
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
running or error.

${exitCodeTable()}`;

export function command(finish: Finish): Command {
  const generate = new Command('generate')
    .description('Generate images from a prompt and wait for them.')
    .argument('<prompt>', 'what to draw, in quotes; - for standard input');
  return withServerOptions(
    withRequestOptions(generate)
      .option('--wait <duration>', 'how long to wait here (10m); 0 only starts it', duration, DEFAULT_WAIT_MS)
      .option('--out <dir>', 'directory for the images', 'images')
      .option('--json', 'print one JSON object'),
  )
    .addHelpText('after', HELP)
    .action(async (prompt: string, options: GenerateOptions) => finish(await run(prompt, options)));
}

async function run(argument: string, options: GenerateOptions): Promise<ExitCode> {
  const prompt = argument === '-' ? (await readStandardInput('the prompt')).trim() : argument;
  const request = requestOf(prompt, options);
  const leaving = new Leaving(options);
  try {
    return await withImages(options, async ({ images }: ImagesClient) => {
      const { id } = await images.start(request);
      leaving.started(id);
      const progress = new ProgressLine();
      const ending = await follow(images, id, { waitMs: options.wait, progress });
      const title = options.hidePrompt === true ? '' : prompt;
      const files =
        ending.kind === 'done'
          ? await saveImages(images, ending.result.images, { directory: options.out, title })
          : [];
      const lookAgain = leaving.lookAgain(id);
      if (options.json === true) printJson({ ...endingJson(ending, files), lookAgain });
      else print(endingWords(ending, files, lookAgain));
      return EXIT_OF[ending.kind];
    });
  } catch (error) {
    leaving.tellIfStarted();
    throw error;
  } finally {
    leaving.release();
  }
}

/** What is said when this program leaves a generation behind: nothing is lost by it. */
class Leaving {
  readonly #options: GenerateOptions;
  #id: string | undefined;

  constructor(options: GenerateOptions) {
    this.#options = options;
    process.on('SIGINT', this.#leave);
    process.on('SIGTERM', this.#leave);
  }

  started(id: string): void {
    this.#id = id;
  }

  lookAgain(id: string): string {
    return commandLine(['show', id, ...sameServer(this.#options)]);
  }

  tellIfStarted(): void {
    if (this.#id === undefined) return;
    say(`\n${this.#id} was started and goes on; look again: ${this.lookAgain(this.#id)}`);
  }

  release(): void {
    process.off('SIGINT', this.#leave);
    process.off('SIGTERM', this.#leave);
  }

  readonly #leave = (): void => {
    if (this.#id === undefined) say('\ninterrupted before the server confirmed the start');
    else this.tellIfStarted();
    if (this.#options.json === true) {
      const id = this.#id ?? null;
      const lookAgain = this.#id === undefined ? null : this.lookAgain(this.#id);
      printJson({ outcome: 'interrupted', exitCode: EXIT.interrupted, id, lookAgain });
    }
    process.exit(EXIT.interrupted);
  };
}
