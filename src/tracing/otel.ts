/**
 * OpenTelemetry's API, where the program has it: an optional peer, loaded when it is first needed. Without it,
 * or without a tracer provider, nothing is traced and nothing costs anything.
 */
import type * as Otel from '@opentelemetry/api';

let loading: Promise<typeof Otel | undefined> | undefined;

export async function otel(): Promise<typeof Otel | undefined> {
  loading ??= import('@opentelemetry/api').catch(() => undefined);
  return await loading;
}
