/** The Temporal SDK inside this program. Loads native code, so import it when a worker is to run. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { setting } from './environment.ts';
import { say } from './output.ts';

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
