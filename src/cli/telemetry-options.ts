/** What a worker tells machines: shared by `worker` and `dev`. */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { isListenAddress } from '../domain/listen-address.ts';
import { setting } from './environment.ts';
import { UsageError } from './usage-error.ts';
import type { LogFormat } from './worker-log.ts';
import { LOG_FORMATS } from './worker-log.ts';

export interface TelemetryArguments {
  readonly metrics?: string;
  readonly log?: LogFormat;
}

export interface TelemetrySettings {
  /** `127.0.0.1:9464` */
  readonly metrics?: string;
  readonly log: LogFormat;
}

const CURE =
  'Give an IP address and a port: 127.0.0.1:9464, or 0.0.0.0:9464 where only a Prometheus gets to it.';

export function withTelemetryOptions(command: Command): Command {
  return command
    .option(
      '--metrics <address:port>',
      'serve metrics for Prometheus there, at /metrics (GEMINI_IMAGES_METRICS)',
      address,
    )
    .addOption(
      new Option(
        '--log <format>',
        'json: each line on standard error is an object (GEMINI_IMAGES_LOG)',
      ).choices(LOG_FORMATS),
    );
}

export function telemetrySettings(given: TelemetryArguments): TelemetrySettings {
  const metrics = given.metrics ?? setting('GEMINI_IMAGES_METRICS');
  if (metrics !== undefined && !isListenAddress(metrics))
    throw new UsageError(`GEMINI_IMAGES_METRICS: ${CURE}`);
  const log = given.log ?? setting('GEMINI_IMAGES_LOG') ?? 'text';
  if (!isFormat(log)) throw new UsageError(`GEMINI_IMAGES_LOG is ${log}: give ${LOG_FORMATS.join(' or ')}`);
  return { log, ...(metrics === undefined ? {} : { metrics }) };
}

/** Where they are to be scraped. */
export function metricsUrl({ metrics }: TelemetrySettings): { readonly metrics?: string } {
  return metrics === undefined ? {} : { metrics: `http://${metrics}/metrics` };
}

function address(text: string): string {
  if (!isListenAddress(text)) throw new InvalidArgumentError(CURE);
  return text;
}

function isFormat(text: string): text is LogFormat {
  return (LOG_FORMATS as readonly string[]).includes(text);
}
