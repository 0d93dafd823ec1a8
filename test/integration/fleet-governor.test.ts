/**
 * One governor on a real server, asked by many processes, continued as new under load, lost. No provider:
 * what is looked at is who was leased which time, and what stands in history.
 */
import { describe, expect, it } from 'vitest';
import type { ExchangeRequest } from '../../src/contract/exchange.ts';
import { ENTITY_UPDATES, FAILURES, governorWorkflowId } from '../../src/contract/names.ts';
import type { FleetQuotaBroker } from '../../src/quota/fleet-broker.ts';
import { asking } from '../support/asking.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import type { Brokers } from '../support/fleet-brokers.ts';
import { MODEL, startBrokers } from '../support/fleet-brokers.ts';
import { leasedTimes, leasedTwice } from '../support/governor-history.ts';
import { mostIn } from '../support/windows.ts';

const SLOW = 180_000;
const seconds = (n: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, n * 1_000));

/** Calls that never end: each takes a slot, uses it and wants the next. Stops with what it returns. */
function calling(all: Brokers, broker: FleetQuotaBroker, used: () => void, waiting = 1): () => void {
  const ending = new AbortController();
  const next = (): void => {
    broker.acquire(all.request(), { maxWaitMs: 600_000, signal: ending.signal }).then(
      (answer) => {
        if (answer.kind === 'slot') {
          used();
          broker.report(answer, { kind: 'used', sentAfterMs: 1 });
        }
        if (!ending.signal.aborted) setImmediate(next);
      },
      () => undefined,
    );
  };
  for (let n = 0; n < waiting; n += 1) next();
  return () => ending.abort();
}

