/** `approve`: lets a generation leave to a route its caller did not allow, or send its rewritten prompt. */
import { Command, Option } from 'commander';
import type { Finish } from '../command-file.ts';
import { withServerOptions } from '../common-options.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { withOperatorOptions } from '../operator-options.ts';
import type { DecisionOptions } from '../send-decision.ts';
import { sendDecision } from '../send-decision.ts';

interface ApproveOptions extends DecisionOptions {
  readonly route?: string;
  readonly rewrite?: boolean;
}

const HELP = `
\`show ID\` prints what may be approved, what it may cost, and the command line for each. A decision on
evidence that has changed since is refused, with the new evidence.

Examples:
  $ gemini-images approve gemini-image/6f0c8a1e-… --route backup --why 'the campaign starts tonight'
  $ gemini-images approve gemini-image/6f0c8a1e-… --rewrite --evidence 1f3a… --why 'read it, it is fine'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    withOperatorOptions(
      new Command('approve')
        .description('Let a generation leave to another route, or send its rewritten prompt.')
        .argument('<id>', 'id of the generation')
        .option('--route <name>', 'which of the routes offered; may be left out where there is one')
        .addOption(new Option('--rewrite', 'approve the rewritten prompt instead').conflicts('route')),
    ),
  )
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (id: string, { route, rewrite, ...options }: ApproveOptions) =>
      finish(
        await sendDecision(
          id,
          rewrite === true
            ? { choice: 'rewrite' }
            : { choice: 'route-out', ...(route === undefined ? {} : { route }) },
          options,
        ),
      ),
    );
}
