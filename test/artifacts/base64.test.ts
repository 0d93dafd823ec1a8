import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, isCanonicalBase64 } from '../../src/artifacts/base64.ts';

function decoded(text: string): Buffer | undefined {
  const bytes = decodeBase64(Buffer.from(text));
  return bytes && Buffer.from(bytes);
}

test('either alphabet, padded or not, gives the bytes; only the padded plain one is canonical', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const padded = Buffer.from(bytes).toString('base64');
      for (const text of [padded, padded.replace(/=+$/, ''), Buffer.from(bytes).toString('base64url')]) {
        expect(decoded(text)).toEqual(Buffer.from(bytes));
        expect(isCanonicalBase64(Buffer.from(text), bytes)).toBe(text === padded);
      }
    }),
  );
});

test.each(['%%%', 'A', 'AB=C', 'AAAA*', 'AAAAA', 'AA A', '<base64>', 'QUJD\nQUJD', 'A===', 'ÄÖÜß'])(
  '%j is not base64',
  (text) => {
    expect(decoded(text)).toBeUndefined();
  },
);

test('bits that belong to no byte make it not canonical', () => {
  expect(decoded('AB==')).toEqual(Buffer.of(0));
  expect(isCanonicalBase64(Buffer.from('AB=='), Buffer.of(0))).toBe(false);
});

test.each([786_431, 786_432, 786_433, 1_572_864, 3_000_001])(
  '%i bytes, decoded piece by piece, are the same',
  (size) => {
    const bytes = randomBytes(size);
    const text = bytes.toString('base64');
    expect(decoded(text)?.equals(bytes)).toBe(true);
    for (const at of [0, 1_048_575, 1_048_576, text.length - 5]) {
      expect(decoded(`${text.slice(0, at)}*${text.slice(at + 1)}`)).toBeUndefined();
    }
  },
);

test('the bytes have memory of their own, so that they can be moved to another thread', () => {
  const bytes = decodeBase64(Buffer.from('AAAA'));
  expect(bytes?.buffer.byteLength).toBe(3);
});
