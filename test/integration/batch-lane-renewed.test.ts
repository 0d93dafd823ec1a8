/**
 * A batch lane whose runs are short: on a server that asks for continue-as-new after few events it goes on as new
 * with items waiting, with jobs running and while calls enter; and it is ended by hand. The emulator's ledger says
 * that nothing is lost and nothing is paid twice.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationHandle } from '../../src/client/generation-handle.ts';
import { laneWorkflowId } from '../../src/contract/names.ts';
import { startDevServer } from '../../src/dev/server.ts';
import type { DevServer } from '../../src/dev/server.ts';
import { eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const MODEL = 'gemini-3.1-flash-image';
const EVENTS_PER_RUN = 40;
const REQUEST = { model: MODEL, size: '512', urgency: 'batch', allow: { batch: true } } as const;

let server: DevServer;
let rig: Rig;
beforeAll(async () => {
  const few = ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${EVENTS_PER_RUN}`];
  server = await startDevServer({ extraArgs: few });
  rig = await startRig({ server, emulator: { batch: { queuedMs: 300, runningMs: 1_500 } } });
  await rig.worker({ batch: { items: 5, ageMs: 1_000 } });
});
afterAll(async () => {
  await rig.close();
  await server.stop();
});

const laneId = () => laneWorkflowId(rig.taskQueue, `google/custom/default/${rig.emulator.url}`, MODEL);
const lane = () => rig.client.workflow.getHandle(laneId());
const start = (prompt: string) => rig.images.start({ prompt, ...REQUEST });

/** What each of these was made by: once in a job, never live. */
function ledger(ids: readonly string[]) {
  const billed = rig.emulator.calls().filter(({ billed: isBilled }) => isBilled);
  return ids.map((id) =>
    billed.filter(({ generation }) => generation?.id === id).map(({ method }) => method),
  );
}

async function runsOfLane(): Promise<number> {
  const query = `WorkflowId = "${laneId()}"`;
  let runs = 0;
  for await (const { status } of rig.client.workflow.list({ query })) {
    if (status.name === 'CONTINUED_AS_NEW') runs += 1;
  }
  return runs;
}

describe('a batch lane', () => {
  it('goes on as new while calls enter, wait and are in jobs: each is made once, none is lost', async () => {
    const handles: GenerationHandle[] = [];
    for (let wave = 0; wave < 6; wave += 1) {
      const started = await Promise.all([1, 2, 3, 4].map((i) => start(`wave ${wave}, picture ${i}`)));
      handles.push(...started);
      // The next wave enters while this one waits or is in a job.
      for (const handle of started) {
        await eventually('the lane', async () => (await handle.describe()).phase !== 'checking-quota');
      }
    }
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results.map(({ images, trail }) => [images.length, trail.length])).toEqual(
      results.map(() => [1, 1]),
    );
    expect(ledger(results.map(({ id }) => id))).toEqual(results.map(() => ['batch.item']));
    expect(rig.calls()).toEqual([]);
    await eventually('several runs of the lane', async () => (await runsOfLane()) >= 2);
    await eventually('the lane’s end', async () => (await lane().describe()).status.name === 'COMPLETED');
  }, 180_000);

  it('ended by hand while a job runs: the lane that is started next adopts the job', async () => {
    const first = await start('a fox');
    await eventually('a job', async () => (await first.describe()).why.startsWith('in a batch job'));
    await lane().terminate('by hand');
    // Who enters starts the lane anew; the item of the job asks by itself, and is told of to the new one.
    const second = await start('an owl');
    const results = await Promise.all([first.result(), second.result()]);
    expect(results.map(({ images }) => images.length)).toEqual([1, 1]);
    expect(ledger(results.map(({ id }) => id))).toEqual([['batch.item'], ['batch.item']]);
    expect(rig.calls()).toEqual([]);
  }, 180_000);
});
