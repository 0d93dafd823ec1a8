import { afterEach, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import type { FailedAttempt } from '../../src/domain/attempt.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import { createActivities } from '../../activities/index.ts';
import type { GenerateInput } from '../../src/contract/generation.ts';
import { resolveOptions } from '../../src/plugin/options.ts';
import { StoreUnavailable } from '../../src/artifacts/errors.ts';
import type { World } from '../support/activity-world.ts';
import { activityEnvironment, KEY, thrown, world } from '../support/activity-world.ts';

let open: World[] = [];

async function opened(...options: Parameters<typeof world>): Promise<World> {
  const made = await world(...options);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.map((made) => made.close()));
  open = [];
});

function bills(w: World): number {
  return w.emulator.calls().filter(({ billed }) => billed).length;
}

function attemptOf(failure: { readonly details: readonly unknown[] }): FailedAttempt {
  return (failure.details[0] as { attempt: FailedAttempt }).attempt;
}

describe('generate: one call, kept', () => {
  it('delivers a decodable image by reference, with provenance and evidence beside it', async () => {
    const w = await opened();
    const input = await w.input({ prompt: 'a fox', size: '2K', aspectRatio: '16:9' });
    const { images, attempt, warnings } = await w.generate(input);
    const [image] = images;
    expect(warnings).toEqual([]);
    const bytes = await w.store.get(image?.sha256 ?? '');
    expect(await sharp(bytes).metadata()).toMatchObject({
      width: image?.width,
      height: image?.height,
      format: 'jpeg',
    });
    const provenance = await w.store.readRecord(`provenance/${image?.sha256}/${input.generationId}`);
    expect(provenance).toMatchObject({ modelAsked: 'gemini-3-pro-image', trail: ['success'], parents: [] });
    const evidence = JSON.parse(
      Buffer.from(await w.store.get(attempt.evidence ?? '')).toString(),
    ) as Evidence;
    expect(evidence.outcome).toMatchObject({ kind: 'answer', status: 200 });
  });

  it('I1: the result is under 16 KiB and holds no base64, at 4K too', async () => {
    const w = await opened();
    const delivery = await w.generate(await w.input({ prompt: 'a fox', size: '4K' }));
    expect(JSON.stringify(delivery).length).toBeLessThan(16 * 1024);
    expect(JSON.stringify(delivery)).not.toMatch(/[A-Za-z0-9+/]{200}/);
  });

  it('I1: pins the keys that history keeps of a delivery and its attempt', async () => {
    const w = await opened();
    const delivery = await w.generate(await w.input({ prompt: 'a fox' }));
    expect(Object.keys(delivery).sort()).toEqual(
      ['attempt', 'contents', 'drafts', 'images', 'modelVersion', 'responseId', 'texts', 'warnings'].sort(),
    );
    expect(Object.keys(delivery.attempt).sort()).toEqual(
      [
        'billed',
        'cost',
        'evidence',
        'fingerprint',
        'model',
        'move',
        'n',
        'route',
        'startedAt',
        'tokens',
        'tookMs',
        'variation',
      ].sort(),
    );
  });

  it('I1: a failure with a 100 KB provider message stays under 3 KiB and keeps it whole in the evidence', async () => {
    const w = await opened();
    const message = `overloaded ${'x'.repeat(100_000)}`;
    w.emulator.addFaults({
      action: { status: 503, body: { error: { code: 503, status: 'UNAVAILABLE', message } }, headers: {} },
    });
    const failure = await thrown(w.generate(await w.input({ prompt: 'a fox' })));
    expect(failure).toMatchObject({ type: 'gemini.capacity', nonRetryable: true });
    expect(JSON.stringify([failure.message, failure.details]).length).toBeLessThan(3 * 1024);
    const evidence = Buffer.from(await w.store.get(attemptOf(failure).evidence ?? '')).toString();
    const raw = (JSON.parse(evidence) as { raw: { sha256: string } }).raw;
    expect(Buffer.from(await w.store.get(raw.sha256)).toString()).toContain(message);
  });

  it('I3: the fingerprint is the path: equal for a retest, different for another size', async () => {
    const w = await opened();
    const input = await w.input({ prompt: 'a fox', size: '2K', allow: { sizes: 'smaller' } });
    const first = await w.generate(input);
    const retest = await w.generate({ ...input, n: 2 });
    const smaller = await w.generate({ ...input, n: 3, variation: { rung: 0, size: '1K' } });
    expect(retest.attempt.fingerprint).toBe(first.attempt.fingerprint);
    expect(smaller.attempt.fingerprint).not.toBe(first.attempt.fingerprint);
  });
});

