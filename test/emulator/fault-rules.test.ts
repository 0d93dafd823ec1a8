import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import { call, emulatorFor, FLASH } from './support.ts';

async function statusesOf(
  options: EmulatorOptions,
  prompts: readonly string[],
  header?: (n: number) => string,
): Promise<number[]> {
  const emulator = await emulatorFor(options);
  const seen: number[] = [];
  for (const [n, prompt] of prompts.entries()) {
    const headers = header ? { 'x-gemini-images-generation': header(n) } : {};
    seen.push((await call(emulator, prompt, { headers })).status);
  }
  return seen;
}

afterEach(() => vi.useRealTimers());

const three = ['a cat', 'a cat', 'a cat'];

describe('which calls', () => {
  test('times: the first so many matching calls', async () => {
    expect(await statusesOf({ faults: [{ times: 2, action: 'capacity' }] }, three)).toEqual([503, 503, 200]);
  });

  test('nth: only the named ones', async () => {
    const faults = [{ nth: [1, 3], action: 'internal' }];
    expect(await statusesOf({ faults }, three)).toEqual([500, 200, 500]);
  });

  test('prompt and model: only the calls that fit', async () => {
    const faults = [
      { match: { prompt: 'dog' }, action: 'capacity' },
      { match: { model: 'gemini-3-pro-image' }, action: 'internal' },
    ];
    expect(await statusesOf({ faults }, ['a cat', 'a dog'])).toEqual([200, 503]);
  });

  test('generation: by id or by one of its attempts', async () => {
    const faults = [
      { match: { generation: 'g1' }, action: 'capacity' },
      { match: { generation: 'g2/2' }, action: 'internal' },
    ];
    const names = ['g1/1', 'g1/2', 'g2/1', 'g2/2', 'g3/1'];
    const prompts = names.map(() => 'a cat');
    expect(await statusesOf({ faults }, prompts, (n) => names[n] ?? '')).toEqual([503, 503, 200, 500, 200]);
  });

  test('method: without one a rule means generating calls only', async () => {
    const emulator = await emulatorFor({
      faults: [{ action: 'capacity' }, { match: { method: 'countTokens' }, action: 'internal' }],
    });
    const contents = { contents: [{ parts: [{ text: 'a cat' }] }] };
    expect((await call(emulator, '', { verb: 'countTokens', request: contents })).status).toBe(500);
    expect((await fetch(`${emulator.url}/v1/models?key=k`)).status).toBe(200);
  });

  test('the first rule that strikes wins, and the others still count the call', async () => {
    const faults = [
      { times: 1, action: 'capacity' },
      { nth: 2, action: 'internal' },
    ];
    expect(await statusesOf({ faults }, three)).toEqual([503, 500, 200]);
  });
});

describe('chance', () => {
  const prompts = Array.from({ length: 60 }, (_, n) => `prompt ${n % 30}`);
  const chance = (seed: string): EmulatorOptions => ({
    seed,
    faults: [{ probability: 0.45, action: 'capacity' }],
  });

  test('the same seed gives the same faults in any order of arrival, another seed others', async () => {
    const first = await statusesOf(chance('a'), prompts);
    expect(await statusesOf(chance('b'), prompts)).not.toEqual(first);
    // The two rounds of prompts swapped within themselves: each prompt's attempts keep their numbers.
    const reversed = [...prompts.slice(0, 30).reverse(), ...prompts.slice(30).reverse()];
    const again = await statusesOf(chance('a'), reversed);
    expect([...again.slice(0, 30).reverse(), ...again.slice(30).reverse()]).toEqual(first);
    const share = first.filter((status) => status === 503).length / first.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.65);
  });

  test('a second attempt at the same prompt is a new draw', async () => {
    const statuses = await statusesOf(chance('a'), prompts);
    expect(statuses.slice(0, 30)).not.toEqual(statuses.slice(30));
  });
});

describe('a curve of chances', () => {
  const curve = (shares: number[], everyMs: number): EmulatorOptions => ({
    faults: [{ probability: { shares, everyMs }, action: 'capacity' }],
  });

  test('each share holds for its time, the last one stays, and a reset begins anew', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    const emulator = await emulatorFor(curve([0, 1, 0, 1], 60_000));
    const statusAt = async (minutes: number): Promise<number> => {
      vi.setSystemTime(1_000_000 + minutes * 60_000);
      return (await call(emulator, 'a cat')).status;
    };
    const course = [await statusAt(0.9), await statusAt(1.1), await statusAt(2.5), await statusAt(60)];
    expect(course).toEqual([200, 503, 200, 503]);
    emulator.reset();
    expect([await statusAt(60.9), await statusAt(61.1)]).toEqual([200, 503]);
  });

  test('a share that is none is refused with its place', async () => {
    await expect(emulatorFor(curve([0.5, 45], 1_000))).rejects.toThrow(/faults\.0\.probability\.shares\.1/);
    await expect(emulatorFor(curve([], 1_000))).rejects.toThrow(/faults\.0\.probability\.shares/);
  });
});

describe('raw answers', () => {
  test('status, headers and body are sent as they are', async () => {
    const body = { error: { code: 'weird' } };
    const action = { status: 599, body, headers: { 'Retry-After': '7' } };
    const emulator = await emulatorFor({ faults: [{ action }] });
    const reply = await call(emulator, 'a cat');
    expect([reply.status, reply.headers.get('retry-after'), reply.text]).toEqual([
      599,
      '7',
      JSON.stringify(body),
    ]);
    expect(emulator.calls()[0]).toMatchObject({ decision: 'fault:status-599', billed: false });
  });

  test('a rule may say that the answer it hides was charged', async () => {
    const action = { status: 502, body: '<html>', billed: true };
    const emulator = await emulatorFor({ faults: [{ name: 'lost', action }] });
    await call(emulator, 'a cat');
    expect(emulator.calls()[0]).toMatchObject({ decision: 'fault:lost', billed: true });
  });
});

test('retired and re-routed ids', async () => {
  const emulator = await emulatorFor({
    retiredModels: ['gemini-2.5-flash-image'],
    reroute: { 'gemini-3.1-flash-image-preview': FLASH },
  });
  const gone = await call(emulator, 'a cat', { model: 'gemini-2.5-flash-image' });
  expect([gone.status, gone.body.error?.message]).toEqual([
    404,
    expect.stringContaining('no longer available to new users'),
  ]);
  const moved = await call(emulator, 'a cat', { model: 'gemini-3.1-flash-image-preview' });
  expect([moved.status, moved.body.modelVersion]).toEqual([200, FLASH]);
  expect(emulator.calls()[1]).toMatchObject({
    model: 'gemini-3.1-flash-image-preview',
    servedModel: FLASH,
  });
});
