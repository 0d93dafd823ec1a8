/**
 * Plays the acts and tells what happens as it happens. It starts generations and watches them; what
 * they came to is counted afterwards, from other witnesses (`audit.ts`).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fence } from '../../activities/attempt-records.ts';
import type { GenerationHandle } from '../../src/client/gemini-images.ts';
import { GenerationFailed, StillRunning } from '../../src/client/errors.ts';
import type { Act, Scenario } from './scenarios.ts';
import { KILLED } from './scenarios.ts';
import type { Stage } from './stage.ts';
import type { Teller } from './teller.ts';

/** Scenario by generation id; an id that two starts shared is there once. */
export type Cast = Map<string, Scenario>;

const LOOK_EVERY_MS = 700;
const WAIT_MS = 100_000;
const CALL_DEADLINE_MS = 30_000;
/** Of the workflow's activities; only told here. */
const HEARTBEAT_S = 45;
/** Phases in which something is worth telling. */
const TOLD: ReadonlySet<string> = new Set(['waiting', 'backing-off', 'falling-back', 'storing', 'no-worker']);

export async function playAct(stage: Stage, teller: Teller, cast: Cast, act: Act): Promise<void> {
  teller.heading(act.title);
  await Promise.all(act.scenarios.map((scenario) => play(stage, teller, cast, scenario)));
}

async function play(stage: Stage, teller: Teller, cast: Cast, scenario: Scenario): Promise<void> {
  const handle = await start(stage, teller, cast, scenario);
  const watching = new AbortController();
  const watched = watch(handle, teller, scenario, watching.signal);
  try {
    await tellEnd(handle, teller, scenario);
  } finally {
    watching.abort();
    await watched;
  }
}

async function start(
  stage: Stage,
  teller: Teller,
  cast: Cast,
  scenario: Scenario,
): Promise<GenerationHandle> {
  const images = scenario.leakedKey === true ? stage.imagesWithLeakedKey : stage.images;
  const [handle, again] = await Promise.all([
    images.start(scenario.request),
    ...(scenario.twice === true ? [images.start(scenario.request)] : []),
  ]);
  cast.set(handle.id, scenario);
  if (again !== undefined) {
    cast.set(again.id, scenario);
    teller.says(
      scenario,
      `two starts at once, ${again.id === handle.id ? 'one generation' : 'two generations'}`,
    );
  }
  return handle;
}

async function tellEnd(handle: GenerationHandle, teller: Teller, scenario: Scenario): Promise<void> {
  try {
    const { images, trail } = await handle.result({ waitMs: WAIT_MS });
    const [image] = images;
    const calls = trail.length === 1 ? 'the first call' : `${trail.length} calls`;
    teller.good(scenario, `image ${image?.width}×${image?.height} after ${calls}`);
  } catch (error) {
    if (error instanceof GenerationFailed) {
      const calls = error.trail.length === 1 ? 'one call' : `${error.trail.length} calls`;
      teller.bad(
        scenario,
        `ends ${error.branch}/${error.reason} after ${calls} — ${error.owner}: ${error.userAction}`,
      );
    } else if (error instanceof StillRunning) teller.bad(scenario, error.message);
    else throw error;
  }
}

/** Tells each new phase once. */
async function watch(
  handle: GenerationHandle,
  teller: Teller,
  scenario: Scenario,
  signal: AbortSignal,
): Promise<void> {
  let told = '';
  while (!signal.aborted) {
    const seen = await handle.describe().catch(() => undefined);
    if (seen !== undefined && TOLD.has(seen.phase) && !signal.aborted) {
      const last = seen.trail.at(-1)?.verdict;
      const words = `${last === undefined ? '' : `${last}; `}${seen.phase}: ${seen.why}`;
      if (words !== told) teller.says(scenario, words);
      told = words;
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Starts the generation whose worker is killed in mid-call, kills it, and resolves once a new worker has
 * taken its place; `over` waits for the generation's end.
 */
export async function killInMidCall(
  stage: Stage,
  teller: Teller,
  cast: Cast,
): Promise<{ over(): Promise<void> }> {
  teller.heading('A worker dies in mid-call');
  const handle = await start(stage, teller, cast, KILLED);
  const pid = await pidOfCaller(stage, handle.id);
  teller.says(KILLED, `call 1 is at the provider, which has charged it; process ${pid} waits for the answer`);
  const killedAt = performance.now();
  const victim = await stage.kill(pid);
  if (victim === undefined)
    throw new Error(`process ${pid} holds the fence and is none of the demo's workers`);
  teller.bad(KILLED, `kill -9 ${pid}: worker ${victim.name} is gone, and the call with it`);
  teller.says(
    KILLED,
    `Temporal will miss its heartbeat after ${HEARTBEAT_S} s (not scaled); the rest goes on meanwhile`,
  );
  const end = tellEnd(handle, teller, KILLED);
  // Awaited later; until then a failure must not end the process.
  end.catch(() => undefined);
  const heir = await stage.addWorker(`${victim.name}2`);
  teller.says(KILLED, `worker ${heir.name} (process ${heir.pid}) takes the place of ${victim.name}`);
  return {
    over: async () => {
      const left = HEARTBEAT_S - (performance.now() - killedAt) / 1_000;
      if (left > 0) teller.says(KILLED, `the missed heartbeat is due in ${Math.ceil(left)} s`);
      await end;
    },
  };
}

/** Watches the ledger for the call, then reads from the fence which process made it. */
async function pidOfCaller(stage: Stage, id: string): Promise<number> {
  for (const until = Date.now() + CALL_DEADLINE_MS; Date.now() < until; await sleep(50)) {
    const isAtProvider = stage.emulator
      .calls()
      .some(({ generation, decision }) => generation?.id === id && decision !== 'pending');
    if (!isAtProvider) continue;
    const fence = (await stage.store.readRecord(`attempts/${id}/1/fence`)) as Fence | undefined;
    if (fence !== undefined) return Number(fence.worker);
  }
  throw new Error(`no worker called for ${id} within ${CALL_DEADLINE_MS / 1_000} s: see logs/`);
}
