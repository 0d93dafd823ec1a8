/** From a whole prompt, known to blank, down to its core. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bisection, readSimplification, suspects } from '../../../src/domain/text-task/simplify.ts';

const ORIGINAL = 'a cat on a chair, in watercolor, by a window, with a long contract';
const REQUIREMENTS = ['in watercolor', 'by a window', 'with a long contract'];
const answer = (core: unknown, requirements: unknown) => JSON.stringify({ core, requirements });

describe('the simpler prompts', () => {
  it('keep half, then a quarter, then the core alone', () => {
    expect(bisection(6)).toEqual([3, 1, 0]);
    expect(bisection(1)).toEqual([0]);
    expect(bisection(0)).toEqual([0]);
  });

  it('start with the core and keep the most important requirements', () => {
    expect(readSimplification(answer('a cat on a chair', REQUIREMENTS), ORIGINAL)).toMatchObject({
      ok: true,
      prompts: ['a cat on a chair, in watercolor', 'a cat on a chair'],
      keeps: [1, 0],
    });
  });

  it('the culprit is between what delivered and what failed last', () => {
    const made = { requirements: REQUIREMENTS, keeps: [1, 0] };
    expect(suspects(made, 0)).toEqual(['by a window', 'with a long contract']);
    expect(suspects(made, 1)).toEqual(['in watercolor']);
  });

  it('law: each keeps less than the one before, the last one nothing, in few calls', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000 }), (count) => {
        const keeps = bisection(count);
        const falling = keeps.every((kept, i) => kept < (keeps[i - 1] ?? count + 1));
        return falling && keeps.at(-1) === 0 && keeps.length <= Math.log2(count + 2) + 1;
      }),
    );
  });

  it('law: the suspects of all prompts together are all requirements, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { maxLength: 20 }), (requirements) => {
        const keeps = bisection(requirements.length);
        const all = keeps.flatMap((_, i) => suspects({ requirements, keeps }, i));
        return all.length === requirements.length;
      }),
    );
  });
});

describe('the remedy has failed', () => {
  it.each([
    ['no core', answer('', REQUIREMENTS), 'the core is empty'],
    [
      'a core that is the whole',
      answer(ORIGINAL, []),
      'the core is the whole prompt: nothing can be left out',
    ],
    ['a core longer than the prompt', answer('x'.repeat(200), []), 'the core is longer than the prompt'],
    ['words', 'a cat', 'the answer is no JSON object'],
  ])('%s', (_, text, why) => {
    expect(readSimplification(text, ORIGINAL)).toEqual({ ok: false, why });
  });

  it('total: whatever a model says, there is an answer', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.string(), (text, original) => {
        const read = readSimplification(text, original);
        return read.ok ? read.prompts.length === read.keeps.length : read.why !== '';
      }),
    );
  });
});
