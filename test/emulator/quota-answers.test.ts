import { expect, test } from 'vitest';
import { call, emulatorFor, FLASH } from './support.ts';

interface QuotaDetail {
  readonly violations?: readonly {
    readonly quotaId: string;
    readonly quotaMetric: string;
    readonly quotaValue?: string;
    readonly quotaDimensions: { readonly model: string };
  }[];
  readonly retryDelay?: string;
}

function detail(reply: { body: { error?: { details?: readonly unknown[] } } }, type: string): QuotaDetail {
  const details = (reply.body.error?.details ?? []) as readonly ({ '@type': string } & QuotaDetail)[];
  return details.find((one) => one['@type'].endsWith(type)) ?? {};
}

test('quota-minute: names metric, limit, model and a fractional delay, twice the same', async () => {
  const emulator = await emulatorFor({ limits: { [FLASH]: { rpm: 1 } } });
  expect((await call(emulator, 'one')).status).toBe(200);
  const reply = await call(emulator, 'two');
  expect(reply.status).toBe(429);
  expect(reply.headers.get('retry-after')).toBeNull();
  expect(detail(reply, 'QuotaFailure').violations).toEqual([
    {
      quotaMetric: 'generativelanguage.googleapis.com/generate_requests_per_model',
      quotaId: 'GenerateRequestsPerMinutePerProjectPerModel',
      quotaDimensions: { location: 'global', model: FLASH },
      quotaValue: '1',
    },
  ]);
  const delay = detail(reply, 'RetryInfo').retryDelay ?? '';
  expect(delay).toMatch(/^\d{1,2}\.\d{9}s$/);
  expect(reply.body.error?.message).toContain(`Please retry in ${delay}.`);
  expect(reply.body.error?.message).toContain(`limit: 1, model: ${FLASH}`);
  expect(emulator.calls().map((one) => [one.decision, one.status, one.billed])).toEqual([
    ['image', 200, true],
    ['quota:rpm', 429, false],
  ]);
});

test('quota-minute: after the delay it named, the next call passes', async () => {
  const emulator = await emulatorFor({ limits: { [FLASH]: { rpm: 1 } }, timeScale: 0.05 });
  await call(emulator, 'one');
  const delay = detail(await call(emulator, 'two'), 'RetryInfo').retryDelay ?? '';
  await new Promise((resolve) => setTimeout(resolve, Math.ceil(Number(delay.slice(0, -1)) * 1000) + 2));
  expect((await call(emulator, 'two')).status).toBe(200);
});

test('quota-day: PerDay is listed and RetryInfo still speaks of seconds', async () => {
  const emulator = await emulatorFor({ limits: { '*': { rpd: 1 } } });
  await call(emulator, 'one');
  const reply = await call(emulator, 'two');
  expect(detail(reply, 'QuotaFailure').violations?.map((one) => one.quotaId)).toEqual([
    'GenerateRequestsPerDayPerProjectPerModel',
  ]);
  expect(Number(detail(reply, 'RetryInfo').retryDelay?.slice(0, -1))).toBeLessThanOrEqual(60.001);
});

test('quota-zero: limit: 0 in the text, no quotaValue in the details, FreeTier ids', async () => {
  const emulator = await emulatorFor({ limits: { [FLASH]: { rpm: 0, rpd: 0 } } });
  const reply = await call(emulator, 'one');
  expect(reply.status).toBe(429);
  expect(reply.body.error?.message).toContain('limit: 0');
  const violations = detail(reply, 'QuotaFailure').violations ?? [];
  expect(violations.map((one) => one.quotaId)).toEqual([
    'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
    'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
  ]);
  expect(violations.some((one) => 'quotaValue' in one)).toBe(false);
});

test('input tokens a minute: a long prompt is refused while a short one passes', async () => {
  const emulator = await emulatorFor({ limits: { [FLASH]: { tpm: 100 } } });
  const long = await call(emulator, 'x'.repeat(500));
  expect(detail(long, 'QuotaFailure').violations?.[0]?.quotaId).toBe(
    'GenerateContentPaidTierInputTokensPerModelPerMinute',
  );
  expect((await call(emulator, 'short')).status).toBe(200);
});

test('what never reaches a model takes no quota: invalid requests, wrong keys, proxies', async () => {
  const emulator = await emulatorFor({
    limits: { [FLASH]: { rpm: 1 } },
    keys: ['right'],
    faults: [{ match: { prompt: 'proxy' }, action: 'gateway-502' }],
  });
  await call(emulator, 'one', { key: 'wrong' });
  await call(emulator, 'proxy', { key: 'right' });
  await call(emulator, 'one', { key: 'right', config: { candidateCount: 2 } });
  expect((await call(emulator, 'one', { key: 'right' })).status).toBe(200);
  expect((await call(emulator, 'one', { key: 'right' })).status).toBe(429);
});
