import { expect, test } from 'vitest';
import { call, emulatorFor } from './support.ts';

const ODD_KEY = 'AIza+key/with=signs';

test('any key may call when none are named; no key never may', async () => {
  const emulator = await emulatorFor();
  expect((await call(emulator, 'one')).status).toBe(200);
  const reply = await call(emulator, 'one', { key: null });
  expect([reply.status, reply.body.error?.status]).toEqual([403, 'PERMISSION_DENIED']);
  expect(reply.body.error?.message).toContain("Method doesn't allow unregistered callers");
});

test('named keys: others are API_KEY_INVALID, leaked ones are told so', async () => {
  const emulator = await emulatorFor({ keys: ['good'], leakedKeys: ['leaked'] });
  const [good, bad, leaked] = await Promise.all(
    ['good', 'bad', 'leaked'].map((key) => call(emulator, 'one', { key })),
  );
  expect(good?.status).toBe(200);
  expect([bad?.status, bad?.body.error?.message]).toEqual([
    400,
    'API key not valid. Please pass a valid API key.',
  ]);
  expect(bad?.body.error?.details?.[0]).toMatchObject({ reason: 'API_KEY_INVALID' });
  expect([leaked?.status, leaked?.body.error?.message]).toEqual([
    403,
    'Your API key was reported as leaked. Please use another API key.',
  ]);
});

test('the key may come in the query instead', async () => {
  const emulator = await emulatorFor({ keys: ['good'] });
  const reply = await fetch(`${emulator.url}/v1beta/models?key=good`);
  expect(reply.status).toBe(200);
});

test('the ledger names a key by its hash only', async () => {
  const emulator = await emulatorFor();
  await call(emulator, 'one', { key: ODD_KEY });
  expect(emulator.calls()[0]?.keyHash).toMatch(/^[0-9a-f]{16}$/);
  expect(JSON.stringify(emulator.calls())).not.toContain('AIza');
});

test('echoKey: errors of Google and of proxies repeat the key raw, percent-encoded and as base64', async () => {
  const emulator = await emulatorFor({ faults: [{ match: { prompt: 'proxy' }, action: 'gateway-502' }] });
  const spellings = [ODD_KEY, encodeURIComponent(ODD_KEY), Buffer.from(ODD_KEY).toString('base64')];
  const found = async (prompt: string, config = {}): Promise<boolean[]> => {
    const reply = await call(emulator, prompt, { key: ODD_KEY, config });
    return spellings.map((spelling) => reply.text.includes(spelling));
  };
  expect(await found('proxy')).toEqual([false, false, false]);
  emulator.setEchoKey(true);
  expect(await found('proxy')).toEqual([true, true, true]);
  expect(await found('one', { candidateCount: 2 })).toEqual([true, true, true]);
  const reply = await call(emulator, 'one', { key: ODD_KEY, config: { candidateCount: 2 } });
  expect(reply.body.error?.message).toContain(`api_key:${ODD_KEY}`);
  expect(reply.headers.get('x-echoed-consumer')).toContain(encodeURIComponent(ODD_KEY));
});
