/** What bench:ladder says of a party: from the provider's ledger, and from images that decode. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Call, Figures } from '../../bench/ladder/judge.ts';
import { judge, lastLine } from '../../bench/ladder/judge.ts';
import { PARTIES } from '../../bench/ladder/party.ts';
import type { Ask } from '../../bench/ladder/trace.ts';
import { PRIMARY } from '../../bench/ladder/trace.ts';

const START = 1_000_000;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ladder-judge-'));
  const side = async (id: string, pixels: number): Promise<void> => {
    const create = { width: pixels, height: pixels, channels: 3, background: 'red' } as const;
    await writeFile(join(directory, id), await sharp({ create }).jpeg().toBuffer());
  };
  await side('0000', 1024);
  await side('0001', 512);
  await side('0002', 300);
  await writeFile(join(directory, '0003'), 'no image');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const asks = Array.from({ length: 8 }, (_, k): Ask => ({
  ...{ id: `000${k}`, atMs: 100 * k, process: 0, prompt: `p ${k}` },
  prohibited: k >= 6,
}));

function call(about: Partial<Call>): Call {
  const plain = { at: START, model: PRIMARY, status: 200, decision: 'image', billed: true, usd: 0.1 };
  return { ...plain, whole: true, ...about };
}

const PROHIBITED = { decision: 'safety:prohibited-content', billed: false, usd: 0 };

function judged(calls: readonly Call[]): Promise<Figures> {
  const got = ['0000', '0001', '0002', '0003'].map((id) => ({ id, gotAt: START + 2_000 }));
  return judge(asks, calls, [...got, { id: '0004', why: 'status 503' }], directory, START);
}

test('only images that decode, at the size asked for or a permitted smaller one, are delivered', async () => {
  const figures = await judged([call({})]);
  expect(figures).toMatchObject({ asked: 6, images: 2, delivered: 2 / 6, unusable: 2 });
  expect(figures.reasons).toEqual({
    'not an image of a permitted size': 2,
    'status 503': 1,
    'not done in time': 1,
  });
  expect([figures.p50Ms, figures.p95Ms]).toEqual([1_900, 2_000]);
});

test('calls, bills, dollars and 429s are what the ledger says, over the images delivered', async () => {
  const refused = { status: 429, decision: 'quota:rpd', billed: false, usd: 0 };
  const figures = await judged([call({}), call({}), call({ usd: 0.4 }), call(refused), call(refused)]);
  expect(figures).toMatchObject({ calls: 5, paid: 3, callsPerImage: 2.5, paidPerImage: 1.5, caused429: 2 });
  expect(figures.usdPerImage).toBeCloseTo(0.3);
});

test('a prohibited prompt is resent only once its verdict had arrived', async () => {
  const verdict = { ...PROHIBITED, at: START + 10, endedAt: START + 20 };
  const lost = { ...verdict, whole: false };
  const first = { ...call(verdict), ask: '0006' };
  const count = async (...calls: readonly Call[]): Promise<number> => (await judged(calls)).policyResent;
  expect(await count(first)).toBe(0);
  expect(await count(first, { ...call(PROHIBITED), ask: '0006', at: START + 30 })).toBe(1);
  expect(await count(first, { ...call(PROHIBITED), ask: '0007', at: START + 30 })).toBe(0);
  expect(await count(call({ ...lost, ask: '0006' }), { ...first, at: START + 30, endedAt: START + 40 })).toBe(
    0,
  );
});

test('the last line has every party and its four numbers; without one of them there is none', async () => {
  const own = await judged([call({}), call({}), call({})]);
  const all = PARTIES.map((party) => ({ party, ...own }));
  const summary = { delivered: 0.3333, paidPerImage: 1.5, caused429: 0, policyResent: 0 };
  expect(JSON.parse(lastLine(all))).toEqual(Object.fromEntries(PARTIES.map((party) => [party, summary])));
  expect(Object.keys(JSON.parse(lastLine(all)) as object)).toEqual([...PARTIES]);
  expect(() => lastLine(all.slice(0, -1))).toThrow('there are no figures of litellm');
});
