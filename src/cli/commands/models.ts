/**
 * `models`: what the catalogue knows of each model: until when, at which price, in which place of the chain.
 * Asks nobody, except with `--live`.
 */
import { Command, Option } from 'commander';
import type { CatalogueArguments } from '../catalogue-option.ts';
import { givenCatalogue, withCatalogueOption } from '../catalogue-option.ts';
import type { Finish } from '../command-file.ts';
import type { Endpoint } from '../../domain/catalogue.ts';
import { DEFAULT_CHAIN } from '../../domain/catalogue.ts';
import { ENDPOINTS } from '../../domain/model-entry.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { modelLines } from '../models/model-lines.ts';
import { modelsWords } from '../models/models-words.ts';
import { duration } from '../option-values.ts';
import { print, printJson } from '../output.ts';

interface ModelsOptions extends CatalogueArguments {
  readonly endpoint?: Endpoint;
  readonly live?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly json?: boolean;
}

const TIMEOUT_MS = 10_000;

const HELP = `
Prices are of one image at the standard tier, reckoned from its tokens. Dates are Google's announcements: a
model past its own is called only where a request names it. With --live the key and endpoint of a worker's
environment are asked, free of charge, which models they see.

Examples:
  $ gemini-images models
  $ gemini-images models --endpoint ai-studio --live
  $ gemini-images models --catalogue models.json --json

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage])}`;

export function command(finish: Finish): Command {
  return withCatalogueOption(
    new Command('models').description('What the catalogue knows of each model; --live: what the key sees.'),
  )
    .addOption(new Option('--endpoint <name>', 'only the models of one endpoint').choices(ENDPOINTS))
    .option('--live', 'ask the endpoint what it has')
    .addOption(
      new Option('--timeout <duration>', 'how long --live may take')
        .argParser(duration)
        .default(TIMEOUT_MS, '10s'),
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (options: ModelsOptions) => finish(await run(options)));
}

async function run({ endpoint, live, timeout, json, ...given }: ModelsOptions): Promise<ExitCode> {
  const { catalogue } = givenCatalogue(given);
  const seen =
    live === true
      ? await (await import('../models/live-models.ts')).liveModels(catalogue, timeout, endpoint)
      : undefined;
  const shown = catalogue.filter((entry) => endpoint === undefined || entry.endpoint === endpoint);
  const lines = modelLines(shown, DEFAULT_CHAIN, Date.now(), seen);
  const unknown = seen?.unknown ?? [];
  if (json !== true) print(modelsWords({ lines, asked: seen?.where, unknown }));
  else {
    const told = seen === undefined ? null : { endpoint: seen.endpoint, where: seen.where, unknown };
    printJson({ outcome: 'models', models: lines, live: told });
  }
  return EXIT.ok;
}
