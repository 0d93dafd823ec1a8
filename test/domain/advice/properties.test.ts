/** Advice is total and linear: any string, however broken or long, has its advice in no time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SIZES } from '../../../src/domain/request.ts';
import type { AdviceRequest } from '../../../src/domain/advice/index.ts';
import { ADVICE_RULE, advise } from '../../../src/domain/advice/index.ts';
import { CASES } from './cases.ts';

const RULES = Object.values(ADVICE_RULE);
const PROMPTS = RULES.flatMap((rule) => [...CASES[rule].flagged, ...CASES[rule].quiet]).map((one) =>
  typeof one === 'string' ? one : one.prompt,
);
/** Pieces that many patterns begin with. */
const PIECES = [
  ...[' ', '\n', '\t', ',', ', ', '. ', '"', "'", '“', '”', '„', '«', '»', '「', '‘', '’', '-', ':', '16:9 '],
  ...[
    'a ',
    'a dog',
    'a dog, ',
    'and ',
    'no ',
    'without ',
    'exactly ',
    'in the ',
    'top left ',
    '3 cm ',
    'of ',
  ],
  ...['text "', 'says ', 'title ', 'bent over ', 'sheer ', 'poster ', 'same image ', 'fix the ', 'clock at '],
  ...['\ud800', '\udc00', '\u0000', '\u202e', '🐱', '一', '一只', 'é', 'e\u0301', 'x', '7', 'draw '],
];

const piece = fc.constantFrom(...PIECES);
const broken = fc.array(fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)));
const prompt = fc.oneof(
  fc.string({ unit: 'binary' }),
  broken.map((units) => units.join('')),
  fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
  fc.array(fc.constantFrom(...PROMPTS), { maxLength: 4 }).map((prompts) => prompts.join(' ')),
);
const request: fc.Arbitrary<AdviceRequest> = fc
  .record({
    prompt,
    inputs: fc.nat(3),
    size: fc.option(fc.constantFrom(...SIZES), { nil: undefined }),
    aspectRatio: fc.option(fc.constantFrom('1:1', '16:9', ''), { nil: undefined }),
  })
  .map(({ size, aspectRatio, ...rest }) => ({
    ...rest,
    ...(size === undefined ? {} : { size }),
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
  }));

describe('advise', () => {
  test('never throws, says each thing once and in order, and is the same again', () => {
    fc.assert(
      fc.property(request, (one) => {
        const advice = advise(one);
        const at = advice.map(({ rule }) => RULES.indexOf(rule));
        expect(at).toEqual([...new Set(at)].sort((a, b) => a - b));
        expect(advise(one)).toEqual(advice);
      }),
      { numRuns: 1_000 },
    );
  });

  test('speaks one well-formed line with at most 40 characters of the prompt', () => {
    fc.assert(
      fc.property(request, (one) => {
        for (const { message } of advise(one)) {
          expect(message.isWellFormed()).toBe(true);
          expect(message).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
          const [, quoted = ''] = /“([^”]*)”/u.exec(message) ?? [];
          expect(Array.from(quoted).length).toBeLessThanOrEqual(40);
          expect(message.length).toBeLessThan(400);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('inputs silence what only holds without them', () => {
    fc.assert(
      fc.property(request, (one) => {
        const rules = advise({ ...one, inputs: 1 }).map(({ rule }) => rule);
        expect(rules).not.toContain('vague');
        expect(rules).not.toContain('edit-regenerates');
      }),
    );
  });

  test.each(PIECES.map((one) => [JSON.stringify(one), one] as const))(
    'reads 100 000 characters of %s within two seconds',
    (_, one) => {
      const long = one.repeat(Math.ceil(100_000 / one.length));
      const start = performance.now();
      advise({ prompt: long, inputs: 0 });
      expect(performance.now() - start).toBeLessThan(2_000);
    },
  );

  test('reads 100 000 characters of any mixture within two seconds', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 2, maxLength: 6 }), (pieces) => {
        const unit = pieces.join('');
        const start = performance.now();
        advise({ prompt: unit.repeat(Math.ceil(100_000 / unit.length)), inputs: 0 });
        expect(performance.now() - start).toBeLessThan(2_000);
      }),
      { numRuns: 40 },
    );
  });
});
