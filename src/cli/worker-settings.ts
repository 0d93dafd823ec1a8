/** What `worker` and `dev` read from the environment for the workers they run. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { setting } from './environment.ts';
import type { SettingName } from './environment.ts';
import { say } from './output.ts';
import { UsageError } from './usage-error.ts';

export interface Scales {
  /** Multiplies delays that policies compute; 1 in production. */
  readonly timeScale: number;
  /** Multiplies the quota windows kept here. */
  readonly quotaWindowScale: number;
}

export function scales(): Scales {
  return {
    timeScale: scale('GEMINI_IMAGES_TIME_SCALE'),
    quotaWindowScale: scale('GEMINI_IMAGES_WINDOW_SCALE'),
  };
}

/** Scaled waits must never be taken for real ones. */
export function scaleWords({ timeScale, quotaWindowScale }: Scales): readonly string[] {
  return [
    ...(timeScale === 1 ? [] : [`waits are scaled: computed delays × ${timeScale}`]),
    ...(quotaWindowScale === 1 ? [] : [`quota windows × ${quotaWindowScale}`]),
  ];
}

/**
 * The SDK's log goes to standard error, warnings only, and signals are ours: a worker of `dev` must not
 * drain before its emulator has let go. To be called once, before anything else of the worker.
 */
export function installRuntime(): void {
  const level = setting('GEMINI_IMAGES_DEBUG') === undefined ? 'WARN' : 'INFO';
  const logger = new DefaultLogger(level, ({ level: of, message, meta }) => {
    const error: unknown = meta?.['error'];
    const why = error instanceof Error ? `: ${error.message}` : '';
    say(`${new Date().toISOString()} ${of} ${message}${why}${whichGeneration(meta)}`);
  });
  Runtime.install({ logger, shutdownSignals: [] });
}

function whichGeneration(meta: Readonly<Record<string, unknown>> | undefined): string {
  const id: unknown = meta?.['workflowId'];
  return typeof id === 'string' ? ` (${id})` : '';
}

function scale(name: SettingName): number {
  const text = setting(name) ?? '1';
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`${name} is ${JSON.stringify(text)}: give a number above 0, or leave it out`);
}
