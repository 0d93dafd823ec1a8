/** What a worker is told of quotas: shared by `worker` and `dev`. */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { SpendLimit } from '../contract/exchange.ts';
import type { Dimension, ModelLimits } from '../contract/exchange.ts';
import { DIMENSIONS } from '../contract/exchange.ts';
import type { QuietWindow, Weekday } from '../domain/quiet.ts';
import { quietOf } from '../plugin/quiet-options.ts';
import { setting } from './environment.ts';
import { positiveNumber } from './option-values.ts';
import { UsageError } from './usage-error.ts';

const MODES = ['fleet', 'local'] as const;

export interface QuotaArguments {
  readonly quota?: (typeof MODES)[number];
  readonly limit?: Readonly<Record<string, ModelLimits>>;
  readonly spendLimit?: number;
  readonly quietHours?: readonly QuietWindow[];
}

export interface QuotaSettings {
  readonly quota: (typeof MODES)[number];
  readonly limits?: Readonly<Record<string, ModelLimits>>;
  readonly spendLimit?: SpendLimit;
  readonly quietHours?: readonly QuietWindow[];
}

const LIMIT_CURE = 'Give a model and its limits: gemini-3-pro-image:rpm=60,rpd=5000 (rpm, tpm, ipm, rpd).';
const QUIET_CURE =
  "Give days, times and a zone: '22:00-06:00 America/Los_Angeles', 'sat,sun 00:00-24:00 UTC'.";
/** Google's spend window. */
const SPEND_WINDOW_MS = 600_000;

export function withQuotaOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--quota <mode>',
        'fleet: all workers of the namespace share limits, holds and budgets; local: this process alone ' +
          '(GEMINI_IMAGES_QUOTA, else local)',
      ).choices(MODES),
    )
    .option(
      '--limit <model:limits>',
      'known limits of a model, such as gemini-3-pro-image:rpm=60,rpd=5000',
      limit,
    )
    .option(
      '--spend-limit <usd>',
      "the project's spend limit for 10 minutes; learned if not given",
      positiveNumber,
    )
    .option(
      '--quiet-hours <window>',
      "when --when quiet is, such as '22:00-06:00 America/Los_Angeles' or 'sat,sun 00:00-24:00 UTC'; may be " +
        'repeated; learned if not given',
      quietWindow,
    );
}

export function quotaSettings({
  quota,
  limit: limits,
  spendLimit,
  quietHours,
}: QuotaArguments): QuotaSettings {
  return {
    quota: quota ?? modeOf(setting('GEMINI_IMAGES_QUOTA') as string),
    ...(limits === undefined ? {} : { limits }),
    ...(spendLimit === undefined ? {} : { spendLimit: { usd: spendLimit, windowMs: SPEND_WINDOW_MS } }),
    ...(quietHours === undefined ? {} : { quietHours }),
  };
}

/** `sat,sun 22:00-06:00 Europe/Berlin`, the days left out where it is every day. */
function quietWindow(text: string, before: readonly QuietWindow[] = []): readonly QuietWindow[] {
  const words = text.trim().split(/\s+/);
  const [times = '', zone = ''] = words.slice(-2);
  const [from = '', to = ''] = times.split('-');
  const days = words.slice(0, -2).join(',').toLowerCase().split(',').filter(Boolean) as Weekday[];
  const window: QuietWindow = { from, to, zone, ...(days.length === 0 ? {} : { days }) };
  try {
    quietOf({ quietHours: [window] });
  } catch (error) {
    const what = (error as Error).message.replace(/^quietHours\[0\]\./, '');
    throw new InvalidArgumentError(`${what}. ${QUIET_CURE}`);
  }
  return [...before, window];
}

function modeOf(given: string): QuotaSettings['quota'] {
  const mode = MODES.find((each) => each === given);
  if (mode !== undefined) return mode;
  throw new UsageError(`GEMINI_IMAGES_QUOTA is ${JSON.stringify(given)}: give fleet or local`);
}

/** `model:rpm=60,rpd=5000`, once for each model. */
function limit(
  text: string,
  before: Readonly<Record<string, ModelLimits>> = {},
): Readonly<Record<string, ModelLimits>> {
  const colon = text.lastIndexOf(':');
  const model = text.slice(0, Math.max(0, colon));
  const pairs = text.slice(colon + 1).split(',');
  if (model === '') throw new InvalidArgumentError(LIMIT_CURE);
  const limits = Object.fromEntries(pairs.map(pair));
  return { ...before, [model]: { ...before[model], ...limits } };
}

function pair(text: string): readonly [Dimension, number] {
  const [name, value] = text.split('=');
  const dimension = DIMENSIONS.find((each) => each === name?.trim());
  const number = Number(value);
  if (dimension === undefined || !Number.isSafeInteger(number) || number < 1) {
    throw new InvalidArgumentError(LIMIT_CURE);
  }
  return [dimension, number];
}
