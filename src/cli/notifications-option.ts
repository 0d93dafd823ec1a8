/** The webhooks of workers, from a JSON file: for commands that are a worker, or send as one. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { NotificationSettings } from '../schema/webhooks.ts';
import { readNotifications } from '../schema/webhooks.ts';
import type { Webhooks } from '../webhooks/settings.ts';
import { webhooksOf } from '../webhooks/settings.ts';
import { setting } from './environment.ts';
import { UsageError } from './usage-error.ts';

export interface NotificationArguments {
  readonly webhooks?: string;
}

export function withNotificationsOption(command: Command): Command {
  return command.option(
    '--webhooks <file>',
    'JSON file of webhooks that are told what happens (GEMINI_IMAGES_WEBHOOKS; docs/notifications.md)',
  );
}

interface GivenNotifications {
  /** For the plugin. */
  readonly notifications: NotificationSettings;
  readonly webhooks: Webhooks;
}

/** Undefined where no file is named. Throws {@link UsageError} that names the file, the field and the cure. */
export function givenNotifications({
  webhooks: option,
}: NotificationArguments): GivenNotifications | undefined {
  const file = option ?? setting('GEMINI_IMAGES_WEBHOOKS');
  if (file === undefined) return undefined;
  const name = `${option === undefined ? 'GEMINI_IMAGES_WEBHOOKS' : '--webhooks'} ${file}`;
  const given = parsed(file, name);
  try {
    const notifications = readNotifications(given, 'file');
    return { notifications, webhooks: webhooksOf(notifications, { name: 'file' }) };
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${name}: ${error.message.replaceAll('file.', '')}`);
    throw error;
  }
}

/** For commands that need some. */
export function configuredWebhooks(given: NotificationArguments): Webhooks {
  const webhooks = givenNotifications(given)?.webhooks;
  if (webhooks === undefined) throw new UsageError('--webhooks: name the file that workers get');
  if (webhooks.all.length > 0) return webhooks;
  throw new UsageError('the file of webhooks has none');
}

function parsed(file: string, name: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new UsageError(`${name} cannot be read (${code}): give a JSON file`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`${name} is not JSON: give {"webhooks":[…]}, as docs/notifications.md shows`);
  }
}
