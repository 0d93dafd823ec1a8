/** The scene in which a worker is killed while a call is at the provider, and another takes its place. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fence } from '../../activities/attempt-records.ts';
import { start, tellEnd } from './play.ts';
import { KILLED } from './scenarios/line.ts';
import type { Show } from './show.ts';

const CALL_DEADLINE_MS = 30_000;
/** Of the workflow's activities; only told here. */
const HEARTBEAT_S = 45;

/**
 * Starts the generation whose worker is killed in mid-call, kills it, and resolves once a new worker has
 * taken its place; `over` waits for the generation's end.
 */
export async function killInMidCall(show: Show): Promise<{ over(): Promise<void> }> {
  const { stage, teller } = show;
  teller.heading('A worker dies in mid-call');
  const handle = await start(show, KILLED);
  const pid = await pidOfCaller(show, handle.id);
  const victim = await stage.kill(pid);
  if (victim === undefined)
    throw new Error(`process ${pid} holds the fence and is none of the demo's workers`);
  teller.bad(
    KILLED,
    `the call is at the provider, and charged: kill -9 ${pid}, worker ${victim.name} is gone`,
  );
  const end = tellEnd(show, KILLED, handle);
  // Awaited later; until then a failure must not end the process.
  end.catch(() => undefined);
  const heir = await stage.addWorker(`${victim.name}2`);
  teller.says(
    KILLED,
    `worker ${heir.name} takes its place; Temporal misses the heartbeat within ${HEARTBEAT_S} s (not scaled), the rest goes on`,
  );
  return { over: () => end };
}

/** Watches the ledger for the call, then reads from the fence which process made it. */
async function pidOfCaller({ stage }: Show, id: string): Promise<number> {
  for (const until = Date.now() + CALL_DEADLINE_MS; Date.now() < until; await sleep(50)) {
    if (!stage.calls(id).some(({ decision }) => decision !== 'pending')) continue;
    const fence = (await stage.store.readRecord(`attempts/${id}/1/fence`)) as Fence | undefined;
    if (fence !== undefined) return Number(fence.worker);
  }
  throw new Error(`no worker called for ${id} within ${CALL_DEADLINE_MS / 1_000} s: see logs/`);
}
