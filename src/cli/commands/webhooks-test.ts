/** `webhooks test`: sends each webhook, or one of them, an event of type `test`, signed and judged as workers do. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { NotificationEvent } from '../../domain/notification.ts';
import type { Posted } from '../../webhooks/post.ts';
import type { Finish } from '../command-file.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import type { NotificationArguments } from '../notifications-option.ts';
import { configuredWebhooks, withNotificationsOption } from '../notifications-option.ts';
import { setting } from '../environment.ts';
import { print, printJson } from '../output.ts';
import { UsageError } from '../usage-error.ts';

interface TestOptions extends NotificationArguments {
  readonly name?: string;
  readonly json?: boolean;
}

const HELP = `
One request to each, without Temporal and without a repetition. Its id is new each time; --json prints it.

Example:
  $ gemini-images webhooks test --webhooks webhooks.json --name ops

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage])}`;

export function webhooksTestCommand(finish: Finish): Command {
  return withNotificationsOption(
    new Command('test').description('Send webhooks a test event and print what came back.'),
  )
    .option('--name <name>', 'only this webhook')
    .option('--json', 'print one JSON list')
    .addHelpText('after', HELP)
    .action(async (options: TestOptions) => finish(await run(options)));
}

async function run(options: TestOptions): Promise<ExitCode> {
  const { all, consoleUrl } = configuredWebhooks(options);
  const { name } = options;
  const wanted = all.filter((each) => name === undefined || each.name === name);
  if (wanted.length === 0)
    throw new UsageError(
      `--name: there is no webhook ${name ?? ''}; there are ${all.map((each) => each.name).join(', ')}`,
    );
  const { postEvent } = await import('../../webhooks/post.ts');
  const { withLink } = await import('../../webhooks/links.ts');
  const sent = await Promise.all(
    wanted.map(async (webhook) => {
      const event = withLink(testEvent(), consoleUrl);
      return { webhook, event, posted: await postEvent(webhook, event) };
    }),
  );
  const isTaken = sent.every(({ posted }) => posted.kind === 'taken');
  if (options.json === true)
    printJson(sent.map(({ webhook, event, posted }) => ({ name: webhook.name, event: event.id, ...posted })));
  else
    for (const { webhook, posted } of sent)
      print(`${webhook.name}  ${words(posted, new URL(webhook.url).host)}`);
  return isTaken ? EXIT.ok : EXIT.failed;
}

function testEvent(): NotificationEvent {
  return {
    id: `test/${randomUUID()}`,
    type: 'test',
    at: new Date().toISOString(),
    subject: 'a test: nothing has happened',
    data: { by: setting('GEMINI_IMAGES_OPERATOR') ?? userName() },
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}

function words(posted: Posted, host: string): string {
  const took = `${posted.tookMs} ms`;
  switch (posted.kind) {
    case 'taken':
      return `taken: ${host} answered with status ${posted.status} in ${took}`;
    case 'later': {
      const pause =
        posted.retryAfterMs === undefined ? '' : ` after ${Math.ceil(posted.retryAfterMs / 1_000)} s`;
      return `not taken: ${posted.why}, after ${took}; a worker would try again${pause}`;
    }
    case 'refused':
      return `not taken: ${posted.why}, after ${took}; a worker would try a few times more`;
    case 'gone':
      return `not taken: ${posted.why}, after ${took}; a worker would not try again`;
  }
}
