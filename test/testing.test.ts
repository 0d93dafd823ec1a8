/** What `./testing` makes is what the client gives. */
import { describe, expect, test } from 'vitest';
import { GenerationFailed } from '../src/client/errors.ts';
import { generationFailed, generationResult } from '../src/testing.ts';

describe('./testing', () => {
  test('generationFailed: a real GenerationFailed, with owner and advice of its reason', () => {
    const error = generationFailed('permission', 'key-leaked', { message: 'reported as leaked', id: 'mine' });
    expect(error).toBeInstanceOf(GenerationFailed);
    expect(error).toMatchObject({
      id: 'mine',
      branch: 'permission',
      reason: 'key-leaked',
      owner: 'operator',
    });
    expect(error.message).toMatch(/^permission\/key-leaked: reported as leaked — operator: /);
  });

  test('generationResult: one image after one call, with what the test says otherwise', () => {
    const result = generationResult({ warnings: ['delivered at 1K'] });
    expect(result).toMatchObject({ images: [{ mime: 'image/jpeg' }], trail: [{ verdict: 'success' }] });
    expect(result.warnings).toEqual(['delivered at 1K']);
  });
});
