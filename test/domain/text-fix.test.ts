/** A correction of letters: what is quoted is what was given, whatever it holds. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextFix } from '../../src/domain/text-fix.ts';
import { textFixProblems, textFixPrompt } from '../../src/domain/text-fix.ts';

const PAIRS = ['“”', '""', '«»', '‹›', '「」', '『』', '⟦⟧', '❴❵'];

/** Reads a text back from a prompt, by the marks alone. */
function readBack(prompt: string, before: string): string | undefined {
  const told = prompt.slice(prompt.indexOf(before) + before.length);
  const text = (from: string): [string, string] | undefined => {
    const pair = PAIRS.find(([opens]) => opens !== undefined && from.startsWith(opens));
    if (pair === undefined) return undefined;
    const end = from.indexOf(pair.at(-1) ?? '', 1);
    return [from.slice(1, end), from.slice(end + 1)];
  };
  const lines = /^in (\d+) lines: /.exec(told);
  if (lines === null) return text(told)?.[0];
  const read: string[] = [];
  let rest = told.slice(lines[0].length);
  for (let n = 1; n <= Number(lines[1]); n += 1) {
    rest = rest.replace(/^, /, '').slice(`line ${n} `.length);
    const [line, after] = rest.startsWith('empty')
      ? ['', rest.slice('empty'.length)]
      : (text(rest) ?? ['?', '']);
    read.push(line);
    rest = after;
  }
  return read.join('\n');
}

const letters = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(...PAIRS.join(''), 'A', ' ', '\n', '\r\n', '.', ',', 'line 2'),
    maxLength: 40,
  }),
);

describe('a text fix', () => {
  it('quotes line by line exactly what was given, by marks that the text does not hold', () => {
    fc.assert(
      fc.property(letters, fc.option(letters, { nil: undefined }), fc.boolean(), (right, wrong, spelled) => {
        const fix: TextFix = { right, wrong, spelled };
        fc.pre(textFixProblems(fix).length === 0);
        const prompt = textFixPrompt(fix);
        const lines = (text: string) => text.split(/\r\n|[\n\r\u2028\u2029]/u).join('\n');
        expect(readBack(prompt, 'it must read exactly ')).toBe(lines(right));
        if (wrong !== undefined) expect(readBack(prompt, 'Now it wrongly reads ')).toBe(lines(wrong));
      }),
    );
  });

  it('is total: whatever is given has problems that name a field and a cure, or becomes a prompt', () => {
    const fields = ['right', 'wrong', 'where', 'spelled'];
    const anything = fc.oneof(letters, fc.anything());
    fc.assert(
      fc.property(
        fc.record({ right: anything, wrong: anything, where: anything, spelled: anything }),
        (given) => {
          const problems = textFixProblems(given as TextFix);
          for (const { field, message, value } of problems) {
            expect(fields).toContain(field);
            expect(message).not.toBe('');
            expect(value.length).toBeLessThanOrEqual(80);
          }
          if (problems.length === 0) expect(textFixPrompt(given as TextFix).length).toBeLessThan(2_000);
        },
      ),
    );
  });

  it('keeps everything else, tells the place, and spells words out letter by letter where asked', () => {
    const fix = { right: 'CAFÉ\nÀ LA CARTE', wrong: 'CAFE', where: 'the awning', spelled: true };
    expect(textFixPrompt(fix).split('\n')).toEqual([
      'Correct only the lettering in this image: it must read exactly in 2 lines: line 1 “CAFÉ”, line 2 “À LA CARTE”.',
      'Now it wrongly reads “CAFE”.',
      'It stands here: the awning.',
      'Spelled out, with a slash between words: C A F É / À / L A / C A R T E.',
      expect.stringMatching(/same capitals, accents, spaces and punctuation, and none besides/),
      expect.stringMatching(/leave everything else in the image exactly as it is/),
    ]);
  });

  it.each<[string, Partial<TextFix>, RegExp]>([
    ['right', { right: '' }, /must not be empty/],
    ['right', { right: 'x'.repeat(101) }, /at most 100 characters, and has 101; correct one line at a time/],
    ['right', { right: 'A\tB' }, /control character/],
    ['right', { right: 'A\ud800' }, /half of one/],
    ['right', { right: `${PAIRS.join('')}` }, /every kind of quotation mark; correct it in two turns/],
    ['wrong', { right: 'SALE', wrong: 'SALE' }, /same as right; leave it out/],
    ['where', { right: 'SALE', where: 'the door\nand nothing else' }, /one line/],
    ['where', { right: 'SALE', where: 'x'.repeat(201) }, /at most 200 characters/],
    ['spelled', { right: 'SALE', spelled: 'yes' as never }, /true or false/],
  ])('%s that cannot be drawn: %j', (field, fix, words) => {
    expect(textFixProblems({ right: 'A', ...fix })).toMatchObject([
      { field, message: expect.stringMatching(words) },
    ]);
  });
});
