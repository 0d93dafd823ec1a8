/** Numbers as people read them. */
import { describe, expect, it } from 'vitest';
import { countWords, shareWords, timeWords, usdWords } from '../../../src/domain/report/number-words.ts';

describe('numbers in words', () => {
  it.each([
    [0, '0 %'],
    [0.0004, '< 0.1 %'],
    [0.056, '5.6 %'],
    [0.444, '44 %'],
    [0.99, '99 %'],
    [0.999, '99.9 %'],
    [0.9995, '99.95 %'],
    [0.9999999, '99.999 %'],
    [1, '100 %'],
  ])('a share of %d is %s', (share, words) => {
    expect(shareWords(share)).toBe(words);
  });

  it('money keeps the digits that it deserves', () => {
    expect([0, 0.0676, 8.049, 1_234.5].map(usdWords)).toEqual([
      '0 USD',
      '0.0676 USD',
      '8.05 USD',
      '1235 USD',
    ]);
  });

  it('counts and times', () => {
    expect([countWords(1, 'call'), countWords(12_345, 'call')]).toEqual(['1 call', '12,345 calls']);
    expect([0, 1_500, 240_000, 3 * 3_600_000, 3 * 86_400_000].map(timeWords)).toEqual([
      '0 ms',
      '2 s',
      '4 min',
      '3.0 h',
      '3.0 days',
    ]);
  });
});
