/** A long session, one turn after another at the pace of the machine: what each turn leaves behind. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { SessionHistory, Weight } from './history.ts';
import { RPC_DEADLINE_MS, sessionHistory } from './history.ts';
import { MODEL, promptOf } from './request.ts';
import type { Stage } from './stage.ts';
import { TURN_DEADLINE_MS } from './stage.ts';
import type { WorkerMemory } from './worker-program.ts';

export interface Growth {
  readonly history: SessionHistory;
  /** Histories of the turns' generations, in their order. */
  readonly generations: readonly Weight[];
  readonly memory: readonly { readonly turns: number; readonly memory: WorkerMemory }[];
  /** Edit to result of each turn, in milliseconds. */
  readonly tookMs: readonly number[];
}

/** The worker's memory is looked at so often; what is loaded once is there by the first look. */
const LOOK_EVERY_TURNS = 10;
const QUIET_MS = 1_000;
const QUIET_DEADLINE_MS = 30_000;

export async function growth({ images, client, workerMemory }: Stage, turns: number): Promise<Growth> {
  // No model of today takes a hundred turns whole.
  const session = await images.session({ model: MODEL, size: '1K', overflow: 'drop-oldest-images' });
  const ids: string[] = [];
  const tookMs: number[] = [];
  const memory: { turns: number; memory: WorkerMemory }[] = [];
  for (let n = 1; n <= turns; n += 1) {
    const startedAt = performance.now();
    const turn = await session.edit({ turnId: `turn-${n}`, prompt: promptOf(n) });
    await turn.result({ waitMs: TURN_DEADLINE_MS });
    tookMs.push(performance.now() - startedAt);
    ids.push(turn.generationId);
    if (n % LOOK_EVERY_TURNS === 0) memory.push({ turns: n, memory: await workerMemory() });
  }
  await untilQuiet(client, session.id);
  const history = await sessionHistory(client, session.id);
  await session.close();
  return { history, generations: await sizesOf(client, ids), memory, tookMs };
}

/** The last turn's end is heard of a moment after its result. */
async function untilQuiet(client: Client, id: string): Promise<void> {
  const deadline = Date.now() + QUIET_DEADLINE_MS;
  for (let before = -1; ;) {
    const [weight] = await sizesOf(client, [id]);
    const { events } = weight as Weight;
    if (events === before) return;
    if (Date.now() > deadline) throw new Error(`${id} did not come to rest`);
    before = events;
    await sleep(QUIET_MS);
  }
}

/** As the server counts them. */
async function sizesOf(client: Client, ids: readonly string[]): Promise<readonly Weight[]> {
  const sizes: Weight[] = [];
  for (const id of ids) {
    const { historyLength, historySize } = await client.withDeadline(Date.now() + RPC_DEADLINE_MS, () =>
      client.workflow.getHandle(id).describe(),
    );
    sizes.push({ events: historyLength, bytes: historySize ?? 0 });
  }
  return sizes;
}
