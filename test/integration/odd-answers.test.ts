/**
 * Answers that are not what the documentation promises. Each ends in a verdict that a person can read,
 * what may have been paid is booked, and nothing of it is too large for Temporal (I1).
 */
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import type { FaultRuleInput } from '../../src/emulator/index.ts';
import type { GenerateRequest } from '../../src/schema/request.ts';
import { image } from '../artifacts/images.ts';
import { errorOf } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
  await rig.worker();
});
afterEach(() => rig.emulator.reset());
afterAll(() => rig.close());

/** The answer of the next `times` calls, whatever was asked. */
function answer(status: number, body: unknown, more: Partial<FaultRuleInput> & { billed?: boolean } = {}) {
  const { billed, ...rule } = more;
  const action = { status, body, ...(billed === undefined ? {} : { billed }) };
  rig.emulator.addFaults({ times: 1, ...rule, action });
}

async function failed(request: GenerateRequest): Promise<GenerationFailed> {
  const error = await errorOf(rig.images.generate(request));
  expect(error).toBeInstanceOf(GenerationFailed);
  return error as GenerationFailed;
}

describe('a model that nobody knows', () => {
  it('is refused before any call, with the name that was meant', async () => {
    const error = await failed({ prompt: 'a fox', model: 'gemini-3-pro-imgae' });
    expect(error.branch).toBe('invalid-request');
    expect(error.classification.field).toBe('model');
    expect(error.message).toContain('did you mean gemini-3-pro-image?');
    expect(rig.emulator.calls()).toEqual([]);
  });

  it('that only the provider has retired is `model-gone`: one call, no retry', async () => {
    answer(404, {
      error: {
        code: 404,
        status: 'NOT_FOUND',
        message:
          'models/gemini-3-pro-image is not found for API version v1beta, or is not supported for generateContent.',
      },
    });
    expect((await failed({ prompt: 'a fox', routeOut: 'never' })).branch).toBe('model-gone');
    expect(rig.calls()).toHaveLength(1);
  });
});

