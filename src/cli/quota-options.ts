/** What a worker is told of quotas: shared by `worker` and `dev`. */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { SpendLimit } from '../contract/exchange.ts';
import type { Dimension, ModelLimits } from '../contract/exchange.ts';
import { DIMENSIONS } from '../contract/exchange.ts';
import { setting } from './environment.ts';
import { positiveNumber } from './option-values.ts';
import { UsageError } from './usage-error.ts';

const MODES = ['fleet', 'local'] as const;

export interface QuotaArguments {
  readonly quota?: (typeof MODES)[number];
  readonly limit?: Readonly<Record<string, ModelLimits>>;
  readonly spendLimit?: number;
}

export interface QuotaSettings {
  readonly quota: (typeof MODES)[number];
  readonly limits?: Readonly<Record<string, ModelLimits>>;
  readonly spendLimit?: SpendLimit;
}

const LIMIT_CURE = 'Give a model and its limits: gemini-3-pro-image:rpm=60,rpd=5000 (rpm, tpm, ipm, rpd).';
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
    );
}

export function quotaSettings({ quota, limit: limits, spendLimit }: QuotaArguments): QuotaSettings {
  return {
    quota: quota ?? modeOf(setting('GEMINI_IMAGES_QUOTA') as string),
    ...(limits === undefined ? {} : { limits }),
    ...(spendLimit === undefined ? {} : { spendLimit: { usd: spendLimit, windowMs: SPEND_WINDOW_MS } }),
  };
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
