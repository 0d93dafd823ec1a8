import { describe, expect, it } from 'vitest';
import { describeDuration, describeLimit, describeWait } from '../../src/quota/describe.ts';

const base = { model: 'gemini-3-pro-image', windowMs: 60_000, untilMs: 0, ahead: 12 } as const;

describe('describeDuration', () => {
  it.each([
    [0, '0 ms'],
    [250, '250 ms'],
    [1001, '2 s'],
    [22_000, '22 s'],
    [180_000, '3 min'],
    [18_720_000, '5 h 12 min'],
    [7_200_000, '2 h'],
  ])('%d ms reads %s', (ms, text) => {
    expect(describeDuration(ms)).toBe(text);
  });
});

describe('describeWait', () => {
  it.each([
    [
      { binding: 'rpm', known: { limit: 60, source: 'learned', ageMs: 180_000 } },
      'gemini-3-pro-image: 60 requests per minute (learned 3 min ago), 12 ahead',
    ],
    [
      { binding: 'tpm', known: { limit: 1_000_000, source: 'config', ageMs: 5 }, ahead: 0 },
      'gemini-3-pro-image: 1,000,000 input tokens per minute (configured), next in the queue',
    ],
    [
      { binding: 'ipm', known: { limit: 10, source: 'live', ageMs: 5 }, windowMs: 6_000 },
      'gemini-3-pro-image: 10 images per 6 s (read just now), 12 ahead',
    ],
    [
      { binding: 'rpd', known: { limit: 250, source: 'learned', ageMs: 60_000 * 60 }, untilMs: 18_720_000 },
      'gemini-3-pro-image: 250 requests per day (learned 1 h ago), reset at midnight Pacific in 5 h 12 min, 12 ahead',
    ],
    [
      { binding: 'rpd', untilMs: 60_000 },
      "gemini-3-pro-image: the day's requests are used up (the provider named no number), reset at midnight Pacific in 60 s, 12 ahead",
    ],
    [
      { binding: 'pause', untilMs: 22_000, ahead: 0 },
      "gemini-3-pro-image: paused by the provider's answer for another 22 s, next in the queue",
    ],
    [
      {
        binding: 'rpm',
        countedAs: 'gemini-2.5-flash-preview-image',
        known: { limit: 2, source: 'learned', ageMs: 0 },
      },
      'gemini-3-pro-image (counted as gemini-2.5-flash-preview-image): 2 requests per minute (learned just now), 12 ahead',
    ],
  ] as const)('%j', (facts, text) => {
    expect(describeWait({ ...base, ...facts })).toBe(text);
  });
});

describe('describeLimit', () => {
  it('names number, unit, window, source and age', () => {
    expect(describeLimit({ dimension: 'rpm', limit: 500, source: 'learned', ageMs: 90_000 })).toBe(
      '500 requests per minute (learned 90 s ago)',
    );
  });
});