describe.concurrent('a governor', { timeout: SLOW }, () => {
  it('continued as new under load: no slot is lost or leased twice, a repeated request is answered as before', async ({
    expect,
    onTestFinished,
  }) => {
    const all = await startBrokers();
    onTestFinished(() => all.close());
    await all.serve();
    const windowMs = 60_000;
    const limit = 720;
    const asks = (process: string, n: number, wanted: number): ExchangeRequest =>
      asking(process, n, Date.now(), { config: { rpm: limit }, wanted });
    // Its answer is lost, and asked for again in a later run.
    const lost = asks('early', 1, 5);
    const first = await all.link().exchange(all.quotaId, lost);
    expect(first.lanes[0]?.slots).toHaveLength(5);
    const { runId } = await all.governor().describe();

    // More than two runs of updates, always some of them in flight.
    const each = 70;
    const processes = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
    await Promise.all(
      processes.map(async (process) => {
        const link = all.link();
        for (let n = 1; n <= each; n += 1) {
          const request = asks(process, n, 3 * n);
          const answered = await eventually('an answer', () =>
            link.exchange(all.quotaId, request).catch(() => undefined),
          );
          expect(answered.requestId).toBe(request.requestId);
        }
      }),
    );
    expect((await all.governor().describe()).runId).not.toBe(runId);
    const again = await all.link().exchange(all.quotaId, lost);
    expect({ at: again.at, slots: again.lanes[0]?.slots }).toEqual({
      at: first.at,
      slots: first.lanes[0]?.slots,
    });

    const { runs, exchanges, failedTasks } = await all.history();
    expect(runs).toBeGreaterThan(2);
    expect((await all.view()).exchanges).toBe(1 + processes.length * each);
    expect(leasedTwice(exchanges, MODEL)).toEqual([]);
    expect(mostIn(leasedTimes(exchanges, MODEL), windowMs)).toBeLessThanOrEqual(limit);
    expect(failedTasks).toEqual([]);
  });

  it('what it refuses leaves no trace in its history', async ({ expect, onTestFinished }) => {
    const all = await startBrokers();
    onTestFinished(() => all.close());
    await all.serve();
    await all.ask('p1', { wanted: 1 });
    const { historyLength } = await all.governor().describe();
    for (const [update, argument] of [
      [ENTITY_UPDATES.exchange, { requestId: 'r' }],
      [ENTITY_UPDATES.command, { kind: 'resume', hold: 'h-9', by: 'ann', why: 'fixed' }],
    ] as const) {
      const refusal = await errorOf(all.governor().executeUpdate(update, { args: [argument] }));
      expect(refusal.cause).toMatchObject({ type: FAILURES.command });
    }
    expect((await all.governor().describe()).historyLength).toBe(historyLength);
  });

  it('deleted: a process that knew it tells so, and nothing is leased for a window', async ({
    expect,
    onTestFinished,
  }) => {
    const all = await startBrokers();
    onTestFinished(() => all.close());
    await all.serve();
    const windowMs = 3_000;
    const broker = all.broker({ rpm: 30 }, windowMs);
    let used = 0;
    const stop = calling(all, broker, () => (used += 1));
    onTestFinished(stop);
    await eventually('calls', () => used > 3);
    const { epoch } = await all.view();
    await all.client.workflowService.deleteWorkflowExecution({
      namespace: all.client.options.namespace,
      workflowExecution: { workflowId: governorWorkflowId(all.quotaId) },
    });
    const next = await eventually('another epoch that was asked once', async () => {
      const state = await all.state().catch(() => undefined);
      return state !== undefined && state.epoch !== epoch && state.exchanges > 0 ? state : undefined;
    });
    expect(next.lostEpoch).toBe(epoch);
    const before = used;
    await eventually('calls again', () => used > before + 3);
    const [earliest = 0] = leasedTimes((await all.history()).exchanges, MODEL);
    expect(earliest).toBeGreaterThanOrEqual(next.quietUntil);
  });

  it('knows as much of 5,000 that wait as of 200: exchanges and state stay small', async ({
    expect,
    onTestFinished,
  }) => {
    const all = await startBrokers();
    onTestFinished(() => all.close());
    await all.serve();
    const sizes: number[] = [];
    for (const waiting of [200, 5_000]) {
      const broker = all.broker({ rpm: 20 });
      const ending = new AbortController();
      for (let n = 0; n < waiting; n += 1) {
        broker.acquire(all.request(), { maxWaitMs: 7_200_000, signal: ending.signal }).catch(() => undefined);
      }
      const told = await eventually('their demand', async () => {
        const { processes } = await all.view().catch(() => ({ processes: [] }));
        return processes.some(({ process, waiting: n }) => process === broker.process && n > waiting / 2);
      });
      expect(told).toBe(true);
      sizes.push(JSON.stringify(await all.state()).length);
      ending.abort();
      await broker.close();
    }
    const [few = 0, many = 0] = sizes;
    expect(many).toBeLessThan(few * 1.1);
    const { exchanges, bytes } = await all.history();
    for (const exchange of exchanges) expect(exchange.bytes).toBeLessThan(10_000);
    expect(bytes / exchanges.length).toBeLessThan(12_000);
  });
});

describe('fifty processes that join at once', { timeout: SLOW }, () => {
  it('all of them are answered, and once they are settled the governor is asked 20 times a second at most', async () => {
    const all = await startBrokers();
    await all.serve();
    const used = new Map<FleetQuotaBroker, number>();
    const stops = Array.from({ length: 50 }, () => {
      const broker = all.broker({ rpm: 600 });
      used.set(broker, 0);
      return calling(all, broker, () => used.set(broker, (used.get(broker) ?? 0) + 1), 2);
    });
    await eventually('calls of each', () => [...used.values()].every((calls) => calls > 0));
    const settledAt = Date.now();
    // Of fifty each asks once in ten seconds.
    const watchedS = 16;
    await seconds(watchedS);
    const { exchanges, failedTasks } = await all.history();
    const settled = exchanges.filter(({ at }) => at > settledAt);
    expect(new Set(settled.map(({ request }) => request.process)).size).toBe(50);
    expect(settled.length / watchedS).toBeLessThanOrEqual(20);
    expect(leasedTwice(exchanges, MODEL)).toEqual([]);
    expect(failedTasks).toEqual([]);
    for (const stop of stops) stop();
    await all.close();
  });
});
