/**
 * One governor on a real server, asked by many processes, continued as new under load, lost. No provider:
 * what is looked at is who was leased which time, and what stands in history.
 */
import { describe, expect, it } from 'vitest';
import type { ExchangeRequest } from '../../src/contract/exchange.ts';
import { governorWorkflowId } from '../../src/contract/names.ts';
import type { FleetQuotaBroker } from '../../src/quota/fleet-broker.ts';
import { eventually } from '../support/eventually.ts';
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
    await eventually('calls of every process', () => [...used.values()].every((calls) => calls > 1), 60_000).catch(async (e) => {
      const { exchanges } = await all.history();
      const of = new Map();
      for (const x of exchanges) of.set(x.request.process, (of.get(x.request.process) ?? 0) + 1);
      console.log([...used].map(([b, n]) => `${b.process.split('/')[0]}:${n}/${of.get(b.process) ?? 0}/${JSON.stringify(b.stats())}`).join(' '));
      const stuck = [...used].find(([, n]) => n === 0)?.[0];
      console.log(exchanges.filter((x) => x.request.process === stuck?.process).map((x) => JSON.stringify({ r: x.request.lanes, routes: x.request.routes, a: { ...x.answer, lanes: x.answer.lanes.map((l) => ({ ...l, others: l.others.length })) } })).join('\n').slice(0, 6000));
      throw e;
    });
    const settledAt = Date.now();
    await seconds(10);
    const { exchanges, failedTasks } = await all.history();
    const settled = exchanges.filter(({ at }) => at > settledAt);
    expect(new Set(settled.map(({ request }) => request.process)).size).toBe(50);
    expect(settled.length / 10).toBeLessThanOrEqual(20);
    expect(leasedTwice(exchanges, MODEL)).toEqual([]);
    expect(failedTasks).toEqual([]);
    for (const stop of stops) stop();
    await all.close();
  });
});
