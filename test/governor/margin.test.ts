import { describe, expect, it } from 'vitest';
import { calmed, marginMs, newMargin, widened, withLag } from '../../src/governor/margin.ts';

const repeat = <T>(times: number, start: T, step: (so: T) => T): T =>
  Array.from({ length: times }).reduce<T>((so) => step(so), start);

describe('the send margin', () => {
  const fresh = newMargin(600, 6000);

  it('starts at its base', () => {
    expect(marginMs(fresh)).toBe(600);
  });

  it('follows the measured time from grant to send, eight times its mean', () => {
    expect(marginMs(withLag(fresh, 10))).toBe(600);
    expect(marginMs(repeat(200, fresh, (so) => withLag(so, 200)))).toBeCloseTo(1600, 0);
  });

  it('doubles with each unexpected 429, up to its cap', () => {
    expect(marginMs(widened(fresh))).toBe(1200);
    expect(marginMs(repeat(20, fresh, widened))).toBe(4800);
    expect(marginMs(repeat(20, newMargin(2000, 6000), widened))).toBe(6000);
  });

  it('comes back down over clean full windows, never below its base', () => {
    const wide = widened(widened(fresh));
    expect(marginMs(repeat(9, wide, calmed))).toBe(2400);
    expect(marginMs(repeat(10, wide, calmed))).toBe(1200);
    expect(marginMs(repeat(100, wide, calmed))).toBe(600);
  });
});
