/**
 * `estimate`: what a generation may cost, which ways it may take and what may be said about its prompt,
 * before anything is sent or stored. A Temporal server is asked for the length of the queue where one
 * answers soon; nothing else needs it.
 */
import { Command } from 'commander';
import type { CatalogueArguments } from '../catalogue-option.ts';
import { givenCatalogue, withCatalogueOption } from '../catalogue-option.ts';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { serverOptions, withServerOptions } from '../common-options.ts';
import { adviceOn } from '../estimate/advice-lines.ts';
import { estimateRequest } from '../estimate/estimate-request.ts';
import { estimateJson, estimateWords } from '../estimate/estimate-words.ts';
import { lookAtInputs } from '../estimate/look-at-inputs.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { print, printJson } from '../output.ts';
import { readStandardInput } from '../read-text.ts';
import type { RequestOptions } from '../request-options.ts';
import { requestOf, withRequestOptions } from '../request-options.ts';

interface EstimateOptions extends RequestOptions, Partial<ServerOptions>, CatalogueArguments {
  readonly json?: boolean;
}

/** The queue is the least of an estimate: it is not waited for long. */
const SERVER_MS = 3_000;

const HELP = `
Takes the options of generate. Prices and abilities are this release's, or those of --catalogue; a worker
with another one or with routes of its own may do otherwise. A request that generate would refuse is refused here in the same words.

Examples:
  $ gemini-images estimate 'a red fox in snow, watercolor' --size 4K --allow available
  $ gemini-images estimate - --max-cost-usd 0.50 --json < prompt.txt

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage])}`;

export function command(finish: Finish): Command {
  const estimate = new Command('estimate')
    .description('What a generation may cost and how it may go; sends nothing.')
    .argument('<prompt>', 'what to draw, in quotes; - for standard input');
  return withCatalogueOption(
    withServerOptions(withRequestOptions(estimate).option('--json', 'print one JSON object')),
  )
    .addHelpText('after', HELP)
    .action(async (prompt: string, options: EstimateOptions) => finish(await run(prompt, options)));
}

async function run(argument: string, options: EstimateOptions): Promise<ExitCode> {
  const prompt = argument === '-' ? (await readStandardInput('the prompt')).trim() : argument;
  const given = requestOf(prompt, options);
  const { store, connectTimeout, ...where } = serverOptions({ connectTimeout: SERVER_MS, ...options });
  const seen = await lookAtInputs(given.inputs ?? [], store);
  const { catalogue } = givenCatalogue(options);
  const estimated = estimateRequest(given, seen, { catalogue });
  const { openGenerations } = await import('../estimate/open-generations.ts');
  const whole = {
    ...estimated,
    advice: adviceOn(given),
    unseenInputs: seen.unseen,
    taskQueue: where.taskQueue,
    open: await openGenerations(where, connectTimeout),
  };
  if (options.json === true) printJson(estimateJson(whole));
  else print(estimateWords(whole));
  return EXIT.ok;
}
