/** The options of `generate` as a request, as the request's schema allows it; most of them a session has too. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { QUALITIES, TIMES } from '../domain/request.ts';
import type { GenerateRequest } from '../schema/request.ts';
import { parseRequest } from '../schema/request.ts';
import { collect, duration, json, positiveInteger, positiveNumber } from './option-values.ts';
import { UsageError } from './usage-error.ts';

/** What a session's turns may be asked with as well. */
export interface FieldOptions {
  readonly model?: string;
  readonly size?: string;
  readonly aspectRatio?: string;
  readonly allow?: string;
  readonly allowJson?: unknown;
  readonly routeOut?: string;
  readonly urgency?: string;
  readonly deadline?: number;
  readonly callTimeout?: number;
  readonly maxPaidCalls?: number;
  readonly maxAttempts?: number;
  readonly maxCostUsd?: number;
  readonly seed?: number;
  readonly tenant?: string;
  readonly tag?: readonly string[];
  readonly imageOnly?: boolean;
  readonly hidePrompt?: boolean;
}

export interface RequestOptions extends FieldOptions {
  readonly input?: readonly string[];
  readonly quality?: string;
  readonly when?: string;
  readonly idempotencyKey?: string;
}

export function withRequestOptions(command: Command): Command {
  return withFieldOptions(withInputOption(command))
    .addOption(
      new Option(
        '--quality <what>',
        'in place of --model: draft is the cheapest that can do it, final the best',
      )
        .choices(QUALITIES)
        .conflicts('model'),
    )
    .addOption(
      new Option('--when <when>', 'now (default), or quiet: may wait for quiet hours').choices(TIMES),
    )
    .option('--idempotency-key <key>', 'the same key is the same generation, whatever is retried');
}

export function withInputOption(command: Command): Command {
  return command.option(
    '--input <file|url>',
    'input image: a file, a URL (https://, gs://) or sha256:<hex>; may be repeated',
    collect,
  );
}

export function withFieldOptions(command: Command): Command {
  return command
    .option('--model <id>', "model (the worker's first)")
    .option('--size <size>', "512, 1K, 2K or 4K (the model's default)")
    .option('--aspect-ratio <w:h>', "such as 16:9 (the model's default)")
    .addOption(
      new Option(
        '--allow <what>',
        'changes of path allowed beforehand: exact (default) or available',
      ).conflicts('allowJson'),
    )
    .option('--allow-json <json>', 'the same in detail: {"models":"chain","sizes":"smaller"}', json)
    .option(
      '--route-out <what>',
      'ask (default): a person may be asked and waited for; never: it ends instead',
    )
    .option('--urgency <urgency>', 'interactive, standard (default) or batch')
    .option('--deadline <duration>', 'bounds the generation, all waits included (by urgency)', duration)
    .option('--call-timeout <duration>', 'bounds one call to Gemini (180s, 300s at 4K)', duration)
    .option('--max-paid-calls <number>', 'calls that were or may have been billed (5)', positiveInteger)
    .option('--max-attempts <number>', 'calls in all (12)', positiveInteger)
    .option('--max-cost-usd <usd>', 'cost cap, at the worst price (none)', positiveNumber)
    .option('--seed <number>', 'seed for the model', Number)
    .option('--tenant <name>', 'for fairness and budgets')
    .option('--tag <tag>', 'kept with the generation; may be repeated', collect)
    .option('--image-only', 'ask for no text beside the image')
    .option('--hide-prompt', 'keep the prompt out of summaries, the UI and file names');
}

/** Throws {@link InvalidRequest} and {@link UsageError}, before any server is asked for. */
export function requestOf(prompt: string, options: RequestOptions): GenerateRequest {
  const { input, idempotencyKey, quality, when } = options;
  return parseRequest({
    ...fieldsOf(options),
    prompt,
    ...given({ inputs: inputsOf(input), idempotencyKey, quality, when }),
  });
}

/** The fields that were given, for a schema to judge. Throws {@link UsageError}. */
export function fieldsOf(options: FieldOptions): object {
  const { allow, allowJson, deadline, callTimeout, tag, imageOnly, seed } = options;
  if (seed !== undefined && !Number.isInteger(seed)) throw new UsageError('--seed: give a whole number');
  // Names and values of these are the request's own.
  const { model, size, aspectRatio, routeOut, urgency, maxPaidCalls, maxAttempts, maxCostUsd } = options;
  const { tenant, hidePrompt } = options;
  return given({
    ...{ model, size, aspectRatio, routeOut, urgency, maxPaidCalls, maxAttempts, maxCostUsd },
    ...{ tenant, hidePrompt, seed },
    allow: allowJson ?? allow,
    deadlineMs: deadline,
    callTimeoutMs: callTimeout,
    tags: tag,
    modalities: imageOnly === true ? ['IMAGE'] : undefined,
  });
}

/** Without what is undefined: to a schema that would be a field. */
export function given(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export function inputsOf(texts: readonly string[] | undefined): readonly object[] | undefined {
  return texts?.map(inputOf);
}

function inputOf(text: string): { path: string } | { url: string } | { artifact: string } {
  if (/^(https?|gs):\/\//i.test(text)) return { url: text };
  const artifact = /^sha256:([0-9a-f]{64})$/i.exec(text)?.[1];
  return artifact === undefined ? { path: text } : { artifact: artifact.toLowerCase() };
}
