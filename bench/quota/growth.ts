/**
 * What a governor costs while more and more generations wait for it: its state, its history, its updates.
 * All of them are started, none is pretended; as many come in as go out while it is looked at.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { ENTITY_QUERIES } from '../../src/contract/names.ts';
import type { Arrival } from './arrivals.ts';
import { evenly, poisson } from './arrivals.ts';
import type { Books, Contest, Target } from './contest.ts';
import type { UpdateRates } from './governor.ts';
import { governorRuns, ratesOf, updatesOf, wakesOf } from './governor.ts';
import { ours } from './ours.ts';
import type { Plan, Span } from './plan.ts';

/** The governor during one look at it. */
export interface GovernorCost {
  /** Generations that wait, about. */
  readonly waiting: number;
  readonly stateBytes: number;
  readonly historyBytesPerMinute: number;
  readonly rates: Pick<UpdateRates, 'processPeak' | 'processMean' | 'fleetPeak' | 'fleetMean'>;
}

export interface Growth {
  readonly contest: Contest;
  /** After the contest: what was seen at each step, and wakes so far of generations that still wait. */
  readonly seen: { readonly costs: GovernorCost[]; readonly wakes: number[] };
}

/** As fast as two cores start generations without falling behind. */
const STARTS_PER_SECOND = 40;
/** For the last of a step to be asleep. */
const SETTLE_MS = 5_000;
/** Sleepers whose histories are read. */
const SLEEPERS = 100;

interface Step {
  readonly waiting: number;
  /** Milliseconds from the start, while it is looked at. */
  readonly from: number;
  readonly to: number;
}

export function growth(plan: Plan, processes: number): Growth {
  const { steps, arrivals, span } = schedule(plan);
  const seen: Growth['seen'] = { costs: [], wakes: [] };
  const target: Target = { name: 'growing queue', form: 'S', span, believed: span.perWindow, arrivals };
  const inner = ours([target], { processes, quota: 'fleet', queues: 'shared' });
  const prepare: Contest['prepare'] = async (place) => {
    const running = await inner.prepare(place);
    const connection = await Connection.connect({ address: place.server.address });
    const client = new Client({ connection, namespace: place.server.namespace });
    let looking: Promise<void> = Promise.resolve();
    return {
      ...running,
      begin: async (startAt) => {
        await running.begin(startAt);
        looking = look(client, steps, startAt, seen.costs);
        // Its failure is told where it is waited for.
        looking.catch(() => undefined);
      },
      books: async (startAt) => {
        await looking;
        seen.wakes.push(...(await wakesOf(client, await sleepers(client))));
        const books: Books = await running.books(startAt);
        // Those of the served ones are of no queue of a known length.
        return { ...books, wakes: [] };
      },
      stop: async () => {
        await running.stop();
        await connection.close();
      },
    };
  };
  return { contest: { ...inner, prepare }, seen };
}

/** Ramps up to each number, then holds it. */
function schedule({ waiting, waitingMs, overloadSpan, seed }: Plan): {
  readonly steps: readonly Step[];
  readonly arrivals: readonly Arrival[];
  readonly span: Span;
} {
  const { windowMs, perWindow } = overloadSpan;
  const steps: Step[] = [];
  const ramp: Arrival[] = [];
  let at = 0;
  let started = 0;
  for (const target of waiting) {
    for (; started < target; started += 1) {
      ramp.push({ id: `ramp-${started}`, atMs: at, process: 0 });
      at += 1_000 / STARTS_PER_SECOND;
    }
    const from = at + SETTLE_MS;
    steps.push({ waiting: target, from, to: from + waitingMs });
    at = from + waitingMs;
  }
  const windows = Math.ceil(at / windowMs);
  const load = { seed, name: 'held', durationMs: at, weights: evenly(1) };
  return {
    steps,
    arrivals: [...ramp, ...poisson(load, perWindow / windowMs)],
    span: { windowMs, perWindow, windows, excluded: 0 },
  };
}

async function look(
  client: Client,
  steps: readonly Step[],
  startAt: number,
  costs: GovernorCost[],
): Promise<void> {
  for (const { waiting, from, to } of steps) {
    await sleep(startAt + from - Date.now());
    const before = await historyBytes(client);
    await sleep(startAt + to - Date.now());
    const after = await historyBytes(client);
    const runs = await governorRuns(client);
    const [newest] = runs;
    if (newest === undefined) throw new Error('there is no governor to look at');
    const state: unknown = await client.workflow.getHandle(newest.workflowId).query(ENTITY_QUERIES.state);
    const updates = (await Promise.all(runs.map((run) => updatesOf(client, run)))).flat();
    const during = updates.filter(({ at }) => at >= startAt + from && at < startAt + to);
    costs.push({
      waiting,
      stateBytes: Buffer.byteLength(JSON.stringify(state)),
      historyBytesPerMinute: ((after - before) * 60_000) / (to - from),
      rates: ratesOf(during, (to - from) / 1_000),
    });
  }
}

async function historyBytes(client: Client): Promise<number> {
  return (await governorRuns(client)).reduce((sum, { historySize }) => sum + historySize, 0);
}

async function sleepers(client: Client): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({
    query: `WorkflowType = 'geminiGeneration' AND ExecutionStatus = 'Running'`,
  })) {
    ids.push(workflowId);
    if (ids.length === SLEEPERS) break;
  }
  return ids;
}

export function tellGrowth({ costs, wakes }: Growth['seen']): void {
  for (const { waiting, stateBytes, historyBytesPerMinute, rates } of costs) {
    console.log(
      `  ${waiting} waiting: state ${stateBytes} bytes, history ${Math.round(historyBytesPerMinute)} bytes a minute, ` +
        `updates/s process ${rates.processPeak} (${rates.processMean.toFixed(2)}), fleet ${rates.fleetPeak} (${rates.fleetMean.toFixed(2)})`,
    );
  }
  if (wakes.length > 0) {
    console.log(`  Wakes so far of ${wakes.length} that still wait: ${Math.max(...wakes)} at most.`);
  }
}
