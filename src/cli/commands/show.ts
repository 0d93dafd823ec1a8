/**
 * `show`: what a generation is doing and why, its attempts with fingerprints, its cost; what a person is
 * asked, with each answer to paste, and what was decided; for a finished one the images, where they come
 * from and how its prompt was changed. With `--wait` it waits for the end first, and its exit code is
 * then that of `generate`.
 */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import { EXIT_OF } from '../ending-words.ts';
import { evidenceText } from '../evidence-text.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { lookAt } from '../look-at.ts';
import { duration, positiveInteger } from '../option-values.ts';
import { print, printJson } from '../output.ts';
import { saveImages } from '../save-images.ts';
import { sightJson, sightWords } from '../sight-words.ts';

interface ShowOptions extends Partial<ServerOptions> {
  /** Milliseconds. */
  readonly wait?: number;
  readonly out?: string;
  readonly evidence?: number | true;
  readonly bundle?: string;
  readonly withoutPrompt?: boolean;
  readonly json?: boolean;
}

const HELP = `
Examples:
  $ gemini-images show gemini-image/6f0c8a1e-… --wait 10m --out images
  $ gemini-images show gemini-image/6f0c8a1e-… --evidence
  $ gemini-images show gemini-image/6f0c8a1e-… --bundle case.zip --without-prompt

Without --wait the exit code is 0 whenever the generation could be shown, however it ended.

${exitCodeTable()}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    new Command('show')
      .description('What a generation is doing, or how it ended.')
      .argument('<id>', 'id of the generation')
      .option('--wait <duration>', 'wait for its end first', duration)
      .option('--out <dir>', 'write its images there')
      .option(
        '--evidence [n]',
        'print the evidence of attempt n (the last one) as JSON, and nothing else',
        positiveInteger,
      )
      .option('--bundle <file.zip>', 'write its evidence for a support case, keys redacted')
      .option('--without-prompt', 'leave the prompt out of that file')
      .option('--json', 'print one JSON object'),
  )
    .addHelpText('after', HELP)
    .action(async (id: string, options: ShowOptions) => finish(await run(id, options)));
}

async function run(id: string, options: ShowOptions): Promise<ExitCode> {
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images, store }) => {
    const sight = await lookAt(images, store, id, {
      waitMs: options.wait,
      server: sameServer(options),
    });
    if (options.evidence !== undefined) {
      print(await evidenceText(store, sight, options.evidence));
      return EXIT.ok;
    }
    const { bundle, withoutPrompt = false } = options;
    if (bundle !== undefined) {
      const { writeBundle } = await import('../bundle/write-bundle.ts');
      const entries = await writeBundle(store, sight, { file: bundle, withoutPrompt, server: options });
      if (options.json === true) printJson({ outcome: 'bundle', id, file: bundle, entries });
      else print([`${bundle}: ${entries.length} files`, ...entries.map((name) => `  ${name}`)].join('\n'));
      return EXIT.ok;
    }
    const { ending } = sight;
    const saved =
      options.out === undefined || ending?.kind !== 'done'
        ? []
        : await saveImages(images, ending.result.images, { directory: options.out, title: '' });
    if (options.json === true) printJson(sightJson(sight, saved));
    else print(sightWords(sight, saved, Date.now()));
    return options.wait === undefined || ending === undefined ? EXIT.ok : EXIT_OF[ending.kind];
  });
}
