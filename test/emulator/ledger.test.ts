import { describe, expect, test } from 'vitest';
import { generationOf, Ledger } from '../../src/emulator/ledger.ts';
import { call, emulatorFor, KEY, PRO } from './support.ts';

describe('an entry', () => {
  test('says who asked for what, what was decided, what it cost and what arrived', async () => {
    const emulator = await emulatorFor();
    await call(emulator, 'A fox', {
      model: PRO,
      version: 'v1beta',
      config: { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '3:2', imageSize: '2K' } },
      headers: { 'x-gemini-images-generation': 'team/gen-7/2', 'x-server-timeout': '180' },
    });
    const [entry] = emulator.calls();
    expect(entry).toMatchObject({
      n: 1,
      method: 'generateContent',
      apiVersion: 'v1beta',
      model: PRO,
      servedModel: PRO,
      prompt: 'A fox',
      generation: { id: 'team/gen-7', n: 2 },
      modalities: ['IMAGE'],
      size: '2K',
      ratio: '3:2',
      width: 2528,
      height: 1696,
      inputs: [],
      decision: 'image',
      status: 200,
      billed: true,
      delivered: 'whole',
    });
    expect(entry?.headers['x-server-timeout']).toBe('180');
    expect(entry?.promptSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(entry?.tokens).toMatchObject({ prompt: 2, image: 1120 });
    // 1120 tokens at 120 $ a million, and some text.
    expect(entry?.usd).toBeGreaterThan(0.134);
    expect(entry?.usd).toBeLessThan(0.15);
    expect(Date.parse(entry?.at ?? '')).not.toBeNaN();
    expect(JSON.stringify(entry)).not.toContain(KEY);
  });

  test('keeps 200 characters of a long prompt', async () => {
    const emulator = await emulatorFor();
    await call(emulator, 'x'.repeat(500));
    expect(emulator.calls()[0]?.prompt).toHaveLength(200);
  });

  test('flex costs half', async () => {
    const emulator = await emulatorFor();
    const contents = [{ parts: [{ text: 'A fox' }] }];
    await call(emulator, '', { request: { contents } });
    await call(emulator, '', { request: { contents, serviceTier: 'flex' } });
    const [standard, flex] = emulator.calls().map((one) => one.usd);
    expect(flex).toBeCloseTo((standard ?? 0) / 2, 4);
  });
});

describe('totals', () => {
  test('bills count images that were made, not answers that were given', async () => {
    const emulator = await emulatorFor();
    for (const fault of [
      'capacity',
      'blank',
      'text-only',
      'gateway-502',
      'gateway-524',
      'corrupt-image',
      'deadline',
    ]) {
      await call(emulator, `A fox [[fault:${fault}]]`);
    }
    const billed = emulator.calls().filter((one) => one.billed);
    expect(billed.map((one) => one.decision)).toEqual(['fault:gateway-524', 'fault:corrupt-image']);
    expect(emulator.totals()).toMatchObject({ calls: 7, billed: 2, dropped: 0 });
    expect(emulator.totals().usd).toBeCloseTo(
      billed.reduce((sum, one) => sum + one.usd, 0),
      6,
    );
  });

  test('a ledger beyond its limit says that it no longer judges', () => {
    const ledger = new Ledger(2);
    for (let n = 0; n < 3; n += 1)
      ledger.open({ method: 'm', endpoint: 'ai-studio', apiVersion: 'v1', headers: {}, at: 0 });
    expect(ledger.entries().map((entry) => entry.n)).toEqual([2, 3]);
    expect(ledger.totals()).toMatchObject({ calls: 3, dropped: 1 });
  });

  test('what was read is a copy', async () => {
    const emulator = await emulatorFor();
    await call(emulator, 'A fox');
    Object.assign(emulator.calls()[0] ?? {}, { billed: false });
    expect(emulator.calls()[0]?.billed).toBe(true);
  });
});

test.each([
  ['gen/1', { id: 'gen', n: 1 }],
  ['a/b/12', { id: 'a/b', n: 12 }],
  ['gen', undefined],
  ['gen/x', undefined],
  [undefined, undefined],
])('header %s names generation %j', (header, generation) => {
  expect(generationOf(header)).toEqual(generation);
});
