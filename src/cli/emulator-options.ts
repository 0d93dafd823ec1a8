/**
 * The emulator's options from a JSON file and from arguments, which win. What they may hold is checked
 * by the emulator itself, which names every field.
 */
import type { Command } from 'commander';
import type { EmulatorOptions } from '../emulator/index.ts';
import { collect, json as parseJson, notNegative, positiveInteger, positiveNumber } from './option-values.ts';
import { readTextFile } from './read-text.ts';
import { UsageError } from './usage-error.ts';

export interface EmulatorArguments {
  readonly config?: string;
  readonly seed?: string;
  readonly latency?: number;
  readonly rpm?: number;
  readonly timeScale?: number;
  readonly fault?: readonly string[];
}

export function withEmulatorOptions(command: Command): Command {
  return command
    .option('--config <file>', 'JSON file of emulator options: limits, faults, keys, latencies …')
    .option('--seed <text>', 'fixes pictures, latencies and chance')
    .option('--latency <ms>', 'milliseconds that a generating call takes', notNegative)
    .option('--rpm <number>', 'requests a minute and model, answered with 429 beyond', positiveInteger)
    .option(
      '--time-scale <factor>',
      'scales its minute, day and RetryInfo: 0.05 makes 1 min 3 s',
      positiveNumber,
    )
    .option('--fault <name[=share]>', 'a fault for every call, or a share of them: capacity=0.45', collect);
}

/** Throws {@link UsageError} for a file or a fault that cannot be read. */
export async function emulatorOptions(given: EmulatorArguments): Promise<EmulatorOptions> {
  const file = given.config === undefined ? {} : await configOf(given.config);
  const { seed, latency, rpm, timeScale, fault } = given;
  return {
    ...file,
    ...(seed === undefined ? {} : { seed }),
    ...(latency === undefined ? {} : { latencyMs: latency }),
    ...(rpm === undefined ? {} : { limits: { ...file.limits, '*': { ...file.limits?.['*'], rpm } } }),
    ...(timeScale === undefined ? {} : { timeScale }),
    ...(fault === undefined ? {} : { faults: [...(file.faults ?? []), ...fault.map(faultRule)] }),
  };
}

async function configOf(path: string): Promise<EmulatorOptions> {
  const text = await readTextFile(path, '--config');
  try {
    const value = parseJson(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch (error) {
    throw new UsageError(`--config: ${path}: ${(error as Error).message}`);
  }
  throw new UsageError(`--config: ${path} must hold one JSON object`);
}

function faultRule(text: string): { action: string; probability?: number } {
  const [action = '', share, ...rest] = text.split('=');
  if (share === undefined) return { action };
  const probability = Number(share);
  if (rest.length > 0 || share === '' || !(probability >= 0 && probability <= 1)) {
    throw new UsageError(
      `--fault: ${text}: write name or name=share with a share from 0 to 1: capacity=0.45`,
    );
  }
  return { action, probability };
}
