/**
 * A long queue drains in its order: four processes under one limit, and the emulator's ledger says who was
 * sent when. Hundreds here; for the thousands that the design speaks of, at a pace that two cores can take in,
 * `DRAIN_CROWD=5000 DRAIN_PER_WINDOW=100 DRAIN_ARRIVALS=20` (bench/BENCHMARKS.md).
 */
import type { WorkflowHandle } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { FleetRig } from '../support/fleet-rig.ts';
import { REQUEST, startFleetRig, WINDOW_MS } from '../support/fleet-rig.ts';

const CROWD = Number(process.env['DRAIN_CROWD'] ?? 200);
/** Calls in each of the provider's minutes, which are 20 s. */
const PER_WINDOW = Number(process.env['DRAIN_PER_WINDOW'] ?? 100);
/** Generations started in each second: a server that is asked for more takes them in another order. */
const ARRIVALS = Number(process.env['DRAIN_ARRIVALS'] ?? 30);
const PROCESSES = 4;
const STARTS_AT_ONCE = 16;
const DRAIN_MS = 120_000 + 3 * (CROWD / PER_WINDOW) * WINDOW_MS;
/** Who came more than 10 s later never goes first. */
const MOST_OVERTAKEN_MS = 10_000;
const MOST_WAKES = 5;
/** Looked at: those who waited longest. */
const SAMPLE = 40;

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

interface Started {
  readonly id: string;
  readonly urgency: 'interactive' | 'standard';
}

interface Arrived extends Started {
  /** By the server's clock: a busy caller hears of its start later than it began. */
  readonly at: number;
  /** So long its tasks lay in the server's queues, until a worker took them: no order is kept there. */
  readonly unattendedMs: number;
  readonly events: readonly HistoryEvent[];
}

let rig: FleetRig;
let arrived: readonly Arrived[];
/** By generation, when its first call came to the provider. */
let sent: ReadonlyMap<string, number>;

async function start(): Promise<readonly Started[]> {
  const all: Started[] = [];
  const begun = Date.now();
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < CROWD) {
      const n = next++;
      const urgency = n % 10 === 0 ? 'interactive' : 'standard';
      const turn = begun + (n * 1_000) / ARRIVALS - Date.now();
      if (turn > 0) await new Promise((resolve) => setTimeout(resolve, turn));
      // None may be late by its deadline: what is looked at is the order.
      const { id } = await rig.images.start({ ...REQUEST, urgency, deadlineMs: 86_400_000 });
      all.push({ id, urgency });
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, one));
  return all;
}

const timeOf = (event: HistoryEvent | undefined): number => tsToMs(event?.eventTime);

/** Milliseconds before `until` in which a task of the generation was due and no worker had taken it. */
function unattendedMs(events: readonly HistoryEvent[], until: number): number {
  const scheduledAt = new Map(events.map((event) => [String(event.eventId), timeOf(event)]));
  return events.reduce((sum, event) => {
    const { workflowTaskStartedEventAttributes: task, activityTaskStartedEventAttributes: activity } = event;
    const due = scheduledAt.get(String((task ?? activity)?.scheduledEventId));
    // A later attempt began when its retry said so.
    const isFirst = activity == null || activity.attempt === 1;
    return due !== undefined && isFirst && timeOf(event) <= until ? sum + timeOf(event) - due : sum;
  }, 0);
}

async function arrivals(started: readonly Started[]): Promise<readonly Arrived[]> {
  const left = [...started];
  const all: Arrived[] = [];
  const one = async (): Promise<void> => {
    for (let each = left.pop(); each; each = left.pop()) {
      const { events } = await rig.client.workflow.getHandle(each.id).fetchHistory();
      if (events == null) throw new Error(`${each.id} has no history`);
      all.push({
        ...each,
        at: timeOf(events[0]),
        unattendedMs: unattendedMs(events, sent.get(each.id) ?? 0),
        events,
      });
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, one));
  return all;
}

beforeAll(async () => {
  rig = await startFleetRig({ provider: { rpm: PER_WINDOW } });
  await Promise.all(Array.from({ length: PROCESSES }, () => rig.fleetProcess()));
  const started = await start();
  await eventually(`${CROWD} calls`, () => rig.calls().length >= CROWD, DRAIN_MS);
  sent = new Map(
    rig
      .calls()
      .map(({ generation, at }): [string, number] => [generation?.id ?? '', Date.parse(at)])
      .toReversed(),
  );
  arrived = await arrivals(started);
}, DRAIN_MS + 60_000);
afterAll(() => rig.close());

it('each is called once, no window holds more than its limit, nothing is refused', () => {
  expect(new Set(sent.keys())).toEqual(new Set(arrived.map(({ id }) => id)));
  expect(rig.calls()).toHaveLength(CROWD);
  expect(rig.windows().most).toBeLessThanOrEqual(PER_WINDOW);
  expect(rig.refused()).toBe(0);
});

it.each(['interactive', 'standard'] as const)(
  '%s: nobody goes before one of its urgency that came 10 s earlier and whose tasks found a worker',
  (urgency) => {
    const bySend = arrived
      .filter((each) => each.urgency === urgency)
      .toSorted((a, b) => (sent.get(a.id) ?? 0) - (sent.get(b.id) ?? 0));
    let latest = -Infinity;
    let overtakenMs = 0;
    for (const { at, unattendedMs: lag } of bySend) {
      overtakenMs = Math.max(overtakenMs, latest - (at + lag));
      latest = Math.max(latest, at);
    }
    expect(bySend.length).toBeGreaterThan(0);
    expect(overtakenMs).toBeLessThanOrEqual(MOST_OVERTAKEN_MS);
  },
);

it('a generation wakes at most five times before its turn, and no workflow task fails', async () => {
  const waited = ({ id, at }: Arrived): number => (sent.get(id) ?? 0) - at;
  const longest = arrived.toSorted((a, b) => waited(b) - waited(a)).slice(0, SAMPLE);
  for (const { id, events } of longest) {
    const of = (attributes: 'timerFiredEventAttributes' | 'workflowTaskFailedEventAttributes'): number =>
      events.filter((event) => event[attributes] != null).length;
    expect({ id, wakes: of('timerFiredEventAttributes') <= MOST_WAKES }).toEqual({ id, wakes: true });
    expect({ id, failed: of('workflowTaskFailedEventAttributes') }).toEqual({ id, failed: 0 });
  }
  expect((await rig.history()).failedTasks).toEqual([]);
});
