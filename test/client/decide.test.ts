/**
 * I4, I12: nothing leaves to a route that the caller did not allow without a person's decision, which
 * names who, why and the evidence they saw; two of them never both count, and one that came too late is
 * told what has changed.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DecisionRefused,
  GenerationFailed,
  NoWorkerAnswered,
  UnknownGeneration,
} from '../../src/client/errors.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import { InvalidRequest } from '../../src/schema/request.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { alone, asked, BY, GONE, KEYS, LEAKED, startOperatorRig, twoRoutes } from './operator-rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startOperatorRig();
  await rig.worker(twoRoutes(rig));
});
afterAll(() => rig.close());

async function started(prompt: string, on = rig): Promise<string> {
  return (await on.images.start({ prompt })).id;
}

describe('a route-out', () => {
  it('is offered at proof with its price, and taken by an approval that names the evidence', async () => {
    const own = await alone();
    const id = await started(`a fox ${LEAKED}`, own);
    const { ask, phase } = await asked(own, id);
    expect(phase).toBe('held');
    expect(ask).toMatchObject({ branch: 'permission', reason: 'key-leaked', hold: 'credential', proof: 1 });
    expect(ask.choices).toContain('route-out backup');
    expect(ask.options?.find(({ choice }) => choice === 'route-out')).toMatchObject({
      route: 'backup',
      worstUsd: expect.any(Number),
    });
    expect(own.calls(id)).toHaveLength(1);

    const record = await own.images.decide(id, { choice: 'route-out', ...BY, evidence: ask.evidence });
    expect(record).toMatchObject({ outcome: 'taken', via: 'update', by: 'ann', choice: 'route-out' });
    const result = await own.images.result(id);
    expect(result).toMatchObject({ route: 'backup', decisions: [{ by: 'ann', outcome: 'taken' }] });
    expect(result.pathWhy).toContain('backup');
    expect(own.bills(id)).toBe(1);
  });

  it('is refused on the spot when it was approved before, and told by whom', async () => {
    const id = await started(`a fox, twice ${GONE}`);
    const { ask } = await asked(rig, id);
    const approval = { choice: 'route-out', why: 'now', evidence: ask.evidence } as const;
    await rig.images.decide(id, { ...approval, by: 'ann' });
    const again = (await errorOf(rig.images.decide(id, { ...approval, by: 'bob' }))) as DecisionRefused;
    expect(again).toBeInstanceOf(DecisionRefused);
    expect(again.outcome).toBe('refused');
    await rig.images.result(id);
    const late = (await errorOf(rig.images.decide(id, { ...approval, by: 'bob' }))) as DecisionRefused;
    expect(late.answer).toContain('its images were delivered');
    expect(rig.bills(id)).toBe(1);
  });

  it('two operators at once: one wins, the other is told who', async () => {
    const id = await started(`a fox for two ${GONE}`);
    const { ask } = await asked(rig, id);
    const approve = (by: string) =>
      rig.images.decide(id, { choice: 'route-out', by, why: 'now', evidence: ask.evidence }).then(
        ({ by: winner }) => ({ winner }),
        (error: unknown) => ({ error }),
      );
    const outcomes = await Promise.all([approve('ann'), approve('bob')]);
    const winner = outcomes.flatMap((each) => ('winner' in each ? [each.winner] : []));
    const errors = outcomes.flatMap((each) => ('error' in each ? [each.error as Error] : []));
    expect(winner).toHaveLength(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(DecisionRefused);
    expect(errors[0]?.message).toContain(`${winner[0]} `);
    expect((await rig.images.result(id)).decisions).toHaveLength(1);
    expect(rig.bills(id)).toBe(1);
  });

  it('a refused update leaves no history', async () => {
    // What it looks for by itself meanwhile has events of its own: not in the first half minute, unscaled.
    const own = await alone({ timeScale: 1 });
    const id = await started(`a fox without history ${GONE}`, own);
    const { ask } = await asked(own, id);
    const handle = own.client.workflow.getHandle(id);
    const history = async () => (await handle.fetchHistory()).events ?? [];
    const before = await eventually('its rest', async () => {
      const events = await history();
      const last = events.findLastIndex((each) => each.workflowTaskCompletedEventAttributes);
      return events.slice(last).some((each) => each.timerStartedEventAttributes) ? events.length : undefined;
    });
    const route = { choice: 'route-out', ...BY, route: 'nowhere', evidence: ask.evidence } as const;
    const refused = (await errorOf(own.images.decide(id, route))) as DecisionRefused;
    expect(refused.answer).toContain('nowhere is not offered; these are: backup');
    expect(refused.evidence).toBe(ask.evidence);
    expect(await history()).toHaveLength(before);
    await handle.terminate();
  });
});

describe('evidence that has changed since', () => {
  it('makes an approval stale, and comes with the refusal', async () => {
    const own = await alone();
    const id = await started('a fox [[fault:key-leaked, billing-disabled]]', own);
    const first = await asked(own, id);
    await own.images.decide(id, { choice: 'retry', ...BY });
    const second = await asked(own, id, { not: first.ask.evidence });
    expect(second.ask.branch).toBe('billing');
    const stale = (await errorOf(
      own.images.decide(id, { choice: 'route-out', ...BY, evidence: first.ask.evidence }),
    )) as DecisionRefused;
    expect(stale).toMatchObject({ outcome: 'stale', evidence: second.ask.evidence });
    expect(stale.answer).toContain('billing/');
    expect(own.calls(id)).toHaveLength(2);
    // The beginning of the digest is enough.
    const evidence = second.ask.evidence.slice(0, 12);
    await own.images.decide(id, { choice: 'route-out', ...BY, evidence });
    expect((await own.images.result(id)).route).toBe('backup');
  });

  it('by signal it is recorded as stale, and answered where everybody reads it', async () => {
    const own = await alone();
    const id = await started('a fox, by signal [[fault:key-leaked, billing-disabled]]', own);
    const { ask } = await asked(own, id);
    await own.images.decide(id, { choice: 'retry', ...BY });
    await asked(own, id, { not: ask.evidence });
    const old = { choice: 'route-out', ...BY, evidence: ask.evidence } as const;
    expect(await own.images.decide(id, old, { later: true })).toBeUndefined();
    const decisions = await eventually('the answer', async () => {
      const seen = (await own.images.describe(id)).decisions;
      return seen.length === 2 && seen;
    });
    expect(decisions.at(-1)).toMatchObject({ outcome: 'stale', via: 'signal', by: 'ann' });
    await own.client.workflow.getHandle(id).terminate();
  });
});

describe('other choices', () => {
  it('a retry is the same path once more, one variable may be changed', async () => {
    const own = await alone();
    const id = await started('a fox [[fault:key-leaked, billing-disabled]]', own);
    const { ask } = await asked(own, id);
    await own.images.decide(id, { choice: 'retry', ...BY });
    await asked(own, id, { not: ask.evidence });
    await own.images.decide(id, { choice: 'change', ...BY, change: { size: '2K' } });
    const result = await own.images.result(id);
    expect(result).toMatchObject({ route: 'main', size: '2K' });
    expect(result.trail.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(own.bills(id)).toBe(1);
  });

  it('a long prompt goes through the store, never through history (I1)', async () => {
    const id = await started('a fox [[fault:model-404]]');
    await asked(rig, id);
    const prompt = `an owl ${'"in" the\n'.repeat(700)}`;
    expect(prompt.length).toBeLessThan(8 * 1024);
    await rig.images.decide(id, { choice: 'change', ...BY, change: { prompt } });
    await rig.images.result(id);
    expect(rig.calls(id).at(-1)?.prompt).toContain('an owl');
    const history = JSON.stringify(await rig.client.workflow.getHandle(id).fetchHistory());
    expect(Buffer.byteLength(history)).toBeLessThan(200_000);
  });

  it('a rejection ends what waited for it alone, as a dead letter that says who', async () => {
    const id = await started(`a fox, rejected ${GONE}`);
    await asked(rig, id);
    await rig.images.decide(id, { choice: 'reject', by: 'ann', why: 'too dear' });
    const error = (await errorOf(rig.images.result(id))) as GenerationFailed;
    expect(error).toBeInstanceOf(GenerationFailed);
    expect(error.failure).toMatchObject({ cause: 'rejected', decisions: [{ choice: 'reject', by: 'ann' }] });
    expect(error.failure.why).toContain('too dear');
  });
});

describe('bad input is refused before anything is sent', () => {
  const evidence = 'a'.repeat(64);
  it.each([
    ['choice', { choice: 'approve', ...BY, evidence }],
    ['by', { choice: 'retry', by: ' ', why: 'x', evidence }],
    ['why', { choice: 'retry', by: 'ann', why: 'x'.repeat(501), evidence }],
    ['evidence', { choice: 'retry', ...BY, evidence: 'the last one' }],
    ['change', { choice: 'change', ...BY, evidence }],
    ['change', { choice: 'change', ...BY, evidence, change: { size: '1K', seed: 1 } }],
    ['change', { choice: 'change', ...BY, evidence, change: { tenant: 'other' } }],
    ['change', { choice: 'retry', ...BY, evidence, change: { size: '1K' } }],
    ['route', { choice: 'retry', ...BY, evidence, route: 'backup' }],
    ['size', { choice: 'change', ...BY, evidence, change: { size: '3K' } }],
    ['seed', { choice: 'change', ...BY, evidence, change: { seed: null } }],
    ['size', { choice: 'change', ...BY, evidence, change: { size: undefined } }],
    ['prompt', { choice: 'change', ...BY, evidence, change: { prompt: '  ' } }],
    [
      'systemInstruction',
      { choice: 'change', ...BY, evidence, change: { systemInstruction: 'x'.repeat(9_000) } },
    ],
  ])('%s: %j', async (field, decision) => {
    const error = (await errorOf(
      rig.images.decide('gemini-image/none', decision as never),
    )) as InvalidRequest;
    expect(error).toBeInstanceOf(InvalidRequest);
    expect(error.problems.map((problem) => problem.field)).toEqual([field]);
  });

  it('an id that never was is UnknownGeneration', async () => {
    for (const later of [false, true]) {
      const decision = { choice: 'retry', ...BY, evidence } as const;
      const error = await errorOf(rig.images.decide('gemini-image/none', decision, { later }));
      expect(error).toBeInstanceOf(UnknownGeneration);
    }
  });

  it('where nothing is asked, that is said', async () => {
    const id = await started('a fox [[fault:slow-headers(3s)]]');
    const error = (await errorOf(rig.images.decide(id, { choice: 'retry', ...BY }))) as DecisionRefused;
    expect(error).toMatchObject({ outcome: 'refused', answer: 'nothing is asked at the moment' });
    await rig.images.result(id);
  });
});

describe('with every worker down', () => {
  it('the memo knows the question; an update says that no worker took it, a signal waits for one', async () => {
    const lonely = await startOperatorRig();
    try {
      const worker = await lonely.worker(twoRoutes(lonely));
      const { id } = await lonely.images.start({ prompt: `a lonely fox ${LEAKED}` });
      const { ask } = await asked(lonely, id);
      await worker.stop();

      const seen = await lonely.images.describe(id);
      expect(seen).toMatchObject({ workerAnswered: false, phase: 'held', decisions: [] });
      const prices = (ask.options ?? []).flatMap((each) => ('worstUsd' in each ? [each.worstUsd] : []));
      expect(prices).toHaveLength(2);
      const worstUsd = { 'route-out backup': prices[0], retry: prices[1] };
      expect(seen.ask).toEqual({ evidence: ask.evidence, choices: ask.choices, worstUsd });

      const { client, store } = lonely;
      const impatient = new GeminiImages({ client, store, rpcDeadlineMs: 2_000 });
      const approval = { choice: 'route-out', why: 'now', evidence: ask.evidence } as const;
      const error = await errorOf(impatient.decide(id, { ...approval, by: 'ann' }));
      expect(error).toBeInstanceOf(NoWorkerAnswered);
      expect(error.message).toContain('later: true');

      // Without evidence: what the memo shows.
      await lonely.images.decide(id, { choice: 'route-out', by: 'bob', why: 'later' }, { later: true });
      await lonely.worker(twoRoutes(lonely));
      const { route, decisions = [] } = await lonely.images.result(id);
      expect(route).toBe('backup');
      // An update that its sender gave up may still come first: either counts, never both.
      expect(decisions.filter(({ outcome }) => outcome === 'taken')).toHaveLength(1);
      expect(lonely.bills(id)).toBe(1);
    } finally {
      await lonely.close();
    }
  });
});

it('keys of neither route are anywhere in what a person is shown (I7)', async () => {
  const id = await started(`a fox, shown ${GONE}`);
  const shown = JSON.stringify([await asked(rig, id), await rig.images.list({ limit: 1000 })]);
  for (const key of Object.values(KEYS)) expect(shown).not.toContain(key);
  await rig.client.workflow.getHandle(id).terminate();
});
