import { describe, expect, it } from 'vitest';
import type { GovernorCommand } from '../../../src/contract/standing.ts';
import { BRANCHES } from '../../../src/domain/branch.ts';
import type { Governed } from './governed.ts';
import { EVIDENCE, KEY, MODEL, proved } from './governed.ts';

const HOUR = 3_600_000;
type Granting = Extract<GovernorCommand, { kind: 'grant' }>;

function granting(governed: Governed, over: Partial<Granting> = {}): Granting {
  return {
    kind: 'grant',
    cause: { branch: 'permission', scope: { kind: 'credential', key: KEY } },
    route: 'relay',
    until: governed.now + HOUR,
    maxCostUsd: 1,
    evidence: EVIDENCE,
    by: 'anna',
    why: 'until the key is replaced',
    ...over,
  };
}

const use = (generationId: string, worstUsd = 0.4, grant = 'g-1') => ({ grant, generationId, worstUsd });

function granted(): Governed {
  const governed = proved();
  expect(governed.order(granting(governed))).toBeUndefined();
  return governed;
}

describe('a grant', () => {
  it('is told to everyone while it is open', () => {
    const governed = granted();
    expect(governed.tell('p1').grants).toMatchObject([{ id: 'g-1', route: 'relay', spentUsd: 0, uses: 0 }]);
    expect(governed.tell('p1').grants[0]).not.toHaveProperty('users');
    governed.pass(HOUR);
    expect(governed.tell('p1').grants).toEqual([]);
  });

  it('reserves the worst price of each use, and refuses what passes its sum', () => {
    const governed = granted();
    const { granted: first } = governed.tell('p1', [], { uses: [use('a'), use('b'), use('c')] });
    expect(first).toEqual(['a', 'b']);
    expect(governed.view.grants).toMatchObject([{ spentUsd: 0.8, uses: 2 }]);
    expect(governed.tell('p2', [], { uses: [use('d', 0.2)] }).granted).toEqual(['d']);
  });

  it('is used once by a generation, however often that is told', () => {
    const governed = granted();
    governed.tell('p1', [], { uses: [use('a')] });
    expect(governed.tell('p2', [], { uses: [use('a'), use('a')] }).granted).toEqual(['a', 'a']);
    expect(governed.view.grants).toMatchObject([{ spentUsd: 0.4, uses: 1 }]);
  });

  it('is not used beyond its time, after it was revoked, or where there is none', () => {
    const governed = granted();
    expect(governed.tell('p1', [], { uses: [use('a', 0.1, 'g-7')] }).granted).toEqual([]);
    governed.order({ kind: 'revoke', grant: 'g-1', by: 'ben', why: 'too dear' });
    expect(governed.tell('p1', [], { uses: [use('a')] }).granted).toEqual([]);
    expect(governed.view.grants).toMatchObject([{ revoked: { by: 'ben', at: governed.now } }]);
    const expired = granted();
    expired.pass(HOUR);
    expect(expired.tell('p1', [], { uses: [use('a')] }).granted).toEqual([]);
  });

  it('answers only the process that asked', () => {
    const governed = granted();
    governed.tell('p1', [], { uses: [use('a')] });
    expect(governed.tell('p2').granted).toEqual([]);
  });

  it('remembers the latest 200 that used it, and nobody once it is over', () => {
    const governed = proved();
    governed.order(granting(governed, { maxCostUsd: 1_000 }));
    for (let n = 0; n < 300; n++) governed.tell('p1', [], { uses: [use(`g${n}`, 0.01)] });
    expect(governed.state.grants[0]?.users).toHaveLength(200);
    governed.pass(HOUR);
    governed.tell('p1');
    expect(governed.state.grants[0]).toMatchObject({ users: [], uses: 300 });
  });

  it.each(BRANCHES.filter((branch) => !['policy', 'safety-image'].includes(branch)))(
    '%s: is given where a person may decide on it, else refused with words',
    (branch) => {
      const governed = proved();
      const cause = { branch, scope: { kind: 'model', key: MODEL } } as const;
      const answer = governed.order(granting(governed, { cause }));
      const returns = ['safety-prompt', 'invalid-request', 'file', 'cancelled'].includes(branch);
      expect(answer).toBe(
        returns
          ? `cause: ${branch} is nothing that another route helps with; it goes back to the caller`
          : undefined,
      );
    },
  );

  it('I14: a use-policy verdict is never granted, and a withheld image never as a rule', () => {
    const governed = proved();
    const cause = (branch: 'policy' | 'safety-image') =>
      granting(governed, { cause: { branch, scope: { kind: 'model', key: MODEL } } });
    expect(governed.order(cause('policy'))).toBe(
      'cause: a use-policy verdict never travels to another route',
    );
    expect(governed.order(cause('safety-image'))).toBe(
      "cause: safety-image leaves its route only by a person's decision on the one generation",
    );
    expect(governed.view.grants).toEqual([]);
  });

  it.each<[string, Partial<Granting>]>([
    ['until: this time has passed', { until: 1 }],
    ['until: this time has passed', { until: Number.NaN }],
    ['maxCostUsd: give a sum above 0', { maxCostUsd: 0 }],
    ['maxCostUsd: give a sum above 0', { maxCostUsd: Infinity }],
    ['route: give the name of the route that is approved', { route: ' ' }],
    ['evidence: give the SHA-256', { evidence: 'e'.repeat(11) }],
    ['evidence: give the SHA-256', { evidence: 'E'.repeat(64) }],
    ['by: give a text', { by: '' }],
    ['why: give at most 500 characters', { why: 'x'.repeat(501) }],
  ])('%s', (refusal, over) => {
    const governed = proved();
    expect(governed.order(granting(governed, over))).toContain(refusal);
    expect(governed.view.grants).toEqual([]);
  });

  it('is revoked once', () => {
    const governed = granted();
    const revoke = { kind: 'revoke', grant: 'g-1', by: 'ben', why: 'done' } as const;
    expect(governed.order({ ...revoke, grant: 'g-2' })).toBe('grant: there is no g-2');
    expect(governed.order(revoke)).toBeUndefined();
    expect(governed.order(revoke)).toBe('grant: g-1 was revoked by ben before');
    const expired = granted();
    expired.pass(HOUR);
    expect(expired.order(revoke)).toBe('grant: g-1 has expired');
  });

  it('beyond twenty open ones the next is refused; those that ended are shown for a while', () => {
    const governed = proved();
    for (let n = 0; n < 20; n++) expect(governed.order(granting(governed))).toBeUndefined();
    expect(governed.order(granting(governed))).toBe('grant: 20 are open already; revoke one first');
    for (let round = 0; round < 3; round++) {
      governed.pass(HOUR);
      governed.tell('p1');
      for (let n = 0; n < 20; n++) expect(governed.order(granting(governed))).toBeUndefined();
    }
    governed.tell('p1');
    expect(governed.view.grants).toHaveLength(30);
  });
});

describe('a command', () => {
  it('that is none is refused by name', () => {
    const governed = proved();
    const odd = { kind: 'explode', by: 'anna', why: 'why not' } as unknown as GovernorCommand;
    expect(governed.order(odd)).toBe('kind: give one of pause, resume, grant, revoke, end-degraded');
  });
});
