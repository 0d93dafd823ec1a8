import { describe, expect, it } from 'vitest';
import type { Governed } from './governed.ts';
import { EVIDENCE, bad, good, proved, report, verdict } from './governed.ts';

const MINUTE = 60_000;
const fails = (calls: number) => bad('capacity', calls, 'overloaded');

/** 40 % of ten calls. */
function degraded(): Governed {
  const governed = proved();
  governed.tell('p1', [good(6)]);
  governed.tell('p1', [fails(4)]);
  return governed;
}

describe('degraded mode', () => {
  it('begins above 30 % capacity failures over 5 minutes, and carries the route proof', () => {
    const governed = degraded();
    governed.tell('p1', [report({ verdicts: [verdict('capacity', 'overloaded', { evidence: EVIDENCE })] })]);
    expect(governed.tell('p2').degraded).toMatchObject([
      { route: { tier: 'standard' }, since: governed.now, share: 0.4, calls: 10, evidence: EVIDENCE },
    ]);
    expect(governed.events).toEqual(['degraded-began', 'alert-raised']);
  });

  it.each([
    ['30 %', 7, 3],
    ['a high share of nine calls', 5, 4],
  ])('does not begin at %s', (_what, well, failed) => {
    const governed = proved();
    governed.tell('p1', [good(well), fails(failed)]);
    expect(governed.tell('p1').degraded).toEqual([]);
  });

  it('does not begin by failures that are not the model at fault', () => {
    const governed = proved();
    governed.tell('p1', [good(10), bad('quota-minute', 20, 'rpm'), bad('safety-image', 20, 'any')]);
    expect(governed.tell('p1').degraded).toEqual([]);
  });

  it('goes on while the share is between 10 and 30 %', () => {
    const governed = degraded();
    for (let n = 0; n < 60; n++) {
      governed.pass(MINUTE / 2);
      governed.tell('p1', [good(8), fails(2)]);
    }
    expect(governed.tell('p1').degraded).toHaveLength(1);
  });

  it('ends after 5 minutes below 10 %, not sooner', () => {
    const governed = degraded();
    governed.tell('p1', [good(40)]);
    governed.pass(5 * MINUTE - 1);
    governed.tell('p1', [good(20)]);
    expect(governed.tell('p1').degraded).toHaveLength(1);
    governed.pass(1);
    expect(governed.tell('p1').degraded).toEqual([]);
    expect(governed.events).toContain('degraded-ended');
  });

  it('a relapse within these 5 minutes starts them anew', () => {
    const governed = degraded();
    governed.tell('p1', [good(40)]);
    governed.pass(4 * MINUTE);
    governed.tell('p1', [fails(20)]);
    governed.tell('p1', [good(400)]);
    governed.pass(4 * MINUTE);
    expect(governed.tell('p1', [good(10)]).degraded).toHaveLength(1);
    governed.pass(MINUTE);
    expect(governed.tell('p1', [good(10)]).degraded).toEqual([]);
  });

  it('a route that nobody calls any more is calm: it ends, however late that is noticed', () => {
    const governed = degraded();
    governed.pass(9 * MINUTE);
    expect(governed.tell('p2').degraded).toHaveLength(1);
    governed.pass(MINUTE);
    expect(governed.tell('p2').degraded).toEqual([]);
    const unnoticed = degraded();
    unnoticed.pass(10 * MINUTE);
    expect(unnoticed.tell('p2').degraded).toEqual([]);
  });

  it('an operator ends it, and what was counted before does not begin it again', () => {
    const governed = degraded();
    const { route } = governed.tell('p1').degraded[0]!;
    const told = { kind: 'end-degraded', route, by: 'anna', why: 'the model is back' } as const;
    expect(governed.order(told)).toBeUndefined();
    expect(governed.tell('p1', [fails(1)]).degraded).toEqual([]);
    expect(governed.order(told)).toBe('route: gemini-3-pro-image is not degraded');
  });

  it('is scaled with the provider’s minute', () => {
    const governed = proved();
    governed.tell('p1', [good(6), fails(4)], { scale: 0.1 });
    governed.pass(MINUTE);
    expect(governed.tell('p1').degraded).toEqual([]);
  });
});
