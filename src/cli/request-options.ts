/** The options of `generate` as a request, as the request's schema allows it. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { GenerateRequest } from '../schema/request.ts';
import { parseRequest } from '../schema/request.ts';
import { collect, duration, json, positiveInteger, positiveNumber } from './option-values.ts';
import { UsageError } from './usage-error.ts';

export interface RequestOptions {
  readonly input?: readonly string[];
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
  readonly idempotencyKey?: string;
  readonly tenant?: string;
  readonly tag?: readonly string[];
  readonly imageOnly?: boolean;
  readonly hidePrompt?: boolean;
}

export function withRequestOptions(command: Command): Command {
  return command
    .option('--input <file|url>', 'input image: a file, a URL or sha256:<hex>; may be repeated', collect)
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
    .option('--idempotency-key <key>', 'the same key is the same generation, whatever is retried')
    .option('--tenant <name>', 'for fairness and budgets')
    .option('--tag <tag>', 'kept with the generation; may be repeated', collect)
    .option('--image-only', 'ask for no text beside the image')
    .option('--hide-prompt', 'keep the prompt out of summaries, the UI and file names');
}

/** Throws {@link InvalidRequest} and {@link UsageError}, before any server is asked for. */
export function requestOf(prompt: string, options: RequestOptions): GenerateRequest {
  const { input, allow, allowJson, deadline, callTimeout, tag, imageOnly, seed, ...same } = options;
  if (seed !== undefined && !Number.isInteger(seed)) throw new UsageError('--seed: give a whole number');
  const given = {
    ...pick(same),
    prompt,
    inputs: input?.map(inputOf),
    allow: allowJson ?? allow,
    deadlineMs: deadline,
    callTimeoutMs: callTimeout,
    tags: tag,
    modalities: imageOnly === true ? ['IMAGE'] : undefined,
    seed,
  };
  return parseRequest(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
}

/** Options whose names and values are the request's own. */
function pick(options: RequestOptions): Partial<RequestOptions> {
  const { model, size, aspectRatio, routeOut, urgency, maxPaidCalls, maxAttempts, maxCostUsd } = options;
  const { idempotencyKey, tenant, hidePrompt } = options;
  return {
    ...{ model, size, aspectRatio, routeOut, urgency, maxPaidCalls, maxAttempts, maxCostUsd },
    ...{ idempotencyKey, tenant, hidePrompt },
  } as Partial<RequestOptions>;
}

function inputOf(text: string): { path: string } | { url: string } | { artifact: string } {
  if (/^https?:\/\//i.test(text)) return { url: text };
  const artifact = /^sha256:([0-9a-f]{64})$/i.exec(text)?.[1];
  return artifact === undefined ? { path: text } : { artifact: artifact.toLowerCase() };
}
