/** Bad days that need a real server: its clock, its workers coming and going, its other models. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import type { GenerationView } from '../../src/contract/generation.ts';
import { QUERIES, SIGNALS } from '../../src/contract/names.ts';
import type { RunningWorker } from '../../src/worker/run.ts';
import { asked, BY, LEAKED, startOperatorRig, twoRoutes } from '../client/operator-rig.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';

let rig: Rig;
let worker: RunningWorker;
beforeAll(async () => {
  rig = await startOperatorRig({ emulator: { latencyMs: 10 } });
  worker = await rig.worker(twoRoutes(rig));
});
afterAll(() => rig.close());

const DEADLINE_MS = 6_000;

describe('all workers are down', () => {
  it('and the deadline passes: dead when one is back; an approval that came late is told so, not taken', async () => {
    const startedAt = Date.now();
    const { id } = await rig.images.start({ prompt: `a fox ${LEAKED}`, deadlineMs: DEADLINE_MS });
    const { ask } = await asked(rig, id);
    await worker.stop();
    await new Promise((resolve) => setTimeout(resolve, startedAt + DEADLINE_MS + 500 - Date.now()));
    const handle = rig.client.workflow.getHandle(id);
    await handle.signal(SIGNALS.approveRouteOut, { ...BY, evidence: ask.evidence });

    worker = await rig.worker(twoRoutes(rig));
    const error = await errorOf(rig.images.result(id, { waitMs: 30_000 }));
    expect(error).toBeInstanceOf(GenerationFailed);
    const { failure } = error as GenerationFailed;
    expect(failure).toMatchObject({ cause: 'deadline', classification: { branch: 'permission' } });
    expect(failure.why).toContain('nobody decided');
    expect(failure.decisions).toMatchObject([{ outcome: 'refused', choice: 'route-out' }]);
    expect(failure.decisions?.[0]?.answer).toContain('the time to decide ended');
    expect(rig.calls(id)).toHaveLength(1);
  });

  it('and somebody approves in time: taken when one is back', async () => {
    const { id } = await rig.images.start({ prompt: `a fox ${LEAKED}` });
    const { ask } = await asked(rig, id);
    await worker.stop();
    const handle = rig.client.workflow.getHandle(id);
    await handle.signal(SIGNALS.approveRouteOut, { ...BY, evidence: ask.evidence });
    worker = await rig.worker(twoRoutes(rig));
    expect(await rig.images.result(id, { waitMs: 30_000 })).toMatchObject({ route: 'backup' });
    expect(rig.bills(id)).toBe(1);
  });
});

describe('a fallback model that is itself gone', () => {
  it('is one call and one record; the next allowed model serves', async () => {
    const gone = '[[fault:model-404*always@gemini-nano-banana-2.1]]';
    const result = await rig.images.generate(
      {
        prompt: `a fox [[fault:capacity*always@gemini-3-pro-image]] ${gone}`,
        allow: { models: ['gemini-nano-banana-2.1', 'gemini-3.1-flash-lite-image'] },
      },
      { waitMs: 40_000 },
    );
    expect(result.trail.map(({ verdict, model }) => [verdict, model])).toEqual([
      ['capacity/overloaded', 'gemini-3-pro-image'],
      ['capacity/overloaded', 'gemini-3-pro-image'],
      ['model-gone/not-found', 'gemini-nano-banana-2.1'],
      ['success', 'gemini-3.1-flash-lite-image'],
    ]);
  });
});

describe('a changed request', () => {
  it('that the worker cannot serve is told with the field, and asked again', async () => {
    const { id } = await rig.images.start({ prompt: `a fox ${LEAKED}` });
    const { ask } = await asked(rig, id);
    const handle = rig.client.workflow.getHandle(id);
    const said = { ...BY, evidence: ask.evidence };
    await handle.signal(SIGNALS.changeRequest, { ...said, change: { aspectRatio: '99:1' } });
    await handle.signal(SIGNALS.changeRequest, { ...said, change: { size: '8K' } });
    const { decisions } = await eventually('two answers', async () => {
      const view = await handle.query<GenerationView>(QUERIES.describe);
      return view.decisions.length === 2 && view.ask !== undefined ? view : undefined;
    });
    expect(decisions.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
    expect(decisions[0]?.answer).toContain('aspectRatio');
    await handle.signal(SIGNALS.changeRequest, { ...said, change: { prompt: 'a fox in the snow' } });
    const result = await rig.images.result(id, { waitMs: 30_000 });
    expect(result).toMatchObject({ route: 'main', pathWhy: 'changed by a person: prompt' });
  });
});