describe('a 200 that is no answer', () => {
  it.each([
    ['a web page', '<html><body>Please sign in to the hotel Wi-Fi</body></html>'],
    ['words', 'OK'],
    ['JSON that was cut in the middle', '{"candidates":[{"content":{"parts":[{"inlineData":{"data":"iVBOR'],
    ['nothing at all', ''],
    ['a JSON that is not an object', '[]'],
  ])('%s is never taken for success; one retest delivers', async (_, body) => {
    answer(200, body);
    const { images, trail } = await rig.images.generate({ prompt: 'a fox' });
    expect(images).toHaveLength(1);
    expect(trail).toHaveLength(2);
    expect(trail[0]?.verdict).toMatch(/^(no-image|gateway-fault|gateway-denial|unknown)\//);
    // Who knows whether the model drew: nobody says that it cost nothing.
    expect(trail[0]?.billed).not.toBe('no');
  });

  it('an error inside a 200 is read as that error', async () => {
    answer(200, { error: { code: 503, status: 'UNAVAILABLE', message: 'The model is overloaded.' } });
    const { trail, images } = await rig.images.generate({ prompt: 'a fox' });
    expect(images).toHaveLength(1);
    expect(trail[0]).toMatchObject({ verdict: expect.stringMatching(/^capacity\//), billed: 'no' });
  });

  it('a prohibition inside a 200 ends it with that one call', async () => {
    answer(200, { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } });
    expect((await failed({ prompt: 'a fox' })).branch).toBe('policy');
    expect(rig.calls()).toHaveLength(1);
  });
});

describe('gateways that answer in HTML', () => {
  it('a 502 page: retested, delivered, one bill', async () => {
    const { trail } = await rig.images.generate({ prompt: 'a fox [[fault:gateway-502]]' });
    expect(trail.map(({ verdict }) => verdict)).toEqual([
      expect.stringMatching(/^gateway-fault\//),
      'success',
    ]);
    expect(rig.bills()).toBe(1);
  });

  it('a 524 page after the image was made: booked as possible before the second call', async () => {
    const { trail, cost } = await rig.images.generate({ prompt: 'a fox [[fault:gateway-524]]' });
    expect(trail.map(({ billed }) => billed)).toEqual(['possible', 'yes']);
    expect(cost.possibleUsd).toBeGreaterThan(0);
    expect(rig.bills()).toBe(2);
  });

  it('a megabyte of HTML is evidence by its beginning, and harms nothing', async () => {
    answer(502, `<html><title>502 Bad Gateway</title>${'<p>sorry</p>'.repeat(100_000)}`);
    const { images, trail } = await rig.images.generate({ prompt: 'a fox' });
    expect(images).toHaveLength(1);
    expect(trail[0]?.verdict).toMatch(/^gateway-fault\//);
  });
});

/** Sizes on the wire, in bytes, of what the activities of an execution failed with and gave. */
async function wireSizes(handle: WorkflowHandle) {
  const { events } = await handle.fetchHistory();
  const payloads = (of: readonly { readonly data?: Uint8Array | null }[] | null | undefined) =>
    (of ?? []).reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  const failures = (events ?? []).flatMap(({ activityTaskFailedEventAttributes: a }) => {
    if (a?.failure == null) return [];
    const { message, stackTrace, applicationFailureInfo } = a.failure;
    const words = Buffer.byteLength(`${message ?? ''}${stackTrace ?? ''}`);
    return [words + payloads(applicationFailureInfo?.details?.payloads)];
  });
  const results = (events ?? []).flatMap((event) => {
    const a =
      event.activityTaskCompletedEventAttributes ??
      event.workflowExecutionCompletedEventAttributes ??
      undefined;
    return a === undefined ? [] : [payloads(a.result?.payloads)];
  });
  const end = events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
  return { failures, results, end };
}

const KIB = 1024;
const QUOTA = 'type.googleapis.com/google.rpc.QuotaFailure';
const LONG = [
  ['plain words', `Invalid argument. ${'x'.repeat(100_000)}`],
  ['Chinese, three bytes a letter', `参数无效。${'请稍后再试'.repeat(20_000)}`],
  ['quotes and control characters, which JSON escapes', `"\u0001\\`.repeat(33_000)],
] as const;

describe('I1: a provider that talks too much', () => {
  it.each(LONG)('100 KB of %s: the failed call still shows type and message', async (_, message) => {
    answer(400, { error: { code: 400, status: 'INVALID_ARGUMENT', message } });
    const error = await failed({ prompt: 'a fox' });
    expect(error.branch).toBe('invalid-request');
    expect(error.message).toContain(message.slice(0, 50));
    const { failures, end } = await wireSizes(rig.client.workflow.getHandle(error.id));
    expect(failures).toHaveLength(1);
    expect(Math.max(...failures)).toBeLessThan(3 * KIB);
    expect(end?.applicationFailureInfo?.type).toBe('gemini.invalid-request');
    expect(end?.message).toContain(message.slice(0, 50));
    const evidence = Buffer.from(await rig.store.get(error.evidence ?? '')).toString();
    const { raw } = JSON.parse(evidence) as { raw: { sha256: string } };
    // Nothing of the original is lost.
    const kept = JSON.parse(Buffer.from(await rig.store.get(raw.sha256)).toString());
    expect(kept.error.message).toBe(message);
  });

  it('a 429 with twenty violations of long names stays under 3 KiB too', async () => {
    const violations = Array.from({ length: 20 }, (_, i) => ({
      quotaMetric: `generativelanguage.googleapis.com/${'metric_'.repeat(300)}${i}`,
      quotaId: `GenerateRequestsPerDayPerProjectPerModel${'Long'.repeat(300)}`,
      quotaDimensions: { model: 'gemini-3-pro-image'.repeat(50), location: 'global' },
      quotaValue: '250',
    }));
    const quota = { '@type': QUOTA, violations };
    const message = `You exceeded your current quota. ${'Quota exceeded. '.repeat(5_000)}`;
    const error = { code: 429, status: 'RESOURCE_EXHAUSTED', message, details: [quota] };
    // A worker that was told of a quota keeps to it, so this one is not the others'.
    const limited = await startRig({ emulator: { faults: [{ action: { status: 429, body: { error } } }] } });
    try {
      await limited.worker();
      const failure = await errorOf(limited.images.generate({ prompt: 'a fox', deadlineMs: 1_000 }));
      expect(failure).toMatchObject({ name: 'GenerationFailed', branch: 'quota-day' });
      const { id } = failure as GenerationFailed;
      const { failures } = await wireSizes(limited.client.workflow.getHandle(id));
      expect(Math.max(...failures)).toBeLessThan(3 * KIB);
    } finally {
      await limited.close();
    }
  });
});

describe('I1: an answer with more than was asked for', () => {
  it('two hundred pictures and ten thousand words: the result stays under 16 KiB, nothing is lost', async () => {
    const data = (await image('png', 8)).toString('base64');
    const parts = Array.from({ length: 200 }, () => ({ inlineData: { mimeType: 'image/png', data } }));
    const candidate = {
      finishReason: 'STOP',
      content: { role: 'model', parts: [{ text: '好'.repeat(10_000) }, ...parts] },
    };
    answer(200, {
      candidates: [candidate],
      modelVersion: `gemini-3-pro-image${'-x'.repeat(5_000)}`,
      responseId: 'r'.repeat(50_000),
    });
    const result = await rig.images.generate({ prompt: 'a fox' });
    expect(result.images).toHaveLength(1);
    expect(result.warnings.join()).toContain('199');
    const { results } = await wireSizes(rig.client.workflow.getHandle(result.id));
    expect(Math.max(...results)).toBeLessThan(16 * KIB);
    expect(result.contents).toBeDefined();
    expect(Buffer.from(await rig.store.get(result.contents ?? '')).toString()).toContain('好'.repeat(10_000));
  });
});
