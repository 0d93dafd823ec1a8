import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../src/domain/catalogue.ts';
import { DEFAULT_CATALOGUE, findModel } from '../../src/domain/catalogue.ts';
import type { PreflightRequest } from '../../src/domain/preflight.ts';
import {
  FILE_LIMIT_BYTES,
  INLINE_LIMIT_BYTES,
  INPUT_MIMES,
  needsCountTokens,
  preflight,
  tooManyTokens,
  unknownModel,
} from '../../src/domain/preflight.ts';

const entry = (model: string): ModelEntry => findModel(DEFAULT_CATALOGUE, 'ai-studio', model) as ModelEntry;
const pro = entry('gemini-3-pro-image');
const lite = entry('gemini-3.1-flash-lite-image');
const old = entry('gemini-2.5-flash-image');

const fine: PreflightRequest = {
  promptChars: 30,
  promptBlank: false,
  modalities: ['TEXT', 'IMAGE'],
  inputs: [],
  filesUsable: true,
};
/** Of an endpoint that has no file storage. */
const inline: PreflightRequest = { ...fine, filesUsable: false };
const png = (bytes = 1000) => ({ mime: 'image/png', bytes });
const times = <T>(n: number, value: T): readonly T[] => Array.from({ length: n }, () => value);

describe('a request that may be sent', () => {
  it.each([
    ['the plainest', fine, pro],
    ['every size and ratio of its model', { ...fine, size: '4K', aspectRatio: '21:9' }, pro],
    [
      'extreme ratios where the model has them',
      { ...fine, aspectRatio: '8:1' },
      entry('gemini-nano-banana-2.1'),
    ],
    ['as many references as allowed', { ...fine, inputs: times(14, png()) }, pro],
    ['every kind of input', { ...fine, inputs: INPUT_MIMES.map((mime) => ({ mime, bytes: 10 })) }, pro],
    ['a level', { ...fine, thinking: { level: 'high' } }, lite],
    ['a budget', { ...fine, thinking: { budget: 512 } }, lite],
    ['only IMAGE', { ...fine, modalities: ['IMAGE'] }, pro],
    ['inputs just under the limit', { ...inline, inputs: [png(INLINE_LIMIT_BYTES * 0.74)] }, pro],
    ['inputs far above the limit, where they go as files', { ...fine, inputs: times(3, png(9e8)) }, pro],
    ['a file at its limit', { ...fine, inputs: [png(FILE_LIMIT_BYTES)] }, pro],
  ] as const)('%s has no problem', (_name, request, model) => {
    expect(preflight(request, model)).toEqual([]);
  });
});