describe('generate: the fence', () => {
  it('closed with a stored outcome: goes on from it, no second call', async () => {
    const w = await opened();
    const input = await w.input({ prompt: 'a fox' });
    const first = await w.generate(input);
    expect(await w.generate(input)).toEqual(first);
    expect(bills(w)).toBe(1);
  });

  it('closed with a stored outcome of a worker with another key: the paid answer is used', async () => {
    const rotated = 'rotated-key-9876543210';
    const w = await opened({ keys: [KEY, rotated] });
    const input = await w.input({ prompt: 'a fox' });
    const first = await w.generate(input);
    const options = resolveOptions({ apiKey: rotated, baseUrl: w.emulator.url, store: w.store });
    const activities = createActivities({ ...options, searchAttributes: () => [] });
    const again = await activityEnvironment().run(activities['gemini.generate'], input);
    expect(again).toMatchObject({ images: first.images });
    expect(bills(w)).toBe(1);
  });

  it('closed with a stored failure: the same verdict, no second call', async () => {
    const w = await opened();
    const input = await w.input({ prompt: 'a fox [[fault:capacity*always]]' });
    const first = await thrown(w.generate(input));
    const second = await thrown(w.generate(input));
    expect([second.type, second.message]).toEqual([first.type, first.message]);
    expect(w.emulator.calls()).toHaveLength(1);
  });

  it('closed, no answer after the client timeout: interrupted, booked as possible, never a call', async () => {
    const w = await opened();
    const input = await w.input({ prompt: 'a fox', callTimeoutMs: 1_000 });
    const { attempt } = await w.generate(input);
    const lost = { ...input, n: 2 };
    await w.store.createRecord(`attempts/${input.generationId}/2/fence`, {
      requestDigest: input.snapshot.requestDigest,
      fingerprint: attempt.fingerprint,
      sentAt: Date.now() - 10_000,
      callTimeoutMs: 1_000,
      worker: 'gone',
    });
    const failure = await thrown(w.generate(lost));
    expect(failure.type).toBe('gemini.interrupted');
    expect(attemptOf(failure)).toMatchObject({ billed: 'possible' });
    expect(attemptOf(failure).cost.possibleUsd).toBeGreaterThan(0);
    expect(w.emulator.calls()).toHaveLength(1);
  });

  it('two runs of one attempt at once make one call and agree', async () => {
    const w = await opened({ latencyMs: 100 });
    const input = await w.input({ prompt: 'a fox' });
    const [a, b] = await Promise.all([w.generate(input), w.generate(input)]);
    expect(a.images).toEqual(b.images);
    expect(bills(w)).toBe(1);
  });

  it('I11: the fence of another request under the same id is a conflict, never its picture', async () => {
    const w = await opened();
    const input = await w.input({ prompt: 'a fox' });
    await w.generate(input);
    const other = { ...(await w.input({ prompt: 'an owl' })), generationId: input.generationId };
    expect((await thrown(w.generate(other))).type).toBe('gemini.conflict');
    expect(bills(w)).toBe(1);
  });

  it('a store that is away before the call: nothing is sent, and Temporal may retry', async () => {
    const w = await opened();
    const input = await w.input({ prompt: 'a fox' });
    w.store.createRecord = async () => {
      throw new StoreUnavailable('full');
    };
    const failure = await thrown(w.generate(input));
    expect(failure).toMatchObject({ type: 'gemini.store-unavailable', nonRetryable: false });
    expect(w.emulator.calls()).toHaveLength(0);
  });
});

