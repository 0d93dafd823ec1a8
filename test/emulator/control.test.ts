import { expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { latencyMs } from '../../src/emulator/latency.ts';
import { call, emulatorFor, failureOf, FLASH } from './support.ts';

async function control(
  emulator: Emulator,
  method: string,
  name: string,
  body?: unknown,
): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`${emulator.url}/__emulator/${name}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

test('calls: the ledger as JSON, narrowed by generation and method', async () => {
  const emulator = await emulatorFor();
  await call(emulator, 'one', { headers: { 'x-gemini-images-generation': 'a/1' } });
  await call(emulator, 'two', { headers: { 'x-gemini-images-generation': 'b/1' } });
  await fetch(`${emulator.url}/v1/models?key=k`);
  const names = async (query: string): Promise<unknown[]> => {
    const { json } = await control(emulator, 'GET', `calls${query}`);
    return (json['calls'] as { prompt?: string; method: string }[]).map((one) => one.prompt ?? one.method);
  };
  expect(await names('')).toEqual(['one', 'two', 'models.list']);
  expect(await names('?generation=b')).toEqual(['two']);
  expect(await names('?method=models.list')).toEqual(['models.list']);
  expect((await control(emulator, 'GET', 'calls')).json['totals']).toMatchObject({ calls: 3, billed: 2 });
});

test('faults: added, listed with their counts, replaced and cleared', async () => {
  const emulator = await emulatorFor();
  const added = await control(emulator, 'POST', 'faults', { match: { prompt: 'cat' }, action: 'capacity' });
  expect(added.status).toBe(200);
  expect((await call(emulator, 'cat')).status).toBe(503);
  expect(emulator.faults()).toMatchObject([{ name: 'capacity', seen: 1, strikes: 1 }]);
  await control(emulator, 'POST', 'faults', { rules: [{ action: 'internal' }], replace: true });
  expect((await call(emulator, 'cat')).status).toBe(500);
  await control(emulator, 'DELETE', 'faults');
  expect((await call(emulator, 'cat')).status).toBe(200);
});

test('faults: a rule that does not read is refused with its field', async () => {
  const emulator = await emulatorFor();
  const unknown = await control(emulator, 'POST', 'faults', { action: 'capcity' });
  expect([unknown.status, unknown.json['error']]).toEqual([
    400,
    expect.stringContaining('action: unknown fault'),
  ]);
  const broken = await control(emulator, 'POST', 'faults', '{');
  expect([broken.status, broken.json['error']]).toEqual([400, 'the body is not JSON']);
  expect(() => emulator.addFaults({ action: 'capcity' })).toThrow(/Fault rules: 0\.action: unknown fault/);
});

test('state: quota in use', async () => {
  const emulator = await emulatorFor({ limits: { '*': { rpm: 5, rpd: 9 } } });
  await call(emulator, 'one');
  const { json } = await control(emulator, 'GET', 'state');
  expect(json['quota']).toEqual({
    [FLASH]: [
      { dimension: 'rpm', limit: 5, used: 1 },
      { dimension: 'rpd', limit: 9, used: 1, resetsAt: expect.stringMatching(/Z$/) as string },
    ],
  });
});

test('reset: ledger, quota and counts start anew; faults are as the options had them', async () => {
  const emulator = await emulatorFor({
    limits: { '*': { rpm: 1 } },
    faults: [{ times: 1, action: 'gateway-502' }],
  });
  emulator.addFaults({ action: 'capacity' });
  const round = async (): Promise<number[]> => [
    (await call(emulator, 'one')).status,
    (await call(emulator, 'one')).status,
    (await call(emulator, 'one')).status,
  ];
  expect(await round()).toEqual([502, 503, 429]);
  await control(emulator, 'POST', 'reset');
  expect(emulator.calls()).toEqual([]);
  expect(await round()).toEqual([502, 200, 429]);
  expect(emulator.calls().map((one) => one.n)).toEqual([1, 2, 3]);
});

test('echo-key: switched on and off', async () => {
  const emulator = await emulatorFor();
  const echoed = async (): Promise<boolean> => {
    const reply = await call(emulator, 'one', { key: 'AIza-secret', config: { candidateCount: 2 } });
    return reply.text.includes('AIza-secret');
  };
  await control(emulator, 'POST', 'echo-key');
  expect(await echoed()).toBe(true);
  await control(emulator, 'POST', 'echo-key', { on: false });
  expect(await echoed()).toBe(false);
});

test('presets: every fault with its branch and a line about it', async () => {
  const emulator = await emulatorFor();
  const { json } = await control(emulator, 'GET', 'presets');
  expect(json['presets']).toContainEqual({
    name: 'capacity',
    branch: 'capacity',
    about: '503, the model is overloaded',
  });
  expect(json['transports']).toContainEqual({ name: 'hang', about: 'no answer ever comes' });
});

test('what is not there is answered with what is', async () => {
  const emulator = await emulatorFor();
  const { status, json } = await control(emulator, 'GET', 'nothing');
  expect([status, json['error']]).toEqual([404, expect.stringContaining('GET calls')]);
});

test('latency: seeded and within its spread', () => {
  const drawn = (seed: string): number[] =>
    Array.from({ length: 200 }, (_, n) => latencyMs({ meanMs: 1000, spread: 0.2 }, seed, n));
  expect(drawn('a')).toEqual(drawn('a'));
  expect(drawn('a')).not.toEqual(drawn('b'));
  expect(drawn('a').every((ms) => ms >= 800 && ms <= 1200)).toBe(true);
  expect(Math.max(...drawn('a')) - Math.min(...drawn('a'))).toBeGreaterThan(300);
  expect(latencyMs(70, 'a', 1)).toBe(70);
});

test('latency: only calls that reach a model take as long as one', async () => {
  const emulator = await emulatorFor({ latencyMs: 3_600_000, keys: ['good'] });
  const served = failureOf(call(emulator, 'one', { key: 'good' }));
  await expect.poll(() => emulator.calls()[0]?.billed, { interval: 5 }).toBe(true);
  expect((await call(emulator, 'one', { key: 'bad' })).status).toBe(400);
  expect(emulator.calls()[0]?.delivered).toBe('pending');
  await emulator.close();
  expect(await served).toContain('fetch failed');
});
