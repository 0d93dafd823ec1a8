/** Faults of the connection, seen by a raw client, and what the ledger says about their price. */
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Emulator, LedgerEntry } from '../../src/emulator/index.ts';
import { call, emulatorFor, failureOf, imageOf, KEY } from './support.ts';

/** The ledger's word once the call has ended on the server's side too. */
async function settled(emulator: Emulator, at = 0): Promise<LedgerEntry> {
  return expect
    .poll(() => emulator.calls()[at]?.delivered, { interval: 5, timeout: 5000 })
    .not.toBe('pending')
    .then(() => emulator.calls()[at] as LedgerEntry);
}

describe('who paid', () => {
  test('reset-before: nothing was decided, nothing is billed, the prompt was never read', async () => {
    const emulator = await emulatorFor({ faults: [{ times: 1, action: 'reset-before' }] });
    expect(await failureOf(call(emulator, 'A cat'))).toMatch(
      /fetch failed (ECONNRESET|EPIPE|UND_ERR_SOCKET)/,
    );
    const entry = await settled(emulator);
    expect(entry).toMatchObject({ decision: 'fault:reset-before', billed: false, usd: 0, delivered: 'none' });
    expect([entry.prompt, entry.status]).toEqual([undefined, undefined]);
    expect((await call(emulator, 'A cat')).status).toBe(200);
  });

  test('reset-before by prompt: the prompt is known, still nothing is billed', async () => {
    const emulator = await emulatorFor();
    expect(await failureOf(call(emulator, 'A cat [[fault:reset-before]]'))).toContain('fetch failed');
    const entry = await settled(emulator);
    expect(entry).toMatchObject({ decision: 'fault:reset-before', billed: false, delivered: 'none' });
    expect([entry.prompt, entry.status]).toEqual(['A cat [[fault:reset-before]]', undefined]);
  });

  test.each(['reset-after', 'close-after'])('%s: no byte arrives, and it is billed', async (fault) => {
    const emulator = await emulatorFor({ faults: [{ times: 1, action: fault }] });
    expect(await failureOf(call(emulator, 'A cat'))).toContain('fetch failed');
    const entry = await settled(emulator);
    expect(entry).toMatchObject({ decision: `fault:${fault}`, billed: true, delivered: 'none' });
    expect(entry.tokens?.image).toBe(750);
    expect(entry.usd).toBeGreaterThan(0.04);
    expect(emulator.totals()).toMatchObject({ calls: 1, billed: 1 });
  });

  test('cut-body: headers and half the body arrive, and it is billed', async () => {
    const emulator = await emulatorFor({ faults: [{ action: 'cut-body(60%)' }] });
    const response = await fetch(`${emulator.url}/v1/models/gemini-3.1-flash-image:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': KEY },
      body: JSON.stringify({ contents: [{ parts: [{ text: 'A cat' }] }] }),
    });
    const announced = Number(response.headers.get('content-length'));
    let received = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) received += chunk.length;
    };
    expect(await failureOf(read())).toContain('terminated');
    expect(received).toBe(Math.floor(announced * 0.6));
    expect(await settled(emulator)).toMatchObject({ status: 200, billed: true, delivered: 'cut' });
  });

  test.each(['hang', 'stall-body', 'slow-headers(30s)', 'slow-body(30s)'])(
    '%s: billed even though the client gives up',
    async (fault) => {
      const emulator = await emulatorFor({ faults: [{ action: fault }] });
      const abort = new AbortController();
      const pending = failureOf(call(emulator, 'A cat', { signal: abort.signal }));
      await expect.poll(() => emulator.calls()[0]?.status, { interval: 5, timeout: 5000 }).toBe(200);
      abort.abort();
      expect(await pending).toContain('aborted');
      const entry = await settled(emulator);
      expect(entry.billed).toBe(true);
      expect(entry.delivered).not.toBe('whole');
    },
  );

  test('a client that leaves before its request is whole is not billed', async () => {
    const emulator = await emulatorFor();
    const socket = connect(emulator.port, '127.0.0.1');
    socket.write(
      'POST /v1/models/gemini-3.1-flash-image:generateContent HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"con',
    );
    await expect.poll(() => emulator.calls().length, { interval: 5 }).toBe(1);
    socket.destroy();
    expect(await settled(emulator)).toMatchObject({ decision: 'client-left', billed: false });
  });

  test('a client that leaves while the model works is billed', async () => {
    const emulator = await emulatorFor({ latencyMs: 60_000 });
    const abort = new AbortController();
    const pending = failureOf(call(emulator, 'A cat', { signal: abort.signal }));
    await expect.poll(() => emulator.calls()[0]?.billed, { interval: 5 }).toBe(true);
    abort.abort();
    await pending;
    expect(await settled(emulator)).toMatchObject({ decision: 'image', billed: true, delivered: 'none' });
  });
});

describe('what arrives', () => {
  test('slow-headers and slow-body end with the whole answer', async () => {
    const emulator = await emulatorFor();
    for (const fault of ['slow-headers(20ms)', 'slow-body(20ms)']) {
      const reply = await call(emulator, `A cat [[fault:${fault}]]`);
      expect([reply.status, imageOf(reply).subarray(0, 2).toString('hex')]).toEqual([200, 'ffd8']);
    }
    expect(emulator.calls().map((one) => one.delivered)).toEqual(['whole', 'whole']);
  });

  test('an error answer can come with a transport fault of its own', async () => {
    const action = { preset: 'capacity', transport: { kind: 'cut-body', percent: 10 } } as const;
    const emulator = await emulatorFor({ faults: [{ action }] });
    expect(await failureOf(call(emulator, 'A cat'))).toContain('terminated');
    expect(await settled(emulator)).toMatchObject({
      decision: 'fault:capacity+cut-body',
      status: 503,
      billed: false,
    });
  });

  test('close ends calls that hang', async () => {
    const emulator = await emulatorFor({ faults: [{ action: 'hang' }] });
    const pending = failureOf(call(emulator, 'A cat'));
    await expect.poll(() => emulator.calls()[0]?.billed, { interval: 5 }).toBe(true);
    await emulator.close();
    expect(await pending).toContain('fetch failed');
  });
});
