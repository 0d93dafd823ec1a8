import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONG_STRING_BYTES, LongStrings } from '../../src/artifacts/long-strings.ts';
import { mapStrings } from '../../src/artifacts/map-strings.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 1000 }))
    .map(([piece, times]) => piece.repeat(times)),
  fc.constantFrom('"', '\\', '\\"', '\\\\'.repeat(3000), '"'.repeat(5000), `${'\\'.repeat(5001)}"`),
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(text, tie('json'), { maxKeys: 4 }),
  ),
}));

test('any JSON, its long strings cut out and put back, is the same JSON', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(undefined, 2), (value, indent) => {
      const written = JSON.stringify(value, undefined, indent);
      const long = new LongStrings(Buffer.from(written));
      expect(mapStrings(long.body, (each) => long.restore(each))).toEqual(JSON.parse(written));
    }),
    { numRuns: 200 },
  );
});

test('a long string is found as its bytes and is not parsed', () => {
  const data = 'A'.repeat(10_000);
  const long = new LongStrings(Buffer.from(JSON.stringify({ short: 'x', data })));
  const { data: mark } = long.body as { data: string };
  expect(mark.length).toBeLessThan(100);
  expect(long.find(mark)?.toString()).toBe(data);
  expect(long.find('x')).toBeUndefined();
});

test('of a data: URL the type stays readable', () => {
  const url = `data:image/png;base64,${'A'.repeat(10_000)}`;
  const long = new LongStrings(Buffer.from(JSON.stringify({ url })));
  expect((long.body as { url: string }).url).toMatch(/^data:image\/png;base64,cut-/);
  expect(long.restore((long.body as { url: string }).url)).toBe(url);
});

test('an answer cannot name a string that it does not hold', () => {
  const long = new LongStrings(
    Buffer.from(JSON.stringify({ a: 'cut-0', b: 'B'.repeat(LONG_STRING_BYTES + 1) })),
  );
  expect(long.restore('cut-0')).toBe('cut-0');
});

test.each([
  ['a page', '<html>"unfinished'],
  ['a cut body', `{"data":"${'A'.repeat(10_000)}`],
  ['an event stream', `data: {"text":"${'A'.repeat(10_000)}"}\n\n`],
  ['nothing', ''],
])('%s stays text and loses nothing', (_name, body) => {
  const long = new LongStrings(Buffer.from(body));
  expect(long.restore(long.body as string)).toBe(body);
});
