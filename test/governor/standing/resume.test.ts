import { describe, expect, it } from 'vitest';
import type { ProbeOutcome } from '../../../src/contract/exchange.ts';
import type { Governed } from './governed.ts';
import { EVIDENCE, KEY, bad, good, proved, report, tried, trialsIn, verdict, wanting } from './governed.ts';

const scope = { kind: 'credential', key: KEY } as const;

function outcome(over: Partial<ProbeOutcome> = {}): ProbeOutcome {
  return { hold: 'h-1', scope, ok: true, why: 'it answered', ...over };
}

/** A leaked key that p1 and p2 use, resumed. */
function resumed(): Governed {
  const governed = proved();
  governed.tell('p1', [bad('permission')]);
  governed.tell('p2', [wanting()]);
  expect(governed.resume()).toBeUndefined();
  return governed;
}

function onTrial(): Governed {
  const governed = resumed();
  governed.tell('p1');
  governed.tell('p1', [], { probes: [outcome()] });
  return governed;
}

describe('probing', () => {
  it('the next process to ask that uses the scope makes the probe, nobody else', () => {
    const governed = resumed();
    expect(governed.tell('p9').probes).toEqual([]);
    expect(governed.tell('p2').probes).toEqual([{ hold: 'h-1', scope }]);
    expect(governed.tell('p1').probes).toEqual([]);
    expect(governed.tell('p2').probes).toEqual([]);
  });

  it('nobody calls meanwhile', () => {
    const governed = resumed();
    const { stops } = governed.tell('p2', [wanting()]);
    expect(stops).toMatchObject([{ hold: { phase: 'probing', resumed: { by: 'anna' } }, trials: [] }]);
  });

  it('without an outcome another one is asked after a minute', () => {
    const governed = resumed();
    governed.tell('p1');
    governed.pass(59_999);
    expect(governed.tell('p2').probes).toEqual([]);
    governed.pass(1);
    expect(governed.tell('p2').probes).toHaveLength(1);
  });

  it('a process that leaves is not waited for', () => {
    const governed = resumed();
    governed.tell('p1');
    governed.tell('p1', [], { leaving: true });
    expect(governed.tell('p2').probes).toHaveLength(1);
  });

  it('ended in the cause: held again, by what shows it', () => {
    const governed = resumed();
    governed.tell('p1');
    const again = verdict('permission', 'denied', { message: 'still', evidence: EVIDENCE });
    governed.tell('p1', [], { probes: [outcome({ ok: false, why: 'refused', verdict: again })] });
    expect(governed.view.holds).toMatchObject([
      { id: 'h-1', phase: 'held', reason: 'denied', message: 'still', evidence: EVIDENCE, calls: 1 },
    ]);
    expect(governed.view.holds[0]).not.toHaveProperty('resumed');
    expect(governed.resume()).toBeUndefined();
  });

  it.each([
    ['a text call that went well', outcome()],
    ['no word on the cause', outcome({ ok: false, verdict: verdict('capacity', 'overloaded') })],
    ['no answer at all', outcome({ ok: false, why: 'no text model' })],
  ])('%s: one generation goes first', (_what, probe) => {
    const governed = resumed();
    governed.tell('p1');
    governed.tell('p1', [], { probes: [probe] });
    expect(governed.view.holds).toMatchObject([{ phase: 'trial' }]);
  });

  it('only the process that was asked last is heard', () => {
    const governed = resumed();
    governed.tell('p1');
    governed.pass(60_000);
    governed.tell('p2');
    governed.tell('p1', [], { probes: [outcome({ ok: false, verdict: verdict('permission', 'denied') })] });
    expect(governed.view.holds).toMatchObject([{ phase: 'probing' }]);
    governed.tell('p2', [], { probes: [outcome()] });
    expect(governed.view.holds).toMatchObject([{ phase: 'trial' }]);
  });
});

