import { describe, expect, it } from 'vitest';
import type { Branch } from '../../../src/domain/branch.ts';
import { EVIDENCE, KEY, MODEL, bad, good, proved, report, verdict } from './governed.ts';

describe('a hold', () => {
  it('permission: one leaked key is one hold whatever the models and tiers', () => {
    const governed = proved();
    governed.tell('p1', [bad('permission', 2), bad('permission', 1, 'key-leaked', { model: 'other' })]);
    governed.tell('p2', [bad('permission', 3, 'denied', { tier: 'flex' })]);
    expect(governed.view.holds).toEqual([
      {
        id: 'h-1',
        scope: { kind: 'credential', key: KEY },
        branch: 'permission',
        reason: 'key-leaked',
        message: 'permission it said',
        since: governed.now,
        generationId: 'g1',
        calls: 6,
        phase: 'held',
      },
    ]);
    expect(governed.events).toEqual(['hold-opened']);
  });

  it.each<[Branch, string, string, string]>([
    ['permission', 'iam', 'credential', KEY],
    ['billing', 'spend-cap', 'project', 'shop'],
    ['quota-zero', 'limit-zero', 'model', MODEL],
    ['region', 'location', 'endpoint', 'https://example.test'],
    ['gateway-denial', 'out-of-credit', 'gateway', 'https://example.test'],
  ])('%s/%s holds the %s', (branch, reason, kind, key) => {
    const governed = proved();
    const { stops } = governed.tell('p1', [bad(branch, 1, reason)]);
    expect(stops).toMatchObject([{ kind: 'hold', hold: { branch, scope: { kind, key } }, trials: [] }]);
  });

  it.each<[Branch, string]>([
    ['gateway-denial', 'throttled'],
    ['gateway-denial', 'body-limit'],
    ['capacity', 'overloaded'],
    ['quota-day', 'rpd'],
    ['policy', 'prohibited'],
    ['invalid-request', 'size'],
  ])('%s/%s opens none: it concerns one request, or only asks to wait', (branch, reason) => {
    const governed = proved();
    governed.tell('p1', [bad(branch, 4, reason)]);
    expect(governed.view.holds).toEqual([]);
  });

  it('takes its evidence when that comes, once, and counts no call for it', () => {
    const governed = proved();
    governed.tell('p1', [bad('permission')]);
    const witnessed = (evidence: string) =>
      report({ verdicts: [verdict('permission', 'key-leaked', { evidence, generationId: 'g7' })] });
    governed.tell('p2', [witnessed(EVIDENCE)]);
    governed.tell('p1', [witnessed('f'.repeat(64))]);
    expect(governed.view.holds).toMatchObject([{ evidence: EVIDENCE, generationId: 'g7', calls: 1 }]);
  });

  it('is not opened by evidence alone: its call may be from before a release', () => {
    const governed = proved();
    governed.tell('p1', [report({ verdicts: [verdict('permission', 'iam', { evidence: EVIDENCE })] })]);
    expect(governed.view.holds).toEqual([]);
  });

  it('is not opened by failures without their verdict: such a call was sent under an earlier hold', () => {
    const governed = proved();
    governed.tell('p1', [report({ calls: 2, failures: { permission: 2 } })]);
    expect(governed.view.holds).toEqual([]);
  });

  it('is not released by a call that went well: it was sent before', () => {
    const governed = proved();
    governed.tell('p1', [bad('permission')]);
    governed.tell('p2', [good(50)]);
    governed.pass(24 * 3_600_000);
    governed.tell('p2', [good(50)]);
    expect(governed.view.holds).toMatchObject([{ phase: 'held' }]);
  });

  it('of another cause on the same scope is another hold', () => {
    const governed = proved();
    governed.tell('p1', [bad('region', 1, 'location'), bad('gateway-denial', 1, 'denied')]);
    expect(governed.view.holds.map(({ branch }) => branch)).toEqual(['region', 'gateway-denial']);
  });

  it('keeps at most 300 bytes of the words', () => {
    const governed = proved();
    const long = verdict('permission', 'denied', { message: 'ü'.repeat(1000) });
    governed.tell('p1', [report({ calls: 1, failures: { permission: 1 }, verdicts: [long] })]);
    const [hold] = governed.view.holds;
    expect(new TextEncoder().encode(hold?.message).length).toBeLessThanOrEqual(300);
  });

  it('beyond 40 the oldest cause makes room, never a pause', () => {
    const governed = proved();
    governed.order({ kind: 'pause', scope: { kind: 'model', key: 'paused' }, by: 'anna', why: 'tests' });
    for (let n = 0; n < 60; n++)
      governed.tell('p1', [bad('quota-zero', 1, 'limit-zero', { model: `m${n}` })]);
    const keys = governed.view.holds.map(({ scope }) => scope.key);
    expect(keys).toHaveLength(40);
    expect(keys[0]).toBe('paused');
    expect(keys.at(-1)).toBe('m59');
  });
});

describe("an operator's pause", () => {
  const pause = {
    kind: 'pause',
    scope: { kind: 'model', key: MODEL },
    by: 'anna',
    why: 'price check',
  } as const;

  it('holds its scope until it is resumed, which needs no probe', () => {
    const governed = proved();
    expect(governed.order(pause)).toBeUndefined();
    expect(governed.tell('p1').stops).toMatchObject([
      {
        kind: 'hold',
        hold: { branch: 'operator', by: 'anna', message: 'price check', phase: 'held', calls: 0 },
      },
    ]);
    expect(governed.resume()).toBeUndefined();
    expect(governed.tell('p1').stops).toEqual([]);
    expect(governed.events).toEqual(['paused', 'hold-released']);
  });

  it('of what is paused already is refused, and names who did it', () => {
    const governed = proved();
    governed.order(pause);
    expect(governed.order({ ...pause, by: 'ben' })).toBe(
      `scope: model ${MODEL} was paused by anna before (h-1)`,
    );
  });

  it('and a cause on the same scope end apart', () => {
    const governed = proved();
    governed.order(pause);
    governed.tell('p1', [bad('quota-zero', 1, 'limit-zero')]);
    governed.resume('h-1');
    expect(governed.view.holds).toMatchObject([{ id: 'h-2', branch: 'quota-zero' }]);
  });
});

describe('resume', () => {
  it.each([
    ['h-9', 'hold: there is no h-9; these are held: h-1'],
    ['h-1', undefined],
  ])('%s: %s', (hold, refusal) => {
    const governed = proved();
    governed.tell('p1', [bad('permission')]);
    expect(governed.resume(hold)).toBe(refusal);
  });

  it('of what is being tried is refused, and names who resumed it', () => {
    const governed = proved();
    governed.tell('p1', [bad('permission')]);
    governed.resume();
    expect(governed.resume()).toBe('hold: h-1 was resumed by anna and is being tried (probing)');
  });

  it('of nothing says so', () => {
    expect(proved().resume('h-1')).toBe('hold: there is no h-1; nothing is held');
  });
});
