/** `webhooks`: those that a worker with this configuration has, and below it `test`. Secrets are not printed. */
import { Command } from 'commander';
import type { Finish } from '../command-file.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import type { NotificationArguments } from '../notifications-option.ts';
import { configuredWebhooks, withNotificationsOption } from '../notifications-option.ts';
import { print, printJson } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { filterWords, toldWebhook } from '../webhook-words.ts';
import { webhooksTestCommand } from './webhooks-test.ts';

interface WebhooksOptions extends NotificationArguments {
  readonly json?: boolean;
}

const HELP = `
The file is the one that workers get: {"webhooks":[{"name":"ops","url":"https://…","secretEnv":"OPS_SECRET"}]}.
Only the host of an address is printed, because the rest may be a secret.

Examples:
  $ gemini-images webhooks --webhooks webhooks.json
  $ gemini-images webhooks test --webhooks webhooks.json --name ops

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage])}`;

export function command(finish: Finish): Command {
  return withNotificationsOption(
    new Command('webhooks').description(
      'The webhooks of workers: who is told what; test: send each one an event.',
    ),
  )
    .option('--json', 'print one JSON list')
    .enablePositionalOptions()
    .addCommand(webhooksTestCommand(finish))
    .addHelpText('after', HELP)
    .allowExcessArguments()
    .action((options: WebhooksOptions, { args }: Command) => finish(run(options, args)));
}

function run(options: WebhooksOptions, [name]: readonly string[]): ExitCode {
  if (name !== undefined)
    throw new UsageError(`there is no \`webhooks ${name}\`: test is the only one below it`);
  const { all } = configuredWebhooks(options);
  if (options.json === true) printJson(all.map(toldWebhook));
  else
    for (const webhook of all) {
      const { name: called, host, events } = toldWebhook(webhook);
      const only = filterWords(webhook);
      print(`${called}  ${host}`);
      print(`  events  ${events.join(', ')}`);
      if (only !== '') print(`  only    ${only}`);
    }
  return EXIT.ok;
}
