import { describe, expect, test } from 'vitest';
import { InputProblem, requestProblem } from '../../src/artifacts/input-problem.ts';
import { InvalidRequest, parseRequest } from '../../src/schema/request.ts';

function refusal(request: unknown): string {
  try {
    parseRequest(request);
  } catch (error) {
    if (error instanceof InvalidRequest) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a refused request names the field and what it takes', () => {
  test.each([
    [{ tiers: ['priorty'] }, /allow\.tiers\[0\] must be one of standard, flex, priority/],
    [{ model: 'chain' }, /allow\.model is not a field of a request; check its spelling/],
    [{ models: 7 }, /allow\.models must be 'chain' or a list of models/],
    [{ sizes: ['3K'] }, /allow\.sizes\[0\] must be one of 512, 1K, 2K, 4K/],
    [{ batch: 'yes' }, /allow\.batch must be true or false/],
    ['everything', /allow must be 'exact', 'available' or an object of permissions/],
  ])('allow %j', (allow, told) => {
    expect(refusal({ prompt: 'a fox', allow })).toMatch(told);
  });

  test('a field that is missing, or of another kind, in plain words', () => {
    expect(refusal({ promt: 'a fox' })).toMatch(/prompt is missing; promt is not a field/);
    expect(refusal({ prompt: 7 })).toBe('invalid request: prompt must be a text');
    expect(refusal({ prompt: 'a fox', seed: 'x' })).toMatch(/seed must be a number/);
  });

  test('an input that cannot be used is named once', () => {
    const fault = {
      reason: 'bad-input',
      field: 'inputs[0].path',
      value: 'fox.png',
      problem: 'does not exist',
      allowed: 'a readable image',
      cure: 'correct it',
    } as const;
    expect(new InvalidRequest([requestProblem(new InputProblem(fault))]).message).toBe(
      'invalid request: inputs[0].path fox.png does not exist; allowed: a readable image — caller: correct it',
    );
  });
});
