/** Pure tests of every rule: what it must flag, what it must leave alone, and how its words read. */
import { describe, expect, test } from 'vitest';
import type { AdviceRequest } from '../../../src/domain/advice/index.ts';
import { ADVICE_RULE, advise } from '../../../src/domain/advice/index.ts';
import type { Case } from './cases.ts';
import { CASES } from './cases.ts';
import { GOOD_PROMPTS } from './good-prompts.ts';

const RULES = Object.values(ADVICE_RULE);

function requestOf(one: Case): AdviceRequest {
  return typeof one === 'string' ? { prompt: one, inputs: 0 } : { inputs: 0, ...one };
}

function rulesFor(one: Case): readonly string[] {
  return advise(requestOf(one)).map(({ rule }) => rule);
}

describe.each(RULES)('%s', (rule) => {
  const { flagged, quiet } = CASES[rule];

  test('has ten prompts of each kind', () => {
    expect([flagged.length, quiet.length]).toEqual([10, 10]);
  });

  test.each(flagged.map((one) => [requestOf(one).prompt, one] as const))('flags: %s', (_, one) => {
    expect(rulesFor(one)).toContain(rule);
  });

  test.each(quiet.map((one) => [requestOf(one).prompt, one] as const))('is quiet: %s', (_, one) => {
    expect(rulesFor(one)).not.toContain(rule);
  });

  test('speaks one sentence that repeats at most 40 characters', () => {
    for (const one of flagged) {
      const message = advise(requestOf(one)).find((advice) => advice.rule === rule)?.message ?? '';
      const [, quoted = ''] = /“([^”]*)”/u.exec(message) ?? [];
      const words = message.replace(`“${quoted}”`, '');
      expect(quoted).not.toBe('');
      expect(Array.from(quoted).length).toBeLessThanOrEqual(40);
      expect(words).toMatch(/^[^.!?“”]+\.$/u);
    }
  });
});

describe('together', () => {
  test.each(GOOD_PROMPTS)('nothing to say about: %s', (prompt) => {
    expect(advise({ prompt, inputs: 0 })).toEqual([]);
  });

  test('advice comes in the order of the table', () => {
    const rules = rulesFor(
      'banksy poster for seven people, 16:9, 4K, no cars, text "Hello There", same image but brighter',
    );
    expect(rules).toEqual([
      'text-not-upper',
      'many-subjects',
      'negation',
      'named-style-or-ip',
      'size-unset',
      'ratio-unset',
      'edit-regenerates',
    ]);
  });

  test('text is given at most one piece of advice', () => {
    for (const one of RULES.flatMap((rule) => [...CASES[rule].flagged, ...CASES[rule].quiet])) {
      expect(
        rulesFor(one)
          .filter((rule) => rule.includes('text'))
          .filter((rule) => rule !== 'edit-regenerates').length,
      ).toBeLessThanOrEqual(1);
    }
  });

  test('a prompt pasted in its quotation marks is read as a prompt', () => {
    expect(rulesFor('"a dog, a cat, a horse and a cow"')).toEqual(['many-subjects']);
  });

  test('near minors, no way is offered to keep the dress', () => {
    const [advice] = advise({ prompt: 'a girl in a bikini, watercolor, product catalog', inputs: 0 });
    expect(advice?.rule).toBe('person-and-dress');
    expect(advice?.message).toContain('everyday clothes');
    expect(advice?.message).not.toMatch(/catalogue|watercolor/u);
  });
});
