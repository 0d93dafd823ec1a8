/** The Temporal SDK inside this program. Loads native code, so import it when a worker is to run. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { prometheusMetrics } from '../worker/metrics.ts';
import { setting } from './environment.ts';
import { say } from './output.ts';
import type { TelemetrySettings } from './telemetry-options.ts';
import { UsageError } from './usage-error.ts';
import { logLine } from './worker-log.ts';

/**
 * The SDK's log goes to standard error: warnings only, or more where a machine reads it. Signals are ours: a
 * worker of `dev` must not drain before its emulator has let go. To be called once, before anything else of the
 * worker. Throws a {@link UsageError} where metrics cannot be served at that address.
 */
export function installRuntime({ metrics, log }: TelemetrySettings): void {
  const level = log === 'json' || setting('GEMINI_IMAGES_DEBUG') !== undefined ? 'INFO' : 'WARN';
  const logger = new DefaultLogger(level, (entry) => {
    const line = logLine(entry, log);
    if (line !== undefined) say(line);
  });
  try {
    Runtime.install({
      logger,
      shutdownSignals: [],
      telemetryOptions: {
        ...(metrics === undefined ? {} : { metrics: prometheusMetrics(metrics) }),
        // Else the SDK's core writes lines of its own shape between ours.
        ...(log === 'json' ? { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } } : {}),
      },
    });
  } catch (error) {
    if (metrics === undefined) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--metrics ${metrics}: no metrics can be served there: ${why}`);
  }
}
