import { describe, expect, it } from 'vitest';
import { isReroute } from '../../src/domain/model-version.ts';

describe('the model that was asked', () => {
  it.each([
    ['gemini-3-pro-image', 'gemini-3-pro-image'],
    ['gemini-3-pro-image', 'gemini-3-pro-image-001'],
    ['gemini-3-pro-image', 'models/gemini-3-pro-image'],
    ['models/gemini-3-pro-image', 'gemini-3-pro-image'],
    ['gemini-3-pro-image', 'publishers/google/models/gemini-3-pro-image@20260528'],
    ['gemini-3-pro-image', 'gemini-3-pro-image-preview'],
    ['gemini-3-pro-image', 'gemini-3-pro-image-preview-05-2026'],
    ['gemini-3-pro-image', 'gemini-3-pro-image-2026-05-28'],
    ['gemini-image-latest', 'gemini-3-pro-image'],
  ])('%s is what answers as %s', (asked, version) => {
    expect(isReroute(asked, version)).toBe(false);
  });
});

describe('another model', () => {
  it.each([
    ['gemini-2.5-flash-image', 'gemini-nano-banana-2.1'],
    ['gemini-3.1-flash-image', 'gemini-3.1-flash-lite-image'],
    ['gemini-3-pro-image-preview', 'gemini-3-pro-image'],
    ['gemini-3-pro-image', 'gemini-3-pro-image-lite'],
    ['gemini-nano-banana', 'gemini-nano-banana-2.1'],
    ['gemini-3-pro-image', 'gemini-3-pro'],
    ['gemini-3-pro-image', ''],
  ])('asked as %s, answers as %s', (asked, version) => {
    expect(isReroute(asked, version)).toBe(true);
  });
});
