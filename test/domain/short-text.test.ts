import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortText } from '../../src/domain/short-text.ts';

const bytes = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2;

describe('shortText', () => {
  it('leaves a short text alone', () => {
    expect(shortText('overloaded', 10)).toBe('overloaded');
  });

  it('cuts a long one and says so', () => {
    expect(shortText('overloaded', 9)).toBe('overlo…');
  });

  it('counts bytes of JSON, not letters', () => {
    expect(shortText('模型过载', 12)).toBe('模型过载');
    expect(shortText('模型过载', 11)).toBe('模型…');
    expect(shortText('""""', 7)).toBe('""…');
  });

  it('never takes more bytes than it may, and never invents letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 200 }), (text, max) => {
        const short = shortText(text, max);
        expect(bytes(short)).toBeLessThanOrEqual(max);
        expect(text.startsWith(short.replace(/…$/, ''))).toBe(true);
      }),
    );
  });

  it('never cuts a letter of two code units in half', () => {
    for (let max = 3; max < 20; max += 1) {
      expect(shortText('🦊🦊🦊🦊', max).isWellFormed()).toBe(true);
    }
  });
});
