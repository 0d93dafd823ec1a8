import { describe, expect, it } from 'vitest';
import { answer, failure, google, named, quotaFailure, retryInfo, text } from './evidence-of.ts';

const exhausted = (details: readonly unknown[], message = 'You exceeded your current quota.') =>
  answer(429, google(429, 'RESOURCE_EXHAUSTED', message, details));
const perMinute = { quotaId: 'GenerateRequestsPerMinutePerProjectPerModel', quotaValue: '500' };
const perDay = { quotaId: 'GenerateRequestsPerDayPerProjectPerModel', quotaValue: '250' };
const tokens = { quotaId: 'GenerateContentPaidTierInputTokensPerModelPerMinute', quotaValue: '10000' };

describe('quota: the worst violation decides', () => {
  it('quota-minute: a per-minute id', () => {
    expect(named(exhausted([quotaFailure(perMinute)]))).toBe('quota-minute/rpm');
  });
  it('quota-minute: tokens per minute', () => {
    expect(named(exhausted([quotaFailure(tokens)]))).toBe('quota-minute/tpm');
  });
  it('quota-day: a day among minutes, in any order', () => {
    expect(named(exhausted([quotaFailure(perMinute, perDay, tokens)]))).toBe('quota-day/rpd');
    expect(named(exhausted([quotaFailure(perDay, tokens, perMinute)]))).toBe('quota-day/rpd');
  });
  it('quota-day: waits for midnight Pacific although RetryInfo says 22 s', () => {
    const verdict = failure(exhausted([quotaFailure(perDay), retryInfo('22s')]));
    expect(verdict).toMatchObject({ branch: 'quota-day', retryAfterMs: 22_000, certainty: 'named' });
  });
  it('quota-zero: a zero among days and minutes', () => {
    const zero = { quotaId: 'GenerateRequestsPerDayPerProjectPerModel', quotaValue: '0' };
    expect(named(exhausted([quotaFailure(perMinute, perDay, zero)]))).toBe('quota-zero/limit-zero');
  });
  it('quota-zero: `limit: 0` in words beats a per-minute id without a value', () => {
    const message =
      'Quota exceeded for metric: generativelanguage.googleapis.com/generate_requests_per_model, limit: 0';
    const nameless = { quotaId: perMinute.quotaId };
    expect(named(exhausted([quotaFailure(nameless)], message))).toBe('quota-zero/limit-zero');
  });
  it('quota-minute: `limit: 10000` is not `limit: 0`', () => {
    const message =
      'Quota exceeded for metric: generativelanguage.googleapis.com/generate_requests_per_model, limit: 10000';
    expect(named(exhausted([], message))).toBe('quota-minute/rpm');
  });
  it('quota-zero: a free-tier id without a value on an image model, for proto3 leaves zero out', () => {
    const free = {
      quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
      quotaDimensions: { model: 'gemini-2.5-flash-preview-image' },
    };
    expect(named(exhausted([quotaFailure(free)]))).toBe('quota-zero/limit-zero');
  });
  it('quota-day: a free-tier id without a value on a text model is a day', () => {
    const free = {
      quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
      quotaDimensions: { model: 'gemini-2.5-pro' },
    };
    expect(named(exhausted([quotaFailure(free)]))).toBe('quota-day/rpd');
  });
  it('quota-day: a free-tier id with a value on an image model is a day', () => {
    const free = {
      quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
      quotaDimensions: { model: 'gemini-2.5-flash-preview-image' },
      quotaValue: '100',
    };
    expect(named(exhausted([quotaFailure(free)]))).toBe('quota-day/rpd');
  });
  it('quota-zero: ErrorInfo with quota_limit_value "0"', () => {
    const info = {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'RATE_LIMIT_EXCEEDED',
      metadata: {
        quota_limit: 'GenerateContentRequestsPerMinutePerProjectPerRegion',
        quota_limit_value: '0',
      },
    };
    expect(named(exhausted([info]))).toBe('quota-zero/limit-zero');
    const sixty = { ...info, metadata: { ...info.metadata, quota_limit_value: '60' } };
    expect(named(exhausted([sixty]))).toBe('quota-minute/rpm');
  });
  it('quota-storage: file storage, and int64 max is a cap, not a wait', () => {
    const storage = { quotaId: 'FileStorageBytesPerProject' };
    const verdict = failure(exhausted([quotaFailure(storage), retryInfo('9223372036854775807s')]));
    expect(verdict).toMatchObject({ branch: 'quota-storage', retryAfterMs: 86_400_000 });
  });
  it('quota-unknown: no details at all', () => {
    expect(named(exhausted([], 'Resource has been exhausted (e.g. check quota).'))).toBe(
      'quota-unknown/no-details',
    );
  });
  it('quota-day: no limit named, but a reset hours away', () => {
    expect(named(exhausted([retryInfo('43424s')]))).toBe('quota-day/rpd');
  });
  it('quota-unknown: no limit named, and a reset in seconds', () => {
    expect(named(exhausted([retryInfo('12s')]))).toBe('quota-unknown/no-details');
  });
  it('keeps each violation as the provider named it', () => {
    const dimensions = { model: 'gemini-2.5-flash-preview-image', location: 'global' };
    const { violations } = failure(exhausted([quotaFailure({ ...perMinute, quotaDimensions: dimensions })]));
    expect(violations).toEqual([
      { quotaId: perMinute.quotaId, limit: 500, model: dimensions.model, window: 'minute', unit: 'requests' },
    ]);
  });
  it('billing words of the quota sentence do not make a billing fault', () => {
    expect(
      named(text('You exceeded your current quota, please check your plan and billing details.', 429)),
    ).toBe('quota-unknown/no-details');
  });
});

