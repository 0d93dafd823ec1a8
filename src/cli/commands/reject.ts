/** `reject`: decides against what a generation asks; one that waits for it alone ends as a dead letter. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import { withServerOptions } from '../common-options.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { withOperatorOptions } from '../operator-options.ts';
import type { DecisionOptions } from '../send-decision.ts';
import { sendDecision } from '../send-decision.ts';

const HELP = `
One that can go on by itself does; one that waits for a person ends as a dead letter, which \`retry\`
brings back.

Examples:
  $ gemini-images reject gemini-image/6f0c8a1e-… --why 'not worth the price'

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function command(finish: Finish): Command {
  return withServerOptions(
    withOperatorOptions(
      new Command('reject')
        .description('Decide against what a generation asks.')
        .argument('<id>', 'id of the generation'),
    ),
  )
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (id: string, options: DecisionOptions) =>
      finish(await sendDecision(id, { choice: 'reject' }, options)),
    );
}