describe('trial', () => {
  it('one process that wants it gets one trial, told until it ended', () => {
    const governed = onTrial();
    expect(trialsIn(governed.tell('p9'), 'hold')).toEqual([]);
    const given = trialsIn(governed.tell('p2', [wanting()]), 'hold');
    expect(given).toHaveLength(1);
    expect(trialsIn(governed.tell('p1', [wanting()]), 'hold')).toEqual([]);
    expect(trialsIn(governed.tell('p2', [wanting()]), 'hold')).toEqual(given);
  });

  it('it went well: everyone goes, and the event says so', () => {
    const governed = onTrial();
    const [trial] = trialsIn(governed.tell('p2', [wanting()]), 'hold');
    const { stops } = governed.tell('p2', [good(1, { trials: [tried(trial)] })]);
    expect(stops).toEqual([]);
    expect(governed.view.holds).toEqual([]);
    expect(governed.events.at(-1)).toBe('hold-released');
  });

  it('it ended in a refusal of the request: the cause is gone all the same', () => {
    const governed = onTrial();
    const [trial] = trialsIn(governed.tell('p2', [wanting()]), 'hold');
    governed.tell('p2', [report({ calls: 1, failures: { policy: 1 }, trials: [tried(trial, 'policy')] })]);
    expect(governed.view.holds).toEqual([]);
  });

  it('it ended in the cause: held again with the new evidence, and nothing doubled', () => {
    const governed = onTrial();
    governed.tell('p1', [
      report({ verdicts: [verdict('permission', 'key-leaked', { evidence: 'a'.repeat(64) })] }),
    ]);
    const [trial] = trialsIn(governed.tell('p2', [wanting()]), 'hold');
    governed.tell('p2', [
      report({ trials: [tried(trial, 'permission', 'iam')] }),
      bad('permission', 1, 'iam'),
    ]);
    governed.tell('p2', [report({ verdicts: [verdict('permission', 'iam', { evidence: EVIDENCE })] })]);
    expect(governed.view.holds).toMatchObject([
      { id: 'h-1', phase: 'held', reason: 'iam', evidence: EVIDENCE, calls: 2 },
    ]);
    expect(trialsIn(governed.tell('p2', [wanting()]), 'hold')).toEqual([]);
  });

  it.each([
    ['it says nothing of the cause', (id: string | undefined) => tried(id, 'capacity')],
    ['nothing was sent', (id: string | undefined) => ({ trial: id ?? '', unused: true as const })],
  ])('%s: another one may try', (_what, end) => {
    const governed = onTrial();
    const [trial] = trialsIn(governed.tell('p2', [wanting()]), 'hold');
    const offers = governed.tell('p2', [report({ trials: [end(trial)] })]);
    expect(trialsIn(offers, 'hold')).toEqual([]);
    const [next] = trialsIn(governed.tell('p1', [wanting()]), 'hold');
    expect(next).toBeDefined();
    expect(next).not.toBe(trial);
  });

  it('a process that says nothing for twelve minutes is lost; what it tells later is ignored', () => {
    const governed = onTrial();
    const [lost] = trialsIn(governed.tell('p2', [wanting()]), 'hold');
    governed.pass(12 * 60_000);
    expect(trialsIn(governed.tell('p1', [wanting()]), 'hold')).toEqual([]);
    governed.pass(1);
    expect(trialsIn(governed.tell('p1', [wanting()]), 'hold')).toHaveLength(1);
    governed.tell('p2', [report({ trials: [tried(lost)] })]);
    expect(governed.view.holds).toMatchObject([{ phase: 'trial' }]);
  });

  it('a process that leaves gives its trial back', () => {
    const governed = onTrial();
    governed.tell('p2', [wanting()]);
    governed.tell('p2', [], { leaving: true });
    expect(trialsIn(governed.tell('p1', [wanting()]), 'hold')).toHaveLength(1);
  });

  it('a late call from before the hold raises its count and decides nothing', () => {
    const governed = onTrial();
    const [trial] = trialsIn(governed.tell('p2', [wanting()]), 'hold');
    governed.tell('p1', [report({ calls: 1, failures: { permission: 1 } })]);
    expect(governed.view.holds).toMatchObject([{ phase: 'trial', calls: 2 }]);
    governed.tell('p2', [good(1, { trials: [tried(trial)] })]);
    expect(governed.view.holds).toEqual([]);
  });

  it('with two stops in the way, a process gets the trials of both or none', () => {
    const governed = onTrial();
    governed.order({ kind: 'pause', scope: { kind: 'project', key: 'shop' }, by: 'anna', why: 'wait' });
    expect(trialsIn(governed.tell('p2', [wanting()]), 'hold')).toEqual([]);
    governed.resume('h-2');
    expect(trialsIn(governed.tell('p2', [wanting()]), 'hold')).toHaveLength(1);
  });
});

describe('soon', () => {
  it('is said to who wants what is being tried, not to who waits for a person', () => {
    const governed = proved();
    governed.tell('p1', [bad('permission')]);
    expect(governed.tell('p2', [wanting()]).soon).toBe(false);
    governed.resume();
    governed.tell('p1');
    expect(governed.tell('p2', [wanting()]).soon).toBe(true);
    expect(governed.tell('p3').soon).toBe(false);
    governed.tell('p1', [], { probes: [outcome()] });
    governed.tell('p1', [wanting()]);
    expect(governed.tell('p2', [wanting()]).soon).toBe(true);
    governed.pass(30_000);
    expect(governed.tell('p2', [wanting()]).soon).toBe(false);
  });
});