describe('quota: hints', () => {
  const hint = (delay: unknown) =>
    failure(exhausted([quotaFailure(perMinute), retryInfo(delay)])).retryAfterMs;
  it.each([
    ['34s', 34_000],
    ['45.837906927s', 45_838],
    ['0.5s', 500],
    ['0s', 0],
    ['900.2ms', 901],
    [{ seconds: '22', nanos: 500_000_000 }, 22_500],
  ])('RetryInfo %j → %d ms', (delay, ms) => {
    expect(hint(delay)).toBe(ms);
  });
  it.each(['soon', '', '-3s', 'NaN', 's', null, [], {}, '1e9s'])(
    'malformed RetryInfo %j loses its timing, not the branch',
    (delay) => {
      const verdict = failure(exhausted([quotaFailure(perMinute), retryInfo(delay)]));
      expect(verdict.branch).toBe('quota-minute');
      expect(verdict.retryAfterMs ?? 0).toBe(0);
    },
  );
  it('words: `Please retry in 4h59m27.724879759s`', () => {
    expect(failure(text('Please retry in 4h59m27.724879759s.', 429)).retryAfterMs).toBe(17_967_725);
  });
  it('words: `Please try again in 30 seconds`', () => {
    expect(failure(text('Please try again in 30 seconds.', 503)).retryAfterMs).toBe(30_000);
  });
  it('words: `try again later` is no hint', () => {
    expect(
      failure(text('The model is overloaded. Please try again later.', 503)).retryAfterMs,
    ).toBeUndefined();
  });
  it('header: Retry-After in seconds', () => {
    const verdict = failure(answer(429, google(429, 'RESOURCE_EXHAUSTED', 'x'), { 'retry-after': '7' }));
    expect(verdict.retryAfterMs).toBe(7_000);
  });
  it("header: Retry-After as a date is read against the answer's own date", () => {
    const headers = { 'retry-after': 'Fri, 24 Oct 2025 07:46:00 GMT', date: 'Fri, 24 Oct 2025 07:45:30 GMT' };
    expect(failure(answer(503, '', headers)).retryAfterMs).toBe(30_000);
  });
  it('the longest of several hints wins: no call goes out before the provider wants it', () => {
    const message = 'Please retry in 34.286670503s.';
    expect(failure(exhausted([quotaFailure(perMinute), retryInfo('34s')], message)).retryAfterMs).toBe(
      34_287,
    );
  });
});
