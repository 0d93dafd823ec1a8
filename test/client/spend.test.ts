/** The report's sums against the provider's own ledger: every call, every bill, every dollar. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EndedGeneration } from '../../src/client/ended.ts';
import { ServerUnreachable } from '../../src/client/errors.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import { nanosOf } from '../../src/domain/tally.ts';
import { reportSchema } from '../../src/schema/report.ts';
import { InvalidRequest } from '../../src/schema/request.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import { ownNamespace } from '../support/namespaces.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

let rig: Rig;
const begun = new Date(Date.now() - 60_000);

const FLASH = 'gemini-3.1-flash-image';
const SMALL = { model: FLASH, size: '1K', urgency: 'standard' } as const;
const DELIVERED = [
  { prompt: 'a fox', tenant: 'acme' },
  { prompt: 'a hen', tenant: 'acme' },
  { prompt: 'an owl [[fault:capacity*1]]' },
  { prompt: 'a cat [[fault:internal*1]]', tenant: '<b>acme</b>' },
  // The image was made and charged, and its answer lost: possibly billed, then made again.
  { prompt: 'a dog [[fault:reset-after*1]]', tenant: 'acme' },
] as const;
const DEAD = [{ prompt: 'a ghost [[fault:prohibited-content]]', tenant: 'acme' }] as const;
const ALL = DELIVERED.length + DEAD.length;

beforeAll(async () => {
  rig = await startRig({ server: await ownNamespace() });
  await rig.worker();
  const started = await Promise.all(
    [...DELIVERED, ...DEAD].map((one) => rig.images.start({ ...SMALL, ...one })),
  );
  await Promise.allSettled(started.map(({ id }) => rig.images.result(id)));
  await eventually('all of them in visibility', async () => (await runs()).length === ALL);
});
afterAll(() => rig.close());

async function runs(): Promise<readonly EndedGeneration[]> {
  const all: EndedGeneration[] = [];
  for await (const run of rig.images.ended({ since: begun })) all.push(run);
  return all;
}

/** USD of a generation's calls whose answers were delivered, in millionths: the ledger rounds each call to one. */
const ledgerMicros = (id?: string): number =>
  rig
    .calls(id)
    // Its client never heard of it: that is what is possible, and not sure.
    .filter(({ delivered }) => delivered === 'whole')
    .reduce((sum, { usd }) => sum + Math.round(usd * 1e6), 0);

describe('the report', () => {
  it('has every call and every bill of the ledger', async () => {
    const report = await rig.images.report({ since: begun });
    const { total, coverage } = report;
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    expect(coverage).toMatchObject({ complete: true, lookedAt: ALL, running: 0, readFromResults: 0 });
    expect(coverage.retentionDays).toBe(1);
    expect(total.unknown).toEqual({ terminated: 0, 'timed-out': 0, 'no-tally': 0 });
    expect(total.calls).toBe(rig.calls().length);
    expect(total.billed + total.maybeBilled).toBe(rig.bills());
    expect(total.maybeBilled).toBe(1);
    expect(total).toMatchObject({ generations: ALL, delivered: DELIVERED.length, dead: 1, images: 5 });
    // No generation has two billed answers here, so rounding as the ledger does makes each of them equal.
    for (const { id, tally } of await runs()) {
      const calls = typeof tally === 'string' ? [] : tally.calls;
      const micros = calls.reduce((sum, { sureUsd }) => sum + Math.round(sureUsd * 1e6), 0);
      expect([id, micros]).toEqual([id, ledgerMicros(id)]);
    }
    expect(Math.abs(total.sureUsd * 1e6 - ledgerMicros())).toBeLessThanOrEqual(rig.calls().length / 2);
    // At the worst price, which is above what it really cost.
    const lost = rig.calls().find(({ delivered }) => delivered !== 'whole');
    expect(total.possibleUsd).toBeGreaterThanOrEqual(lost?.usd ?? 0);
    expect(total.wastedPossibleUsd).toBe(total.possibleUsd);
  });

  it('names what failed as the provider struck', async () => {
    const { failures, ends } = await rig.images.report({ since: begun });
    expect(failures.map(({ key, calls, generations }) => [key, calls, generations]).toSorted()).toEqual([
      ['capacity/overloaded', 1, 1],
      ['internal/internal', 1, 1],
      ['network/reset', 1, 1],
      ['policy/prohibited-content', 1, 1],
    ]);
    expect(ends).toEqual([{ verdict: 'policy/prohibited-content', generations: 1 }]);
  });

  it('spend by anything adds up to the same total', async () => {
    const { total } = await rig.images.report({ since: begun });
    for (const by of ['day', 'model', 'branch', 'tenant', 'urgency', 'hour', 'route'] as const) {
      const { lines, ...spent } = await rig.images.spend({ since: begun, by });
      expect(lines.reduce((sum, { sureUsd }) => sum + nanosOf(sureUsd), 0)).toBe(nanosOf(total.sureUsd));
      expect(lines.reduce((sum, { calls }) => sum + calls, 0)).toBe(total.calls);
      expect(spent.complete).toBe(true);
    }
    const { lines } = await rig.images.spend({ since: begun, by: 'tenant' });
    expect(lines.map(({ key }) => key).toSorted()).toEqual(['', '<b>acme</b>', 'acme']);
  });

  it('a part is told as a part, with how far it reaches', async () => {
    const part = await rig.images.countEnded({ since: begun, most: 1 });
    expect(part).toMatchObject({ complete: false, lookedAt: ALL });
    expect(part.countedSince).toBeInstanceOf(Date);
    const none = await rig.images.countEnded({ since: begun, until: new Date(begun.getTime() + 1) });
    expect(none).toMatchObject({ complete: true, lookedAt: 0 });
    expect(none.figures.total.calls).toBe(0);
  });
});

