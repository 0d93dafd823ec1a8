/**
 * Thousands by one call: read only while there is room, each key one generation in every run (I11), a budget that
 * is not passed by new starts, and outages that end nothing. The emulator's ledger is judge of what was paid.
 */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BulkItem, BulkLine, BulkOptions } from '../../src/client/bulk-item.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import { startCutLine } from '../support/cut-line.ts';
import { eventually } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
  await rig.worker();
});
afterAll(() => rig.close());

const ID = (): string => `bulk-${randomUUID().slice(0, 8)}`;
const REFUSED = '[[fault:invalid-request*always]]';

function foxes(n: number, more: object = {}): readonly BulkLine[] {
  return Array.from({ length: n }, (_, i) => ({
    key: `fox-${i}`,
    request: { prompt: `a fox, number ${i}`, ...more },
  }));
}

async function all(
  lines: Iterable<BulkLine> | AsyncIterable<BulkLine>,
  options: BulkOptions,
  images = rig.images,
): Promise<readonly BulkItem[]> {
  const items: BulkItem[] = [];
  for await (const item of images.submit(lines, options)) items.push(item);
  return items;
}

function kinds(items: readonly BulkItem[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { outcome } of items) counts[outcome.kind] = (counts[outcome.kind] ?? 0) + 1;
  return counts;
}

const idsOf = (items: readonly BulkItem[]): readonly string[] =>
  items.flatMap(({ generationId }) => generationId ?? []);

describe('a bulk', () => {
  it('tells how each line ended, and reads the next one only when there is room', async () => {
    const lines: readonly BulkLine[] = [
      ...foxes(30),
      { key: 'refused', request: { prompt: `a fox ${REFUSED}` } },
      { key: 'misspelt', request: { prompt: 'a fox', promt: 'x' } as BulkLine['request'] },
      { key: 'own-key', request: { prompt: 'a fox', idempotencyKey: 'mine' } },
      { key: 'fox#2', request: { prompt: 'a fox' } },
    ];
    let read = 0;
    let taken = 0;
    let ahead = 0;
    async function* source(): AsyncGenerator<BulkLine> {
      for (const line of lines) {
        read += 1;
        ahead = Math.max(ahead, read - taken);
        yield line;
      }
    }
    const items: BulkItem[] = [];
    const bulk = rig.images.submit(source(), { id: ID(), inFlight: 4 });
    for await (const item of bulk) {
      items.push(item);
      taken += 1;
    }
    expect(kinds(items)).toEqual({ result: 30, failure: 1, invalid: 3 });
    // One is in the reader's hands.
    expect(ahead).toBeLessThanOrEqual(5);
    expect(items.map(({ key }) => key).toSorted()).toEqual(lines.map(({ key }) => key).toSorted());
    const why = (key: string): string => {
      const outcome = items.find((item) => item.key === key)?.outcome;
      return outcome?.kind === 'invalid' ? outcome.error.message : String(outcome?.kind);
    };
    expect(why('misspelt')).toContain('promt is not a field');
    expect(why('own-key')).toContain('idempotencyKey');
    expect(why('fox#2')).toContain('must not end as a variant does');
    expect(bulk.progress).toMatchObject({ lines: 34, inFlight: 0, delivered: 30, failed: 1, invalid: 3 });
    expect(bulk.progress.cost.sureUsd).toBeGreaterThan(0);
  });

  it('run again it finds what was started; the same key with another request is refused, that line alone', async () => {
    const id = ID();
    const first = await all(foxes(6), { id });
    const changed = foxes(6).map((line, i) => (i === 2 ? { ...line, request: { prompt: 'a wolf' } } : line));
    const second = await all(changed, { id });
    expect(kinds(second)).toEqual({ result: 5, invalid: 1 });
    expect(second.find(({ outcome }) => outcome.kind === 'invalid')).toMatchObject({
      key: 'fox-2',
      outcome: { error: { name: 'IdempotencyConflict' } },
    });
    expect([...idsOf(second)].toSorted()).toEqual([...idsOf(first)].toSorted());
    for (const each of idsOf(first)) expect(rig.bills(each)).toBe(1);
  });

  it('variants are generations of their own; asked for later, only the new ones are started', async () => {
    const id = ID();
    await all(foxes(2), { id });
    const before = rig.bills();
    const items = await all(foxes(2), { id, variants: 3 });
    expect(items.map(({ key }) => key).toSorted()).toEqual(
      ['fox-0', 'fox-0#2', 'fox-0#3', 'fox-1', 'fox-1#2', 'fox-1#3'].toSorted(),
    );
    expect(new Set(idsOf(items)).size).toBe(6);
    expect(rig.bills() - before).toBe(4);
  });

  it('keys that are skipped are not asked for', async () => {
    const items = await all(foxes(3), { id: ID(), variants: 2, skips: (key) => key !== 'fox-1#2' });
    expect(items.map(({ key }) => key)).toEqual(['fox-1#2']);
  });

  it('a reader that leaves leaves its source too, and what was started goes on', async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<BulkLine> {
      try {
        yield* foxes(50);
      } finally {
        isClosed = true;
      }
    }
    for await (const { outcome } of rig.images.submit(source(), { id: ID(), inFlight: 2 })) {
      expect(outcome.kind).toBe('result');
      break;
    }
    expect(isClosed).toBe(true);
  });

  it('a source that fails fails the bulk, once those in flight have ended', async () => {
    const seen: BulkItem[] = [];
    async function* source(): AsyncGenerator<BulkLine> {
      yield* foxes(3);
      throw new Error('the disk is gone');
    }
    const read = async (): Promise<void> => {
      for await (const item of rig.images.submit(source(), { id: ID() })) seen.push(item);
    };
    await expect(read()).rejects.toThrow('the disk is gone');
    expect(kinds(seen)).toEqual({ result: 3 });
  });

  it.each([
    ['id', { id: 'a b' }],
    ['inFlight', { id: 'a', inFlight: 0 }],
    ['variants', { id: 'a', variants: 101 }],
    ['maxCostUsd', { id: 'a', maxCostUsd: -1 }],
  ])('bad options are refused by name: %s', (field, options) => {
    expect(() => rig.images.submit([], options)).toThrow(field);
  });
});

