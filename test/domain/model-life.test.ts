import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../src/domain/catalogue.ts';
import { DEFAULT_CATALOGUE, findModel } from '../../src/domain/catalogue.ts';
import {
  defaultModel,
  isEnding,
  isRetired,
  lifeWarning,
  lifeWords,
  standingWords,
} from '../../src/domain/model-life.ts';

const BASE = findModel(DEFAULT_CATALOGUE, 'ai-studio', 'gemini-3-pro-image') as ModelEntry;
const ending: ModelEntry = { ...BASE, shutdownDate: '2026-12-09', replacement: 'gemini-9-image' };
const at = (iso: string): number => Date.parse(iso);

describe('words of a life', () => {
  it.each([
    ['2026-11-27T12:00:00Z', 'retires in 12 days; use gemini-9-image'],
    ['2026-12-08T00:00:00Z', 'retires in 1 day; use gemini-9-image'],
    ['2026-12-08T23:59:59Z', 'retires in 1 day; use gemini-9-image'],
    ['2026-12-09T00:00:00Z', 'retired today; use gemini-9-image'],
    ['2026-12-10T00:00:00Z', 'retired 1 day ago; use gemini-9-image'],
    ['2027-01-06T23:00:00Z', 'retired 28 days ago; use gemini-9-image'],
  ])('at %s: %s', (now, words) => {
    expect(lifeWords(ending, at(now))).toBe(words);
  });

  it('there are none where no end is known, and no date is needed to be shut down', () => {
    expect(lifeWords(BASE, at('2030-01-01'))).toBeUndefined();
    expect(lifeWords({ ...BASE, state: 'shut-down' }, 0)).toBe('is shut down');
  });

  it('the state stands before an end to come, and not before one that has come', () => {
    expect(standingWords(BASE, 0)).toBe('available');
    expect(standingWords(ending, at('2026-12-08'))).toMatch(/^available; retires in 1 day/);
    expect(standingWords(ending, at('2026-12-09'))).toMatch(/^retired today/);
  });
});

describe('the day of the announcement, UTC', () => {
  it('is the first on which the model counts as retired', () => {
    expect(isRetired(ending, at('2026-12-08T23:59:59.999Z'))).toBe(false);
    expect(isRetired(ending, at('2026-12-09T00:00:00Z'))).toBe(true);
  });

  it('is told 30 days before', () => {
    expect(isEnding(ending, at('2026-11-08'))).toBe(false);
    expect(isEnding(ending, at('2026-11-09'))).toBe(true);
    expect(lifeWarning(ending, at('2026-11-08'))).toBeUndefined();
    expect(lifeWarning(ending, at('2026-11-09'))).toBe(
      'gemini-3-pro-image retires in 30 days (announced for 2026-12-09): name gemini-9-image instead',
    );
  });
});

describe('the model of a request that names none', () => {
  const chain = ['first', 'second', 'third'] as const;
  const known = (dates: Readonly<Record<string, string>>) => (model: string) =>
    ({ ...BASE, model, ...(dates[model] === undefined ? {} : { shutdownDate: dates[model] }) }) as ModelEntry;

  it('is the first of the chain that is not retired', () => {
    const entryOf = known({ first: '2026-12-09' });
    expect(defaultModel(chain, entryOf, at('2026-12-08'))).toBe('first');
    expect(defaultModel(chain, entryOf, at('2026-12-09'))).toBe('second');
  });

  it('is the first where all are, for a date may be wrong', () => {
    const entryOf = known({ first: '2026-01-01', second: '2026-01-01', third: '2026-01-01' });
    expect(defaultModel(chain, entryOf, at('2027-01-01'))).toBe('first');
  });

  it('is one that the catalogue does not know, so that somebody is told', () => {
    expect(defaultModel(chain, () => undefined, 0)).toBe('first');
  });
});
