/** The two jobs that the text model does: recognisable, and the same every time. */
import { describe, expect, test } from 'vitest';
import { judgePrompt } from '../../src/emulator/safety.ts';
import { rewrite } from '../../src/emulator/text/rewrite.ts';
import { simplify } from '../../src/emulator/text/simplify.ts';

describe('rewrite', () => {
  test.each([
    [
      'Mickey Mouse drinking coffee',
      'a cheerful cartoon mouse drinking coffee, flat vector illustration',
      ['generic-description', 'art-style'],
    ],
    [
      'A woman in a revealing red bikini on a beach',
      'a person on a beach, flat vector illustration',
      ['neutral-person', 'art-style'],
    ],
    [
      'Taylor Swift lying in bed',
      'a person, flat vector illustration',
      ['neutral-person', 'generic-description', 'art-style'],
    ],
    [
      'A pair of Nike shoes, product photo for our shop',
      'A pair of unbranded sports shoes, product photo for our shop, flat vector illustration, product catalog shot on white background',
      ['generic-description', 'art-style', 'catalog-context'],
    ],
    [
      'Photo of a beautiful young woman in lingerie, by a pool',
      'Photo of a person, by a pool, flat vector illustration',
      ['neutral-person', 'art-style'],
    ],
    ['A red fox in snow', 'A red fox in snow, flat vector illustration', ['art-style']],
  ])('%s', (prompt, rewritten, techniques) => {
    expect(rewrite(prompt)).toEqual({ prompt: rewritten, techniques });
  });

  test('a swimsuit for sale stays a garment', () => {
    const { prompt, techniques } = rewrite('Model in a swimsuit, product page');
    expect(prompt).toMatch(/garment.*product catalog shot on white background$/);
    expect(techniques).toContain('catalog-context');
  });

  test('drops every fault command', () => {
    expect(rewrite('A cat [[fault:image-safety*always, blank]] in a hat [[fault:internal]]').prompt).toBe(
      'A cat in a hat, flat vector illustration',
    );
  });

  test.each([
    'A seductive woman in a tiny bikini',
    'Two men, shirtless, posing in underwear',
    'a dancer wearing sultry lingerie, lying in bed',
    'model in a swimsuit for our webshop',
  ])('what the image filter stumbles over is gone: %s', (prompt) => {
    const rules = { imageSafetyRate: 1, prohibitedPhrases: [] };
    expect(judgePrompt(prompt, 1, 'seed', rules)).toBe('image-safety');
    expect(judgePrompt(rewrite(prompt).prompt, 1, 'seed', rules)).toBeUndefined();
  });

  test('a second rewrite is not the first one again', () => {
    const first = rewrite('A cat').prompt;
    const second = rewrite(first).prompt;
    expect(second).not.toBe(first);
    expect(second).toContain('soft watercolour illustration');
  });
});

describe('simplify', () => {
  test('the first clause is the core, the others follow in their order', () => {
    expect(simplify('A castle at dusk, with two towers; a red flag. Birds above with long necks')).toEqual({
      core: 'A castle at dusk',
      requirements: ['two towers', 'a red flag', 'Birds above', 'long necks'],
    });
  });

  test('six requirements at most: what is more is in the last', () => {
    const { requirements } = simplify('core, a, b, c, d, e, f, g, h');
    expect(requirements).toEqual(['a', 'b', 'c', 'd', 'e', 'f, g, h']);
  });

  test('a fault command stays with the clause in which it stands, commas and all', () => {
    expect(
      simplify('A fox, a scarf [[fault:internal*always, deadline(3s)]] of wool, snow. [[fault:blank]]'),
    ).toEqual({
      core: 'A fox',
      requirements: ['a scarf [[fault:internal*always, deadline(3s)]] of wool', 'snow [[fault:blank]]'],
    });
    expect(simplify('[[fault:internal]], a fox, snow')).toEqual({
      core: '[[fault:internal]] a fox',
      requirements: ['snow'],
    });
  });

  test('numbers with a point are not the end of a sentence', () => {
    expect(simplify('A lens of 1.4 aperture').requirements).toEqual([]);
  });
});