describe('a request that cannot succeed', () => {
  it.each([
    ['a blank prompt', { ...fine, promptBlank: true }, pro, 'prompt', 'empty'],
    ['modalities without IMAGE', { ...fine, modalities: ['TEXT'] }, pro, 'modalities', 'argument'],
    ['a size that the model lacks', { ...fine, size: '512' }, pro, 'size', 'size'],
    ['4K of a model that has only 1K', { ...fine, size: '4K' }, lite, 'size', 'size'],
    ['a size of a model that would ignore it in silence', { ...fine, size: '2K' }, old, 'size', 'size'],
    ['a ratio that another model has', { ...fine, aspectRatio: '1:8' }, pro, 'aspectRatio', 'ratio'],
    ['a ratio that none has', { ...fine, aspectRatio: '7:3' }, pro, 'aspectRatio', 'ratio'],
    [
      'a thinking level together with a budget',
      { ...fine, thinking: { level: 'high', budget: 100 } },
      pro,
      'thinking',
      'thinking',
    ],
    [
      'a level that the model lacks',
      { ...fine, thinking: { level: 'medium' } },
      lite,
      'thinking.level',
      'thinking',
    ],
    [
      'a level of a model that does not think',
      { ...fine, thinking: { level: 'low' } },
      old,
      'thinking.level',
      'thinking',
    ],
    [
      'an input of another kind',
      { ...fine, inputs: [png(), { mime: 'image/gif', bytes: 9 }] },
      pro,
      'inputs[1]',
      'mime',
    ],
    [
      'a 25 MB input where there are no files',
      { ...inline, inputs: [png(25_000_000)] },
      pro,
      'inputs',
      'too-large',
    ],
    [
      '16 MB, which are 21 MB as base64, where there are no files',
      { ...inline, inputs: times(2, png(8_000_000)) },
      pro,
      'inputs',
      'too-large',
    ],
    [
      'a file above 2 GB, beside one that is not',
      { ...fine, inputs: [png(), png(FILE_LIMIT_BYTES + 1)] },
      pro,
      'inputs[1]',
      'too-large',
    ],
    ['15 references where 14 are allowed', { ...fine, inputs: times(15, png()) }, pro, 'inputs', 'argument'],
    ['4 references where 3 are allowed', { ...fine, inputs: times(4, png()) }, old, 'inputs', 'argument'],
  ] as const)('%s is named by field', (_name, request, model, field, reason) => {
    const problems = preflight(request, model);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ field, reason });
    expect(problems[0]?.message).toContain(problems[0]?.allowed);
  });

  it('says what was given, what is allowed and for which model', () => {
    expect(preflight({ ...fine, aspectRatio: '1:8' }, pro)[0]).toEqual({
      reason: 'ratio',
      field: 'aspectRatio',
      value: '1:8',
      allowed: '1:1, 2:3, 3:2, 3:4, 4:3, 4:5, 5:4, 9:16, 16:9, 21:9',
      message:
        '1:8 is not allowed for gemini-3-pro-image: 1:1, 2:3, 3:2, 3:4, 4:3, 4:5, 5:4, 9:16, 16:9, 21:9',
    });
  });

  it('hears of all its problems at once', () => {
    const request: PreflightRequest = {
      promptChars: 0,
      promptBlank: true,
      size: '4K',
      aspectRatio: '9:1',
      modalities: ['TEXT'],
      thinking: { level: 'low' },
      inputs: times(4, { mime: 'image/bmp', bytes: 10_000_000 }),
      filesUsable: false,
    };
    const fields = preflight(request, old).map(({ field }) => field);
    expect(new Set(fields)).toEqual(
      new Set([
        'prompt',
        'modalities',
        'size',
        'aspectRatio',
        'thinking.level',
        'inputs',
        ...[0, 1, 2, 3].map((i) => `inputs[${i}]`),
      ]),
    );
  });
});

describe('prompt tokens', () => {
  const chars = (tokens: number): PreflightRequest => ({ ...fine, promptChars: tokens * 4 });

  it('are counted only near the limit: an ordinary prompt costs no extra call', () => {
    expect(needsCountTokens(fine, pro)).toBe(false);
    expect(needsCountTokens(chars(pro.inputTokenLimit * 0.5), pro)).toBe(false);
  });

  it('are counted from 20 % below the limit on, and above it', () => {
    expect(needsCountTokens(chars(pro.inputTokenLimit * 0.8), pro)).toBe(true);
    expect(needsCountTokens(chars(pro.inputTokenLimit * 3), pro)).toBe(true);
  });

  it('a count above the limit is a problem, one at it is none', () => {
    expect(tooManyTokens(pro.inputTokenLimit, pro)).toBeUndefined();
    expect(tooManyTokens(pro.inputTokenLimit + 1, pro)).toMatchObject({
      reason: 'too-many-tokens',
      field: 'prompt',
      value: '65537 tokens',
      allowed: 'at most 65536 tokens',
    });
  });
});

describe('a model that the catalogue does not have', () => {
  it('is refused with the one that was meant, of the same endpoint', () => {
    const { message, allowed } = unknownModel(DEFAULT_CATALOGUE, 'gemini-3-pro-imgae', 'ai-studio');
    expect(message).toMatch(/^gemini-3-pro-imgae is not in .* catalogue; did you mean gemini-3-pro-image\?/);
    expect(new Set(allowed.split(', ')).size).toBe(allowed.split(', ').length);
  });

  it('does not send anybody to a model that another one replaces', () => {
    const { message } = unknownModel(DEFAULT_CATALOGUE, 'gemini-2.5-flash-image-preview', 'ai-studio');
    expect(message).toContain('did you mean gemini-2.5-flash-image, which gemini-nano-banana-2.1 replaces?');
  });

  it('on this endpoint is told where it is', () => {
    const { message } = unknownModel(DEFAULT_CATALOGUE, 'gemini-nano-banana-2.1', 'vertex');
    expect(message).toContain('catalogue on vertex, only on ai-studio');
    expect(message.split('known: ')[1]).not.toContain('nano-banana');
  });
});
