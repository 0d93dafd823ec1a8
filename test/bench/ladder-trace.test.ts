/** The day of bench:ladder: the same for everyone, and as bad as it says. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  CAPACITY_BY_HOUR,
  FALLBACK_CAPACITY,
  FALLBACKS,
  idIn,
  PRIMARY,
  SHARES,
  traceOf,
  untilDayFits,
} from '../../bench/ladder/trace.ts';
import { FaultBook } from '../../src/emulator/faults/book.ts';
import { resolveEmulatorOptions } from '../../src/emulator/options.ts';
import { sha256 } from '../../src/emulator/random.ts';

const GENERATIONS = 1_500;
const trace = traceOf('a', GENERATIONS, 2);
const HOUR_MS = trace.durationMs / CAPACITY_BY_HOUR.length;

/** The faults of a provider on that day, without the provider. */
function bookOf(seed: string): (prompt: string, nth: number, model: string) => string {
  const { seed: own, faults } = resolveEmulatorOptions(traceOf(seed, GENERATIONS, 2).emulator);
  const book = new FaultBook(own, faults);
  return (prompt, promptAttempt, model) => {
    const call = {
      ...{ method: 'generateContent', model, prompt, promptSha256: sha256(prompt), promptAttempt },
      output: 'image' as const,
    };
    return (book.strike('front', call) ?? book.strike('model', call))?.name ?? 'image';
  };
}

function share(names: readonly string[], wanted: string): number {
  return names.filter((name) => name === wanted).length / names.length;
}

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

describe('the trace', () => {
  test('one seed is one day, another seed another', () => {
    expect(traceOf('a', GENERATIONS, 2)).toEqual(trace);
    expect(traceOf('b', GENERATIONS, 2).asks).not.toEqual(trace.asks);
  });

  test('every request has its own prompt, which says whose it is, and comes within the day to one of the processes', () => {
    expect(new Set(trace.asks.map(({ prompt }) => prompt)).size).toBe(GENERATIONS);
    for (const { id, prompt, atMs, process } of trace.asks) {
      expect(idIn(prompt)).toBe(id);
      expect(atMs).toBeGreaterThanOrEqual(0);
      expect(atMs).toBeLessThan(trace.durationMs);
      expect([0, 1]).toContain(process);
    }
  });

  test('as many prompts are prohibited as it says', () => {
    const prohibited = trace.asks.filter((ask) => ask.prohibited).length / GENERATIONS;
    expect(Math.abs(prohibited - SHARES.prohibited)).toBeLessThan(0.008);
  });

  test('who calls in another order, and more often, meets the same faults at the same call', () => {
    const [one, other] = [bookOf('a'), bookOf('a')];
    const prompts = trace.asks.slice(0, 300).map(({ prompt }) => prompt);
    const first = prompts.map((prompt) => [one(prompt, 1, PRIMARY), one(prompt, 2, PRIMARY)]);
    for (const prompt of prompts) other(`not ${prompt}`, 1, PRIMARY);
    const second = prompts.toReversed().map((prompt) => {
      other(prompt, 3, FALLBACKS[0]);
      return [other(prompt, 1, PRIMARY), other(prompt, 2, PRIMARY)];
    });
    expect(second.toReversed()).toEqual(first);
  });

  test('each hour has its share of overload, 45 % at the peak, and smaller models are not overloaded with it', () => {
    const book = bookOf('a');
    for (const [hour, wanted] of CAPACITY_BY_HOUR.entries()) {
      vi.setSystemTime((hour + 0.5) * HOUR_MS);
      const reached = trace.asks
        .map(({ prompt }) => book(prompt, hour + 1, PRIMARY))
        .filter((name) => name !== 'gateway-502');
      expect(share(reached, 'capacity'), `hour ${hour}`).toBeGreaterThan(wanted - 0.05);
      expect(share(reached, 'capacity'), `hour ${hour}`).toBeLessThan(wanted + 0.05);
    }
    const small = trace.asks.map(({ prompt }) => book(prompt, 99, FALLBACKS[1]));
    expect(Math.abs(share(small, 'capacity') - FALLBACK_CAPACITY)).toBeLessThan(0.03);
    expect(Math.max(...CAPACITY_BY_HOUR)).toBe(0.45);
  });

  test('of the calls that get so far, each other fault takes its share', () => {
    const book = bookOf('a');
    let left = [1, 2, 3, 4].flatMap((nth) => trace.asks.map(({ prompt }) => book(prompt, nth, PRIMARY)));
    const shares = {
      'gateway-502': SHARES.gateway,
      'reset-after': SHARES.reset,
      'image-safety': SHARES.imageSafety,
    };
    for (const [name, wanted] of Object.entries(shares)) {
      if (name === 'reset-after') left = left.filter((struck) => struck !== 'capacity');
      expect(Math.abs(share(left, name) - wanted), name).toBeLessThan(0.012);
      left = left.filter((struck) => struck !== name);
    }
    expect(new Set(left)).toEqual(new Set(['image']));
  });

  test("no run reaches over the provider's midnight", () => {
    const day = 86_400_000 * 0.1;
    expect(untilDayFits(3 * day + 1_000, 60_000)).toBe(0);
    expect(untilDayFits(4 * day - 30_000, 60_000)).toBe(30_000);
  });
});
