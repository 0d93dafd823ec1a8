/**
 * The audit on real generations, with a text model, a file storage and people: it finds nothing wrong with
 * what is right, and it finds what is taken away.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit } from '../../../scripts/demo/audit.ts';
import { image } from '../../artifacts/images.ts';
import { errorOf } from '../../support/eventually.ts';
import type { Rig } from '../../support/rig.ts';
import { asked, BY, LEAKED, startOperatorRig, twoRoutes } from '../../client/operator-rig.ts';

let rig: Rig;
let rewritten: string;

beforeAll(async () => {
  rig = await startOperatorRig({ emulator: { keepExpiredFiles: true } });
  await rig.worker(twoRoutes(rig));
  const { images } = rig;
  const prompt = 'Mickey Mouse in Nike shoes [[fault:image-safety*always]]';
  const large = await Promise.all([1_600, 1_601, 1_602].map((side) => image('png', side)));
  const inputs = large.map((bytes) => ({ bytes }));
  const dead = await images.start({ prompt: 'a bear [[fault:prohibited-content]]' });
  [rewritten] = await Promise.all([
    images.generate({ prompt, allow: { rewrite: 'auto' } }).then(({ id }) => id),
    images.generate({ prompt: 'a collage [[fault:file-403]]', inputs }),
    errorOf(dead.result()).then(async () => {
      await images.revive(dead.id, { ...BY, change: { prompt: 'a bear in the wood' } });
      await dead.result();
    }),
  ]);
  // Last, because it holds the key: nothing else is called with it from then on.
  const held = await images.start({ prompt: `a fox ${LEAKED}` });
  const ended = await images.start({ prompt: `an owl ${LEAKED}` });
  await Promise.all([
    asked(rig, held.id).then(async ({ ask: { evidence } }) => {
      await images.decide(held.id, { choice: 'route-out', ...BY, evidence });
      await held.result();
    }),
    asked(rig, ended.id).then(async ({ ask: { evidence } }) => {
      await images.decide(ended.id, { choice: 'reject', ...BY, evidence });
      await errorOf(ended.result());
    }),
  ]);
});
afterAll(() => rig.close());

async function audited(ledger = rig.emulator.calls()) {
  const { client, store } = rig;
  const where = `TaskQueue = '${rig.taskQueue}'`;
  return await audit({ client, store, ledger, where, asksWorkers: true });
}

it('all is in the books: images, words, uploads, and who decided', async () => {
  const { totals, findings, generations } = await audited();
  expect(findings).toEqual([]);
  expect(totals).toMatchObject({ generations: 5, done: 4, dead: 1, images: 4, waiting: 0 });
  expect(totals).toMatchObject({ rewritten: 1, approved: 1, rejected: 1, revived: 1 });
  expect(totals.byBranch).toMatchObject({ words: 1, success: 4, file: 1 });
  const words = generations.find(({ id }) => id === rewritten);
  expect(words).toMatchObject({ calls: 4, paid: 2, promptChange: { remedy: 'rewrite' } });
});

it('I1: histories and answers to queries stay under 16 KiB, and both are measured', async () => {
  const { client, store, emulator, taskQueue } = rig;
  const ledger = emulator.calls();
  const where = `TaskQueue = '${taskQueue}'`;
  const quiet = await audit({ client, store, ledger, where });
  const { totals } = await audited();
  expect(totals.maxPayloadBytes).toBeGreaterThanOrEqual(quiet.totals.maxPayloadBytes);
  expect(totals.maxPayloadBytes).toBeLessThanOrEqual(16 * 1024);
});

it('the attempts of a revived generation are those of all its runs', async () => {
  const { generations } = await audited();
  const revived = generations.find(({ revivals }) => revivals.length > 0);
  expect(revived?.attempts.map(({ n }) => n)).toEqual([1, 2]);
  expect(revived?.revivals).toMatchObject([{ by: 'ann', changed: 'prompt' }]);
});

it('a bill that nobody booked is found, for words too', async () => {
  const ledger = rig.emulator.calls();
  const text = ledger.findLast(
    ({ generation, usd, billed }) => generation?.id === rewritten && usd > 0 && !billed,
  );
  if (text === undefined) throw new Error('the text model was not called');
  const twin = { ...text, at: new Date(Date.parse(text.at) - 60_000).toISOString() };
  const before = ledger.indexOf(text);
  const { totals } = await audited(ledger.toSpliced(before, 0, twin));
  expect(totals.paidTwice).toBe(1);
});

it('an answer in words that is not in the store any more is lost', async () => {
  const names = await rig.store.listRecords(`attempts/${rewritten}/`);
  const outcome = names.find((name) => name.endsWith('3/outcome')) ?? '';
  const { raw } = (await rig.store.readRecord(outcome)) as { raw: { sha256: string } };
  await remove(raw.sha256);
  const { totals } = await audited();
  expect(totals.lost).toBe(1);
});

async function remove(sha256: string): Promise<void> {
  await rm(join(rig.directory, 'sha256', sha256.slice(0, 2), sha256.slice(2)));
}
