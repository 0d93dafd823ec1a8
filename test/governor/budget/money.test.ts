import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inUsd, microsOf, usdOf } from '../../../src/governor/budget/index.ts';

it('money is rounded up to a millionth, so that a cap holds, and products do not add one', () => {
  expect(microsOf(0.134)).toBe(134_000);
  expect(microsOf(0.1 + 0.2)).toBe(300_000);
  expect(microsOf(0.000_000_2)).toBe(1);
  fc.assert(fc.property(fc.nat(1_000_000_000), (micros) => microsOf(usdOf(micros)) === micros));
});

it('words have two digits, and more where a cent would hide the number', () => {
  expect(inUsd(50_000_000)).toBe('$50.00');
  expect(inUsd(1_203_999)).toBe('$1.20');
  expect(inUsd(3_200)).toBe('$0.0032');
  expect(inUsd(0)).toBe('$0.00');
});
