/**
 * `bulk`: thousands of prompts from a file of lines, their images into a directory. Interrupted in whatever way,
 * the same command line goes on where it was: nothing is started or paid twice.
 */
import { Command, Option } from 'commander';
import { openFolder } from '../bulk/folder.ts';
import { exitCodeOf, summaryJson, summaryLines } from '../bulk/summary.ts';
import type { CatalogueArguments } from '../catalogue-option.ts';
import { givenCatalogue, withCatalogueOption } from '../catalogue-option.ts';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { positiveInteger, positiveNumber } from '../option-values.ts';
import { print, printJson } from '../output.ts';
import type { FieldOptions } from '../request-options.ts';
import { fieldsOf, withFieldOptions } from '../request-options.ts';
import { parseRequest } from '../../schema/request.ts';

interface BulkCommandOptions extends FieldOptions, Partial<ServerOptions>, CatalogueArguments {
  readonly out: string;
  readonly id?: string;
  readonly inFlight: number;
  readonly variants: number;
  readonly maxCost?: number;
  readonly json?: boolean;
}

const DEFAULT_IN_FLIGHT = 50;

const HELP = `
FILE is JSONL, one object a line: { "id": "fox", "prompt": "a red fox in snow", "size": "2K" }. Its fields are
those of a request; the options here stand for lines that do not say otherwise. Without an id the number of the
line is the id. A line that cannot be used, also one whose size or ratio its model lacks by --catalogue or this
release's, is told by its number, in DIR/invalid.jsonl too, and left out.

DIR gets images/, results.jsonl (a line for each generation that ended) and index.html. Run again with the same
--out it goes on: what has ended is not asked again, what was started is found again, also after Ctrl-C or a kill.
Dead letters that \`revive --cause\` brought back get their images then.

Examples:
  $ gemini-images bulk prompts.jsonl --out autumn --urgency batch
  $ gemini-images bulk prompts.jsonl --out autumn --variants 3 --in-flight 100 --max-cost 250 --json

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.generationFailed, EXIT.unreachable, EXIT.interrupted])}
It is 1 as well where some were not started, because --max-cost is reached.`;

export function command(finish: Finish): Command {
  const bulk = new Command('bulk')
    .description('Generate images from thousands of prompts in a file.')
    .argument('<file>', 'prompts, one JSON object a line; - for standard input')
    .requiredOption('--out <dir>', 'directory of the bulk: images, results, contact sheet')
    .option('--id <name>', 'of the bulk: the same id finds what was started (kept in --out)')
    .addOption(
      new Option('--in-flight <number>', 'at most so many at once, up to 1000')
        .argParser(positiveInteger)
        .default(DEFAULT_IN_FLIGHT),
    )
    .addOption(
      new Option('--variants <number>', 'images of each prompt: id, id#2, id#3 …')
        .argParser(positiveInteger)
        .default(1),
    )
    .option(
      '--max-cost <usd>',
      'of the whole bulk, sure and possible: nothing new is started beyond it',
      positiveNumber,
    );
  return withCatalogueOption(
    withServerOptions(withFieldOptions(bulk).option('--json', 'print one JSON object')),
  )
    .addHelpText('after', HELP)
    .action(async (file: string, options: BulkCommandOptions) => finish(await run(file, options)));
}

async function run(file: string, options: BulkCommandOptions): Promise<ExitCode> {
  const { out, id, inFlight, variants, maxCost, json } = options;
  const defaults = fieldsOf(options);
  const { catalogue } = givenCatalogue(options);
  // A mistake in an option is one mistake, not one on each line.
  parseRequest({ ...defaults, prompt: '-' });
  const { withImages } = await import('../images-client.ts');
  const { checkOptions } = await import('../../client/bulk-item.ts');
  checkOptions({ id: id ?? 'its-own', inFlight, variants });
  return await withImages(options, async ({ images, store }) => {
    const { runBulk } = await import('../bulk/run-bulk.ts');
    const folder = await openFolder(out, id);
    try {
      const budget = maxCost === undefined ? {} : { maxCostUsd: maxCost };
      const given = { images, store, folder, file, defaults, catalogue, inFlight, variants };
      const summary = await runBulk({ ...given, ...budget });
      if (json === true) printJson(summaryJson(summary));
      else for (const line of summaryLines(summary)) print(line);
      return exitCodeOf(summary);
    } finally {
      await folder.close();
    }
  });
}
