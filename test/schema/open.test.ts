/** A reader written against these schemas lives through the next release, and still sees a broken shape. */
import { describe, expect, it } from 'vitest';
import { failureSchema } from '../../src/schema/failure.ts';
import { viewSchema } from '../../src/schema/view.ts';

const view = {
  id: 'gemini-image/key//k',
  phase: { phase: 'backing-off', until: 1, branch: 'capacity', retest: 1, of: 5, why: 'overloaded' },
  trail: [],
  cost: { sureUsd: 0, possibleUsd: 0 },
  decisions: [],
  publicStatus: 'Your image is being made.',
};

const failure = {
  id: 'x',
  classification: {
    branch: 'capacity',
    reason: 'overloaded',
    rule: 'r',
    certainty: 'named',
    owner: 'provider',
    userAction: 'Wait.',
    alertLevel: 'info',
    billed: 'no',
    message: 'The model is overloaded.',
  },
  cause: 'deadline',
  why: 'late',
  cost: { sureUsd: 0, possibleUsd: 0 },
  trail: [],
};

function viewIn(phase: object): boolean {
  return viewSchema.safeParse({ ...view, phase }).success;
}

describe('what is told may grow', () => {
  it('by fields, which are kept', () => {
    const grown = { ...view, mood: 'good', cost: { ...view.cost, taxUsd: 1 } };
    expect(viewSchema.parse(grown)).toEqual(grown);
  });

  it('by phases, branches, reasons and causes', () => {
    expect(viewIn({ phase: 'dreaming', of: 'sheep' })).toBe(true);
    const classification = { ...failure.classification, branch: 'weather', reason: 'rain', owner: 'sky' };
    expect(failureSchema.safeParse({ ...failure, classification, cause: 'boredom' }).success).toBe(true);
  });

  it('a known phase in another shape is no new phase', () => {
    expect(viewIn(view.phase)).toBe(true);
    expect(viewIn({ phase: 'backing-off' })).toBe(false);
    expect(viewIn({ why: 'no name' })).toBe(false);
  });

  it('not by another word for what was paid', () => {
    const classification = { ...failure.classification, billed: 'perhaps' };
    expect(failureSchema.safeParse({ ...failure, classification }).success).toBe(false);
    expect(failureSchema.safeParse(failure).success).toBe(true);
  });
});