describe('generate: what a call may have cost is booked', () => {
  const cases: readonly [string, string, 'no' | 'possible' | 'yes'][] = [
    ['reset-after', 'gemini.network', 'possible'],
    ['capacity', 'gemini.capacity', 'no'],
    ['gateway-524', 'gemini.gateway-fault', 'possible'],
    ['prohibited-content', 'gemini.policy', 'no'],
  ];

  it.each(cases)('%s → %s, billed: %s', async (fault, type, billed) => {
    const w = await opened();
    const failure = await thrown(w.generate(await w.input({ prompt: `a fox [[fault:${fault}]]` })));
    expect(failure.type).toBe(type);
    expect(attemptOf(failure).billed).toBe(billed);
    expect(attemptOf(failure).cost.possibleUsd > 0).toBe(billed === 'possible');
  });

  it('cancelled in mid-call: aborted at once, booked as possible', async () => {
    const w = await opened({ latencyMs: 5_000 });
    const env = activityEnvironment();
    const running = thrown(w.generate(await w.input({ prompt: 'a fox' }), env));
    await expect
      .poll(() => w.emulator.calls().length + w.emulator.totals().calls, { timeout: 60_000 })
      .toBeGreaterThan(0);
    env.cancel('CANCELLED', { cancelRequested: true } as never);
    const failure = await running;
    expect(failure.type).toBe('gemini.cancelled');
    expect(attemptOf(failure).billed).toBe('possible');
  });

  it('a worker that shuts down lets the paid call finish', async () => {
    const w = await opened({ latencyMs: 300 });
    const env = activityEnvironment();
    const running = w.generate(await w.input({ prompt: 'a fox' }), env);
    setTimeout(() => env.cancel('WORKER_SHUTDOWN', { workerShutdown: true } as never), 50);
    expect((await running).images).toHaveLength(1);
    expect(bills(w)).toBe(1);
  });
});

describe('generate: before any call', () => {
  async function refused(w: World, input: GenerateInput) {
    const failure = await thrown(w.generate(input));
    expect(failure.type).toBe('gemini.invalid-request');
    expect(w.emulator.calls().filter(({ method }) => method === 'generateContent')).toHaveLength(0);
    return (failure.details[0] as { problems: readonly { field: string; reason: string }[] }).problems;
  }

  it('a truncated input is refused with its field', async () => {
    const w = await opened();
    const whole = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const { sha256, bytes } = await w.store.put(whole.subarray(0, whole.length - 40), 'image/png');
    const source = { kind: 'artifact', sha256, mime: 'image/png', bytes } as const;
    const [problem] = await refused(w, await w.input({ prompt: 'edit', inputs: [source] }));
    expect(problem).toMatchObject({
      field: expect.stringContaining('inputs[0]') as string,
      reason: 'bad-input',
    });
  });

  it('an input that is not in the store is refused, not retried for ever', async () => {
    const w = await opened();
    const source = { kind: 'artifact', sha256: 'b'.repeat(64), mime: 'image/png', bytes: 10 } as const;
    expect(await refused(w, await w.input({ prompt: 'edit', inputs: [source] }))).toHaveLength(1);
  });

  it('tokens are counted only near the limit, and too many are refused', async () => {
    const w = await opened();
    await w.generate(await w.input({ prompt: 'a fox' }));
    expect(w.emulator.calls().map(({ method }) => method)).toEqual(['generateContent']);
    const v = await opened();
    const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const { sha256, bytes } = await v.store.put(png, 'image/png');
    const source = { kind: 'artifact', sha256, mime: 'image/png', bytes } as const;
    const long = { prompt: 'word '.repeat(52_000), inputs: Array.from({ length: 14 }, () => source) };
    const [problem] = await refused(v, await v.input(long));
    expect(problem).toMatchObject({ field: 'prompt', reason: 'too-many-tokens' });
  });
});

describe('generate: quota', () => {
  it('no slot within 3 s: gemini.wait with a duration, nothing sent', async () => {
    const w = await opened({}, { limits: { 'gemini-3-pro-image': { rpm: 1 } } });
    await w.generate(await w.input({ prompt: 'first' }));
    const failure = await thrown(w.generate(await w.input({ prompt: 'second' })));
    expect(failure.type).toBe('gemini.wait');
    expect(failure.details[0]).toMatchObject({ kind: 'wait', limit: 'rpm' });
    expect(bills(w)).toBe(1);
  });
});

describe('generate: I7', () => {
  it('a key that the provider echoes is in no failure and no artifact, in any encoding', async () => {
    const w = await opened({ echoKey: true });
    const failures = await Promise.all(
      ['key-leaked', 'capacity', 'invalid-request'].map(async (fault) =>
        thrown(w.generate(await w.input({ prompt: `a fox [[fault:${fault}]]` }))),
      ),
    );
    const artifacts = await Promise.all(
      failures.map(async (failure) =>
        Buffer.from(await w.store.get(attemptOf(failure).evidence ?? '')).toString(),
      ),
    );
    const kept =
      JSON.stringify(failures.map(({ message, details }) => [message, details])) + artifacts.join();
    for (const form of [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64').slice(0, -4)]) {
      expect(kept).not.toContain(form);
    }
    expect(kept).toContain('[redacted]');
  });
});
