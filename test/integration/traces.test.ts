/** One trace from the caller over the workflow to the provider's answer, and nothing in it that is nobody's business. */
import { trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readTraceparent, writeTraceparent } from '../../src/tracing/traceparent.ts';
import { eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const SLOW = 120_000;
const PROMPT = 'a very private fox';
const KEY = 'traces-test-key-0123456789';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
let rig: Rig;
beforeAll(async () => {
  provider.register();
  rig = await startRig({ apiKey: KEY });
  await rig.worker();
}, SLOW);
afterAll(async () => {
  await rig?.close();
  await provider.shutdown();
});
beforeEach(() => exporter.reset());

const named = (name: string): readonly ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name === `gemini_images.${name}`);

describe('a traced generation', { timeout: SLOW }, () => {
  it('is one trace: generate, each attempt, each call, each inside the one before', async () => {
    const { images } = await rig.images.generate({ prompt: `${PROMPT} [[fault:capacity]]` });
    const [root] = named('generate');
    const attempts = named('attempt');
    const calls = named('call');
    expect([attempts.length, calls.length]).toEqual([2, 2]);
    const traceIds = exporter.getFinishedSpans().map((span) => span.spanContext().traceId);
    expect(new Set(traceIds).size).toBe(1);
    for (const each of attempts) expect(each.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
    expect(calls.map((call) => call.parentSpanContext?.spanId)).toEqual(
      attempts.map((each) => each.spanContext().spanId),
    );
    const [failed, delivered] = attempts.map(({ attributes }) => attributes);
    expect(failed).toMatchObject({
      'gemini_images.branch': 'capacity',
      'gemini_images.billed': 'no',
      'gemini_images.model': 'gemini-3-pro-image',
      'gemini_images.attempt': 1,
    });
    expect(delivered).toMatchObject({
      'gemini_images.branch': 'none',
      'gemini_images.billed': 'yes',
      'gemini_images.bytes': images[0]?.bytes,
    });
    expect(calls.map(({ attributes }) => attributes['gemini_images.status'])).toEqual([503, 200]);
  });

  it('I1, I7: holds no prompt, no key, no image and no words of the provider', async () => {
    const prompt = `${PROMPT} [[fault:prohibited-content]]`;
    await rig.images.generate({ prompt, routeOut: 'never' }).catch(() => undefined);
    const spans = await eventually('the spans', () => {
      const all = exporter.getFinishedSpans();
      return all.length === 3 ? all : undefined;
    });
    const text = JSON.stringify(
      spans.map(({ name, attributes, events, status, links }) => ({
        name,
        attributes,
        events,
        status,
        links,
      })),
    );
    for (const secret of [PROMPT, 'fault', KEY, 'prohibited use', 'PROHIBITED_CONTENT'])
      expect(text).not.toContain(secret);
    expect(text).toContain('"gemini_images.branch":"policy"');
    expect(text.length).toBeLessThan(4_000);
  });

  it('belongs to the span that is active where start is called, and the key is the same generation for another', async () => {
    const request = { prompt: PROMPT, idempotencyKey: 'traced-once' };
    const tracer = trace.getTracer('test');
    const ids = [];
    for (const name of ['first', 'second']) {
      ids.push(
        await tracer.startActiveSpan(name, async (span) => {
          const handle = await rig.images.start(request);
          span.end();
          return handle.id;
        }),
      );
    }
    await rig.images.result(ids[0] as string);
    expect(ids[1]).toBe(ids[0]);
    const first = exporter.getFinishedSpans().find(({ name }) => name === 'first');
    expect(named('attempt').map((span) => span.spanContext().traceId)).toEqual([
      first?.spanContext().traceId,
    ]);
  });
});

describe('a traced turn of a session', { timeout: SLOW }, () => {
  it('belongs to the span in which it was asked for, also one that had to wait for the turn before', async () => {
    const session = await rig.images.session({ size: '1K' });
    const tracer = trace.getTracer('test');
    const asked = [];
    for (const name of ['one', 'two']) {
      asked.push(
        await tracer.startActiveSpan(name, async (span) => {
          const turn = await session.edit({ prompt: `${PROMPT} ${name}` });
          span.end();
          return { turn, traceId: span.spanContext().traceId };
        }),
      );
    }
    for (const { turn } of asked) await turn.result();
    const attempts = named('attempt').map((span) => [
      span.attributes['gemini_images.generation'],
      span.spanContext().traceId,
    ]);
    expect(attempts).toEqual(asked.map(({ turn, traceId }) => [turn.generationId, traceId]));
    await session.close();
  });
});

describe('a traceparent', () => {
  it('is read as it was written, and what is none is nothing', () => {
    const text = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const read = readTraceparent(text);
    expect(read).toMatchObject({ isRemote: true, traceFlags: 1 });
    expect(read === undefined ? '' : writeTraceparent(read)).toBe(text);
    const none = [undefined, 7, '', 'junk', text.toUpperCase(), `00-${'0'.repeat(32)}-b7ad6b7169203331-01`];
    for (const junk of none) expect(readTraceparent(junk)).toBeUndefined();
  });
});