describe('a budget', () => {
  it('nothing new is started beyond it, what is in flight ends, the rest is told as not started', async () => {
    const id = ID();
    const [one] = await all(foxes(1), { id });
    const price = one?.outcome.kind === 'result' ? one.outcome.result.cost.sureUsd : NaN;
    const before = rig.bills();
    const options = { id, inFlight: 2, maxCostUsd: price * 4.5 };
    const items = await all(foxes(20), options);
    const { result = 0, 'not-started': notStarted = 0 } = kinds(items);
    expect(result + notStarted).toBe(20);
    // The fifth reaches it; one more may be in flight then.
    expect([5, 6]).toContain(result);
    expect(rig.bills() - before).toBe(result - 1);

    // What was started before is told by its result, also where the budget is used up from the beginning.
    const again = await all(foxes(20), { ...options, spentUsd: price * 5 });
    expect(kinds(again)).toEqual({ result, 'not-started': notStarted });
    const rest = await all(foxes(20), { id });
    expect(kinds(rest)).toEqual({ result: 20 });
    for (const each of idsOf(rest)) expect(rig.bills(each)).toBe(1);
  });
});

describe('the bad day', () => {
  it('aborted, it says which go on, and reads no further', async () => {
    const nobody = new GeminiImages({
      client: rig.client,
      store: rig.store,
      taskQueue: `nobody-${randomUUID()}`,
    });
    const over = new AbortController();
    let read = 0;
    async function* source(): AsyncGenerator<BulkLine> {
      for (const line of foxes(1_000)) {
        read += 1;
        yield line;
      }
    }
    const id = ID();
    const items = all(source(), { id, inFlight: 3, signal: over.signal }, nobody);
    const started = `gemini-image/key//${encodeURIComponent(`bulk/${id}/fox-2`)}`;
    await eventually('that the third is started', () =>
      nobody.describe(started).then(
        () => true,
        () => false,
      ),
    );
    over.abort();
    expect(kinds(await items)).toEqual({ running: 3 });
    expect(idsOf(await items)).toContain(started);
    expect(read).toBe(3);
    for (const each of idsOf(await items)) await rig.client.workflow.getHandle(each).terminate('test');
  });

  it('Temporal is away for a while, in the middle of it: all are delivered, none is paid twice', async () => {
    const line = await startCutLine(rig.server.address);
    const connection = await Connection.connect({ address: line.address });
    const client = new Client({ connection, namespace: rig.server.namespace });
    const images = new GeminiImages({
      ...{ client, store: rig.store, taskQueue: rig.taskQueue },
      rpcDeadlineMs: 1_000,
    });
    const items: BulkItem[] = [];
    const bulk = images.submit(foxes(24), { id: ID(), inFlight: 4 });
    for await (const item of bulk) {
      items.push(item);
      if (items.length !== 6) continue;
      line.cut();
      void eventually('that it is told', () => bulk.progress.away !== undefined).finally(() => line.mend());
    }
    expect(kinds(items)).toEqual({ result: 24 });
    for (const each of idsOf(items)) expect(rig.bills(each)).toBe(1);
    await connection.close();
    await line.close();
  });
});
