/**
 * Spans around what we do. Their attributes are names and numbers: never a prompt, bytes, a key, or the
 * provider's own words, in which a prompt may stand (I1, I7). A failure is told by its type.
 */
import type { Span } from '@opentelemetry/api';
import { otel } from './otel.ts';
import { readTraceparent, writeTraceparent } from './traceparent.ts';

const TRACER = 'temporal-gemini-images';

export interface SpanOptions {
  /** `client`: a request leaves this process. @default internal */
  readonly kind?: 'client' | 'internal';
  readonly attributes?: SpanAttributes;
  /** W3C traceparent of the span that it belongs to, where none is active here. */
  readonly parent?: string | undefined;
}

export type SpanAttributes = Readonly<Record<`gemini_images.${string}`, string | number | boolean>>;

/** Adds to the span that runs. */
export type Tell = (attributes: SpanAttributes) => void;

/** Runs it inside a span; its value or its failure is the run's own. */
export async function traced<T>(
  name: string,
  { kind = 'internal', attributes = {}, parent }: SpanOptions,
  run: (tell: Tell) => Promise<T>,
): Promise<T> {
  const api = await otel();
  if (api === undefined) return await run(() => undefined);
  const { context, trace, SpanKind } = api;
  const remote = trace.getSpan(context.active()) === undefined ? readTraceparent(parent) : undefined;
  const at = remote === undefined ? context.active() : trace.setSpanContext(context.active(), remote);
  const options = {
    kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
    attributes: { ...attributes },
  };
  return await trace.getTracer(TRACER).startActiveSpan(name, options, at, async (span) => {
    try {
      return await run((more) => void span.setAttributes(more));
    } catch (error) {
      fail(span, error, api.SpanStatusCode.ERROR);
      throw error;
    } finally {
      span.end();
    }
  });
}

function fail(span: Span, error: unknown, code: number): void {
  const { type, name, category } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const known = [type, name].find((each): each is string => typeof each === 'string');
  span.setAttribute('error.type', known ?? 'Error');
  // Part of a normal day: no slot yet, a 429.
  if (category !== 'BENIGN') span.setStatus({ code });
}

/** The span that runs here, as a traceparent for whoever goes on elsewhere. */
export async function currentTraceparent(): Promise<string | undefined> {
  const api = await otel();
  const span = api?.trace.getSpan(api.context.active());
  const at = span?.spanContext();
  return api === undefined || at === undefined || !api.isSpanContextValid(at)
    ? undefined
    : writeTraceparent(at);
}
