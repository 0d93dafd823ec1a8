import { describe, expect, it } from 'vitest';
import type { Branch } from '../../../src/domain/branch.ts';
import { Governed, KEY, bad, good, report, tried, trialsIn, wanting } from './governed.ts';

describe('a credential that nothing has proved', () => {
  it('lets three calls of the whole fleet go at a time, whoever asks', () => {
    const governed = new Governed();
    const first = governed.tell('p1', [wanting()]);
    expect(first.stops).toMatchObject([{ kind: 'unproved', scope: { kind: 'credential', key: KEY } }]);
    expect(trialsIn(first, 'unproved')).toHaveLength(3);
    expect(trialsIn(governed.tell('p2', [wanting()]), 'unproved')).toEqual([]);
    expect(governed.last?.soon).toBe(true);
    expect(trialsIn(governed.tell('p1'), 'unproved')).toHaveLength(3);
  });

  it('an unused one goes to who asks next', () => {
    const governed = new Governed();
    const [trial = ''] = trialsIn(governed.tell('p1', [wanting()]), 'unproved');
    governed.tell('p1', [report({ trials: [{ trial, unused: true }] })]);
    expect(trialsIn(governed.tell('p2', [wanting()]), 'unproved')).toHaveLength(1);
  });

  it('the first good outcome proves it, for good', () => {
    const governed = new Governed();
    const [trial] = trialsIn(governed.tell('p1', [wanting()]), 'unproved');
    expect(governed.tell('p1', [good(1, { trials: [tried(trial)] })]).stops).toEqual([]);
    governed.pass(30 * 24 * 3_600_000);
    expect(governed.tell('p2', [wanting()]).stops).toEqual([]);
  });

  it.each<[Branch, boolean]>([
    ['capacity', true],
    ['quota-minute', true],
    ['safety-prompt', true],
    ['invalid-request', true],
    ['network', false],
    ['timeout', false],
    ['gateway-fault', false],
    ['cancelled', false],
  ])('an answer of branch %s proves it: %s', (branch, isProof) => {
    const governed = new Governed();
    const [trial] = trialsIn(governed.tell('p1', [wanting()]), 'unproved');
    governed.tell('p1', [report({ trials: [tried(trial, branch)], calls: 1, failures: { [branch]: 1 } })]);
    const { stops } = governed.tell('p2', [wanting()]);
    expect(stops.length).toBe(isProof ? 0 : 1);
    expect(trialsIn(governed.last!, 'unproved')).toHaveLength(isProof ? 0 : 1);
  });

  it('a leaked one is held after its first answer: three calls, not three hundred', () => {
    const governed = new Governed();
    const trials = trialsIn(governed.tell('p1', [wanting()]), 'unproved');
    const { stops } = governed.tell('p1', [
      report({ trials: [tried(trials[0], 'permission')] }),
      bad('permission'),
    ]);
    expect(stops).toMatchObject([{ kind: 'hold', hold: { branch: 'permission' }, trials: [] }]);
    governed.tell('p1', [
      report({
        trials: trials.slice(1).map((id) => tried(id, 'permission')),
        calls: 2,
        failures: { permission: 2 },
      }),
    ]);
    expect(governed.view.holds).toMatchObject([{ calls: 3 }]);
    expect(trialsIn(governed.tell('p2', [wanting()]), 'unproved')).toEqual([]);
  });

  it('a proved one that leaks later is covered by its hold alone', () => {
    const governed = new Governed();
    governed.tell('p1', [good()]);
    expect(governed.tell('p1', [bad('permission')]).stops.map(({ kind }) => kind)).toEqual(['hold']);
  });

  it('each credential is proved for itself', () => {
    const governed = new Governed();
    governed.tell('p1', [good()]);
    const other = governed.tell('p2', [wanting({ credential: 'other' })]);
    expect(other.stops).toMatchObject([{ kind: 'unproved', scope: { key: 'other' } }]);
  });

  it('with 0 calls to prove it, all go', () => {
    const governed = new Governed(0);
    expect(governed.tell('p1', [wanting()]).stops).toEqual([]);
  });
});
