import { expect, test } from 'vitest';
import { resolveEmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { emulatorFor } from './support.ts';

test('defaults: this machine only, any free port, no limits, nothing goes wrong', () => {
  expect(resolveEmulatorOptions({})).toMatchObject({
    host: '127.0.0.1',
    port: 0,
    limits: {},
    faults: [],
    latencyMs: 0,
    timeScale: 1,
    echoKey: false,
    safety: { imageSafetyRate: 0.5 },
  });
});

test.each([
  [{ limits: { a: { rpm: -1 } } }, /limits\.a\.rpm/],
  [{ limits: { a: { rps: 1 } } }, /limits\.a: .*rps/],
  [{ latencyMs: 'slow' }, /latencyMs/],
  [{ quota: 'leaky' }, /quota: .*sliding/],
  [{ colour: 'red' }, /colour/],
  [{ faults: [{ action: 'capcity' }] }, /faults\.0\.action: unknown fault "capcity"/],
  [{ faults: [{ action: 'quota-minute(3)' }] }, /faults\.0\.action: .*quota-minute\(3s\)/],
  [{ faults: [{ action: { preset: 'hang' } }] }, /"hang" is a transport fault: give it as transport/],
  [{ faults: [{ action: { status: 503, preset: 'capacity' } }] }, /preset or status, not both/],
  [{ faults: [{ action: {} }] }, /give preset, status or transport/],
])('%j is refused with its field named', (options, message) => {
  expect(() => resolveEmulatorOptions(options)).toThrow(message);
});

test('a JSON file can say everything', () => {
  const text = JSON.stringify({
    seed: 7,
    latencyMs: { meanMs: 100 },
    limits: { '*': { rpm: 20, rpd: 100 } },
    faults: [
      { match: { model: 'm', prompt: 'cat' }, nth: 2, times: 1, action: 'capacity' },
      { probability: 0.1, action: { preset: 'internal', transport: 'slow-headers(2s)' } },
      { match: { generation: 'g/2' }, action: { status: 502, body: '<html>', headers: { 'X-A': 'b' } } },
    ],
  });
  expect(resolveEmulatorOptions(JSON.parse(text))).toMatchObject({
    seed: '7',
    latencyMs: { meanMs: 100, spread: 0.5 },
    faults: [
      { nth: [2], times: 1, action: { preset: 'capacity' } },
      { action: { preset: 'internal', transport: { kind: 'slow-headers', ms: 2000 } } },
      { action: { raw: { status: 502, body: '<html>', headers: { 'x-a': 'b' } } } },
    ],
  });
});

test('a taken port is told with its cure', async () => {
  const emulator = await emulatorFor();
  await expect(startEmulator({ port: emulator.port })).rejects.toThrow(/port \d+ is taken: choose another/);
});

test('closing twice is fine, and frees the port', async () => {
  const emulator = await emulatorFor();
  await Promise.all([emulator.close(), emulator.close()]);
  const again = await emulatorFor({ port: emulator.port });
  expect(again.port).toBe(emulator.port);
});