describe('a clean generation', () => {
  it('tells its sum in one event: 13 in all, far below 16 KiB', async () => {
    const { id } = await rig.images.generate({ ...SMALL, prompt: 'a clean fox' });
    const handle = rig.client.workflow.getHandle(id);
    const { events } = await handle.fetchHistory();
    expect(events).toHaveLength(13);

    expect((await handle.describe()).historySize).toBeLessThan(12 * 1024);
  });
});

describe('runs without a tally', () => {
  it('one of an earlier release is told by its result, up to a limit; then as unknown', async () => {
    const { id } = await rig.images.generate({ ...SMALL, prompt: 'an old fox' });
    const cost = (await rig.images.result(id)).cost;
    const { tallyFromOutcome } = await import('../../src/client/tally-from-outcome.ts');
    const { runId } = await rig.client.workflow.getHandle(id).describe();
    const run = { id, runId, endedAt: Date.now() };
    const told = await tallyFromOutcome({ client: rig.client, deadlineMs: 10_000 }, run);
    expect(told).toMatchObject({ end: 'done', images: 1, calls: [{ model: FLASH, calls: 1, billed: 1 }] });
    expect(nanosOf(told?.calls[0]?.sureUsd ?? 0)).toBe(nanosOf(cost.sureUsd));
  });

  it('a terminated one is counted as cost unknown, and never asked for', async () => {
    const since = new Date();
    const { id } = await rig.images.start({ ...SMALL, prompt: 'a slow fox [[fault:slow-headers(30s)]]' });
    await eventually('the call under way', () => rig.calls(id).length === 1);
    await rig.client.workflow.getHandle(id).terminate('the test is over');
    const counted = await eventually('it in visibility', async () => {
      const { figures } = await rig.images.countEnded({ since });
      return figures.unknown.terminated === 1 && figures;
    });
    expect(counted.total.generations).toBe(0);
  });
});

describe('budgets', () => {
  it('a tenant without one is told so; where there is none, none is listed', async () => {
    const [sight] = await rig.images.budgets({ tenant: 'nobody' });
    expect(sight).toEqual({ tenant: 'nobody', unreachable: expect.stringContaining('no budget') });
    expect(await rig.images.budgets()).toHaveLength(0);
  });
});

describe('bad input', () => {
  it.each([
    ['since', { since: new Date(NaN) }],
    ['since', { since: new Date(2), until: new Date(1) }],
    ['availability', { since: new Date(1), availability: 101 }],
  ])('%s is named', async (field, options) => {
    const error = await errorOf(rig.images.report(options));
    expect(error).toBeInstanceOf(InvalidRequest);
    expect((error as InvalidRequest).problems[0]?.field).toBe(field);
  });

  it('spend by what is not counted names what is', async () => {
    const error = await errorOf(rig.images.spend({ since: begun, by: 'colour' as never }));
    expect(error.message).toContain('by');
    expect(error.message).toContain('tenant');
  });

  it('a server that is away is said, not waited for', async () => {
    const away = GeminiImages.connect({ address: '127.0.0.1:1', store: rig.store, rpcDeadlineMs: 500 });
    expect(await errorOf(away)).toBeInstanceOf(ServerUnreachable);
  });
});
