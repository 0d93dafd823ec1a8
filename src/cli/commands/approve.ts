/**
 * `approve`: lets a generation leave to a route its caller did not allow, or send its rewritten prompt;
 * with `--cause` everything that waits for one cause, by a grant.
 */
import { Command, Option } from 'commander';
import type { ApproveCauseOptions } from '../approve-cause.ts';
import { approveCause } from '../approve-cause.ts';
import type { Finish } from '../command-file.ts';
import { withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { withGovernorOption, withOperatorOptions } from '../operator-options.ts';
import { duration, positiveNumber, timeToCome } from '../option-values.ts';
import type { DecisionOptions } from '../send-decision.ts';
import { sendDecision } from '../send-decision.ts';
import { UsageError } from '../usage-error.ts';

interface ApproveOptions extends DecisionOptions, ApproveCauseOptions {
  readonly rewrite?: boolean;
}

const HELP = `
\`show ID\` prints what may be approved, what it may cost, and the command line for each; \`list --causes\`
does so for everything that waits for one cause. A decision on evidence that has changed since is refused,
with the new evidence. A grant ends by its time, by its cost cap, or by \`grants revoke\`.

Examples:
  $ gemini-images approve gemini-image/6f0c8a1e-… --route backup --why 'the campaign starts tonight'
  $ gemini-images approve gemini-image/6f0c8a1e-… --rewrite --evidence 1f3a… --why 'read it, it is fine'
  $ gemini-images approve --cause permission@credential:1a2b… --route backup --until 2h --max-cost 400 \\
      --by ann --why 'the key leaked, the sale is live'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    withGovernorOption(
      withOperatorOptions(
        new Command('approve')
          .description(
            'Let a generation, or a whole cause, leave to another route, or send a rewritten prompt.',
          )
          .argument('[id]', 'id of the generation; or give --cause')
          .option('--route <name>', 'which of the routes offered; may be left out where there is one')
          .addOption(
            new Option('--rewrite', 'approve the rewritten prompt instead').conflicts(['route', 'cause']),
          )
          .addOption(
            new Option(
              '--cause <branch[@scope]>',
              'all that wait for this cause, as `list --causes` prints it',
            ).conflicts('later'),
          )
          .option('--until <time>', 'with --cause: for how long (2h), or until when (ISO)', timeToCome)
          .option(
            '--max-cost <usd>',
            'with --cause: of all of them together, one call each at its worst price',
            positiveNumber,
          )
          .option('--wait <duration>', 'with --cause: how long to wake those that wait (60s)', duration),
      ),
    ),
  )
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (id: string | undefined, options: ApproveOptions) => finish(await run(id, options)));
}

async function run(id: string | undefined, options: ApproveOptions): Promise<ExitCode> {
  const { cause, rewrite, route, ...rest } = options;
  if (cause !== undefined) {
    if (id !== undefined) throw new UsageError('ID: give the id of a generation or --cause, not both');
    return await approveCause(cause, options);
  }
  if (id === undefined) {
    throw new UsageError('ID: give the id of a generation, or --cause for all that wait for one');
  }
  for (const [option, given] of Object.entries({
    until: rest.until,
    'max-cost': rest.maxCost,
    wait: rest.wait,
    governor: rest.governor,
  })) {
    if (given !== undefined) throw new UsageError(`--${option}: goes with --cause, not with one generation`);
  }
  return await sendDecision(
    id,
    rewrite === true
      ? { choice: 'rewrite' }
      : { choice: 'route-out', ...(route === undefined ? {} : { route }) },
    rest,
  );
}
