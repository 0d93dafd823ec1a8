/**
 * `retry`: once more, or with one field of the request changed. A running generation is told to; one that
 * ended unserved comes back as a new run of the same id. Which of the two it was is said.
 */
import { Command } from 'commander';
import type { RequestChange } from '../../client/changed-field.ts';
import type { Finish } from '../command-file.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { asOption, fieldChange } from '../field-option.ts';
import type { ImagesClient } from '../images-client.ts';
import { commandLine } from '../invocation.ts';
import { saidBy, withOperatorOptions } from '../operator-options.ts';
import { positiveInteger } from '../option-values.ts';
import { paint, print, printJson } from '../output.ts';
import type { DecisionOptions } from '../send-decision.ts';
import { sendOn } from '../send-decision.ts';
import { UsageError } from '../usage-error.ts';

interface RetryOptions extends DecisionOptions {
  readonly change?: RequestChange;
  readonly run?: string;
  readonly maxPaidCalls?: number;
}

const HELP = `
A running generation takes it where it asks a person (\`show ID\`). A dead letter is revived as a new run
of the same id: attempts are numbered on, its idempotency key still finds it, and it may spend
--max-paid-calls anew. The value of --change is JSON where it reads as such, else text.

Examples:
  $ gemini-images retry gemini-image/6f0c8a1e-… --why 'the key is renewed'
  $ gemini-images retry gemini-image/6f0c8a1e-… --change size=1K --why '4K always times out'
  $ gemini-images retry gemini-image/6f0c8a1e-… --change 'thinking={"level":"low"}' --why 'too slow'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    withOperatorOptions(
      new Command('retry')
        .description('Once more, or with one field changed; brings a dead letter back.')
        .argument('<id>', 'id of the generation')
        .option('--change <field=value>', 'one field of the request', fieldChange)
        .option('--run <id>', 'of a dead letter: the run that you looked at (the latest)')
        .option(
          '--max-paid-calls <number>',
          "of a dead letter: calls that may be billed anew (the request's)",
          positiveInteger,
        ),
    ),
  )
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (id: string, options: RetryOptions) => finish(await run(id, options)));
}

async function run(id: string, options: RetryOptions): Promise<ExitCode> {
  saidBy(options);
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async (client) => {
    try {
      return (await isRunning(client, id))
        ? await tell(client, id, options)
        : await revive(client, id, options);
    } catch (error) {
      throw asOption(error, options.change);
    }
  });
}

async function isRunning({ images }: ImagesClient, id: string): Promise<boolean> {
  try {
    return (await images.describe(id)).status === 'running';
  } catch (error) {
    // Beyond Temporal's retention: the store may know a dead letter.
    if (error instanceof Error && error.name === 'UnknownGeneration') return false;
    throw error;
  }
}

async function tell(client: ImagesClient, id: string, options: RetryOptions): Promise<ExitCode> {
  const { change, run: ofRun, maxPaidCalls } = options;
  const forDead = ofRun !== undefined ? '--run' : maxPaidCalls !== undefined ? '--max-paid-calls' : undefined;
  if (forDead !== undefined) {
    throw new UsageError(
      `${forDead}: ${id} is running, this is for dead letters; leave it out` +
        (forDead === '--run' ? '' : ', or give --change maxPaidCalls=…'),
    );
  }
  return await sendOn(
    client,
    id,
    change === undefined ? { choice: 'retry' } : { choice: 'change', change },
    options,
  );
}

async function revive({ images }: ImagesClient, id: string, options: RetryOptions): Promise<ExitCode> {
  const { change, run: ofRun, maxPaidCalls, json } = options;
  const said = saidBy(options);
  await images.revive(id, {
    ...said,
    ...(ofRun === undefined ? {} : { run: ofRun }),
    ...(change === undefined ? {} : { change }),
    ...(maxPaidCalls === undefined ? {} : { maxPaidCalls }),
  });
  const { runId } = await images.describe(id);
  const watch = commandLine(['watch', id, ...sameServer(options)]);
  const changed = Object.keys(change ?? {})[0];
  if (json === true) {
    printJson({ outcome: 'revived', id, run: runId, changed: changed ?? null, lookAgain: watch });
  } else {
    const what = changed === undefined ? 'unchanged' : `with another ${changed}`;
    print(`${paint('green', 'revived')}  ${id} by ${said.by}, ${what}; it had ended unserved`);
    print(`  new run  ${runId}`);
    print(`  watch    ${watch}`);
  }
  return EXIT.ok;
}
