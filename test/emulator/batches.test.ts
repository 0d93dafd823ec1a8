/** Batch jobs of the emulator: what they cost, how they go on, what they refuse. */
import { GoogleGenAI } from '@google/genai';
import { describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { eventually } from '../support/eventually.ts';
import { call, emulatorFor, FLASH, KEY } from './support.ts';

const AT_ONCE = { queuedMs: 0, runningMs: 0 };

const sdk = (emulator: Emulator, apiKey = KEY) =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: emulator.url } });

const SMALL = { imageConfig: { imageSize: '512', aspectRatio: '1:1' } };
const ask = (text: string) => ({ contents: [{ role: 'user', parts: [{ text }] }], generation_config: SMALL });

const line = (key: string, text: string): string => JSON.stringify({ key, request: ask(text) });

async function createFrom(emulator: Emulator, jsonl: string, displayName = 'job', key = KEY) {
  const ai = sdk(emulator, key);
  const file = await ai.files.upload({ file: new Blob([jsonl]), config: { mimeType: 'application/jsonl' } });
  return ai.batches.create({ model: FLASH, src: file.name ?? '', config: { displayName } });
}

async function get(emulator: Emulator, name = '', key = KEY): Promise<Record<string, unknown>> {
  const response = await fetch(`${emulator.url}/v1beta/${name}`, { headers: { 'x-goog-api-key': key } });
  return (await response.json()) as Record<string, unknown>;
}

async function ended(emulator: Emulator, name = ''): Promise<Record<string, unknown>> {
  return eventually(`${name} has ended`, async () => {
    const job = await get(emulator, name);
    return job['done'] === true ? job : undefined;
  });
}

async function lines(emulator: Emulator, name = ''): Promise<readonly Record<string, unknown>[]> {
  const { response } = await ended(emulator, name);
  const file = (response as { responsesFile: string }).responsesFile;
  const url = `${emulator.url}/download/v1beta/${file}:download?alt=media`;
  const text = await (await fetch(url, { headers: { 'x-goog-api-key': KEY } })).text();
  return text
    .trim()
    .split('\n')
    .map((one) => JSON.parse(one) as Record<string, unknown>);
}

const items = (emulator: Emulator) => emulator.calls().filter(({ method }) => method === 'batch.item');

describe('batch: what it costs', () => {
  test('each request is an entry of its own, under its generation, at half the price of a live one', async () => {
    const emulator = await emulatorFor({ batch: AT_ONCE });
    await call(emulator, 'a fox', { config: SMALL });
    const job = await createFrom(emulator, [line('g-1/2', 'a fox'), line('odd key', 'a fox')].join('\n'));
    await ended(emulator, job.name);
    const [live] = emulator.calls().filter(({ method }) => method === 'generateContent');
    expect(items(emulator)).toMatchObject([
      { generation: { id: 'g-1', n: 2 }, batch: { job: job.name, key: 'g-1/2', line: 1 }, billed: true },
      { batch: { job: job.name, key: 'odd key', line: 2 }, billed: true, decision: 'image' },
    ]);
    expect(items(emulator)[0]?.usd).toBeCloseTo((live?.usd ?? 0) / 2, 5);
    expect(emulator.totals()).toMatchObject({ billed: 3 });
  });

  test('two jobs of the same file bill everything twice, and the ledger tells them apart', async () => {
    const emulator = await emulatorFor({ batch: AT_ONCE });
    const file = line('g-1/1', 'a fox');
    const jobs = [await createFrom(emulator, file), await createFrom(emulator, file)];
    for (const { name } of jobs) await ended(emulator, name);
    expect(items(emulator).map(({ batch }) => batch?.job)).toEqual(jobs.map(({ name }) => name));
    expect(items(emulator).filter(({ billed }) => billed)).toHaveLength(2);
  });

  test('it takes nothing of the quota of live calls', async () => {
    const emulator = await emulatorFor({ batch: AT_ONCE, limits: { '*': { rpm: 1, rpd: 1 } } });
    const job = await createFrom(emulator, [line('a', 'a fox'), line('b', 'an owl')].join('\n'));
    await ended(emulator, job.name);
    expect((await call(emulator, 'a hen')).status).toBe(200);
    expect((await call(emulator, 'a hen')).status).toBe(429);
  });

  test('more tokens than may wait are a 429 without a number, until earlier jobs have ended', async () => {
    const emulator = await emulatorFor({ batch: { queuedMs: 60_000, enqueuedTokens: { [FLASH]: 25 } } });
    const file = line('a', 'x'.repeat(80));
    const first = await createFrom(emulator, file);
    await expect(createFrom(emulator, file)).rejects.toThrow(/"status":\s*"RESOURCE_EXHAUSTED"/);
    expect(emulator.calls().at(-1)).toMatchObject({ decision: 'quota:batch', status: 429 });
    await sdk(emulator).batches.cancel({ name: first.name ?? '' });
    await createFrom(emulator, file);
  });
});

describe('batch: its course', () => {
  test('it waits, runs, and ends with its results, in the words of the wire', async () => {
    const emulator = await emulatorFor({ batch: { queuedMs: 300, runningMs: 300 } });
    const job = await createFrom(emulator, [line('a', 'a fox'), line('b', 'an owl')].join('\n'));
    expect(job.state).toBe('JOB_STATE_PENDING');
    expect(items(emulator)).toHaveLength(0);
    await eventually('it runs', () => emulator.batches()[0]?.state === 'RUNNING');
    const { metadata } = await ended(emulator, job.name);
    expect(metadata).toMatchObject({
      ...{ state: 'BATCH_STATE_SUCCEEDED', displayName: 'job', model: `models/${FLASH}` },
      batchStats: { requestCount: '2', successfulRequestCount: '2' },
    });
    expect(await lines(emulator, job.name)).toMatchObject([
      { key: 'a', response: { candidates: [{ finishReason: 'STOP' }] } },
      { key: 'b', response: { candidates: [{ finishReason: 'STOP' }] } },
    ]);
  });

  test('cancelled half way, it is billed for what it had answered, and has no results', async () => {
    const many = await emulatorFor({ batch: { queuedMs: 0, runningMs: 3_000 } });
    const job = await createFrom(
      many,
      Array.from({ length: 6 }, (_, n) => line(`g/${n}`, 'a fox')).join('\n'),
    );
    await eventually('one is answered', () => items(many).some(({ delivered }) => delivered === 'whole'));
    await sdk(many).batches.cancel({ name: job.name ?? '' });
    const { metadata, response } = await ended(many, job.name);
    expect(metadata).toMatchObject({ state: 'BATCH_STATE_CANCELLED' });
    expect(response).toBeUndefined();
    expect(items(many).length).toBeLessThan(6);
  });

  test('one that has not ended when its life is over expires, without results', async () => {
    const emulator = await emulatorFor({ batch: { queuedMs: 60_000, lifetimeMs: 200 } });
    const job = await createFrom(emulator, line('a', 'a fox'));
    const { metadata, response } = await ended(emulator, job.name);
    expect(metadata).toMatchObject({ state: 'BATCH_STATE_EXPIRED' });
    expect(response).toBeUndefined();
    expect(items(emulator)).toHaveLength(0);
  });

  test('batch-expired ends without results, batch-stuck outlives its expiry', async () => {
    const emulator = await emulatorFor({ batch: { ...AT_ONCE, lifetimeMs: 300 } });
    emulator.addFaults({ match: { method: 'batches.create' }, nth: 1, action: 'batch-stuck' });
    emulator.addFaults({ match: { method: 'batches.create' }, nth: 2, action: 'batch-expired' });
    const stuck = await createFrom(emulator, line('a', 'a fox'));
    const expired = await createFrom(emulator, line('a', 'a fox'));
    const alive = await createFrom(emulator, line('a', 'a fox'));
    expect((await ended(emulator, expired.name))['metadata']).toMatchObject({ state: 'BATCH_STATE_EXPIRED' });
    await ended(emulator, alive.name);
    expect((await get(emulator, stuck.name))['metadata']).toMatchObject({ state: 'BATCH_STATE_RUNNING' });
  });

  test('a file with a line that is no request fails the job before anything is paid', async () => {
    const emulator = await emulatorFor({ batch: AT_ONCE });
    const job = await createFrom(emulator, `${line('a', 'a fox')}\n{"key":"b","requ`);
    expect(await ended(emulator, job.name)).toMatchObject({
      metadata: { state: 'BATCH_STATE_FAILED' },
      error: { code: 3, message: 'Line 2 of the input file is not a valid request.' },
    });
    expect(emulator.totals().billed).toBe(0);
  });
});

describe('batch: its requests', () => {
  test('each is judged like a live one, its error with the number of google.rpc', async () => {
    const emulator = await emulatorFor({ batch: AT_ONCE });
    emulator.addFaults({ match: { method: 'batch.item', generation: 'g-3' }, action: 'capacity' });
    const wrong = JSON.stringify({ key: 'g-1/1', request: { ...ask('a fox'), imageSize: '4K' } });
    const large = { ...ask('a fox'), generation_config: { imageConfig: { imageSize: '8K' } } };
    const file = [
      wrong,
      JSON.stringify({ key: 'g-2/1', request: large }),
      line('g-3/1', 'a hen'),
      line('g-4/1', 'a cow'),
    ];
    const job = await createFrom(emulator, file.join('\n'));
    expect(await lines(emulator, job.name)).toMatchObject([
      {
        key: 'g-1/1',
        error: { code: 3, message: expect.stringContaining('Unknown name "imageSize"') as string },
      },
      {
        key: 'g-2/1',
        error: { code: 3, message: expect.stringContaining('Unsupported image_size') as string },
      },
      { key: 'g-3/1', error: { code: 14 } },
      { key: 'g-4/1', response: {} },
    ]);
    expect((await get(emulator, job.name))['metadata']).toMatchObject({
      state: 'BATCH_STATE_SUCCEEDED',
      batchStats: { requestCount: '4', successfulRequestCount: '1', failedRequestCount: '3' },
    });
  });

  test('a fault in a prompt strikes live calls or batch requests, as it says', async () => {
    const emulator = await emulatorFor({ batch: AT_ONCE });
    const prompt = 'a fox [[fault:capacity*always]] [[fault:internal*always@batch]]';
    const job = await createFrom(emulator, line('g/1', prompt));
    expect(await lines(emulator, job.name)).toMatchObject([{ error: { code: 13 } }]);
    expect((await call(emulator, prompt)).status).toBe(503);
  });

  test('rules that name no method leave them alone', async () => {
    const emulator = await emulatorFor({ batch: AT_ONCE, faults: [{ action: 'capacity' }] });
    const job = await createFrom(emulator, line('g/1', 'a fox'));
    expect(await lines(emulator, job.name)).toMatchObject([{ response: {} }]);
  });

  test('inline requests come back inline, with their metadata, and lists leave them out', async () => {
    const emulator = await emulatorFor({ batch: AT_ONCE });
    const ai = sdk(emulator);
    const requests = ['g-1/1', 'g-2/1'].map((key) => ({
      ...{ contents: [{ role: 'user', parts: [{ text: 'a fox' }] }], metadata: { key } },
      config: { imageConfig: { imageSize: '512' } },
    }));
    const made = await ai.batches.create({ model: FLASH, src: requests, config: { displayName: 'inline' } });
    await ended(emulator, made.name);
    const job = await ai.batches.get({ name: made.name ?? '' });
    expect(job.dest?.inlinedResponses?.map(({ metadata }) => metadata)).toEqual([
      { key: 'g-1/1' },
      { key: 'g-2/1' },
    ]);
    expect(job.dest?.inlinedResponses?.[0]?.response?.candidates?.[0]?.finishReason).toBe('STOP');
    expect(items(emulator).map(({ generation }) => generation?.id)).toEqual(['g-1', 'g-2']);
    const [listed] = (await ai.batches.list()).page;
    expect(listed?.dest).toBeUndefined();
  });
});

describe('batch: what is refused', () => {
  test('jobs, input files and results of another key', async () => {
    const emulator = await emulatorFor({ batch: AT_ONCE, keys: [KEY, 'other-key-1'] });
    const job = await createFrom(emulator, line('g/1', 'a fox'));
    const { response } = await ended(emulator, job.name);
    const { responsesFile } = response as { responsesFile: string };
    expect(await get(emulator, job.name, 'other-key-1')).toMatchObject({ error: { code: 404 } });
    expect(await get(emulator, job.name, 'unknown-key')).toMatchObject({ error: { code: 400 } });
    expect(await get(emulator, `${responsesFile}:download?alt=media`, 'other-key-1')).toMatchObject({
      error: { code: 403 },
    });
    const src = emulator.files().at(-1)?.name ?? '';
    const stolen = sdk(emulator, 'other-key-1').batches.create({ model: FLASH, src });
    await expect(stolen).rejects.toThrow();
  });

  test.each([
    ['a text model', 'gemini-3.6-flash', { displayName: 'x', inputConfig: { fileName: 'files/f' } }, 404],
    [
      'a model that is not there',
      'no-model',
      { displayName: 'x', inputConfig: { fileName: 'files/f' } },
      404,
    ],
    ['a file that is not there', FLASH, { displayName: 'x', inputConfig: { fileName: 'files/f' } }, 403],
    ['no name', FLASH, { inputConfig: { fileName: 'files/f' } }, 400],
    ['no requests', FLASH, { displayName: 'x', inputConfig: {} }, 400],
    ['a field nobody knows', FLASH, { displayName: 'x', input: {} }, 400],
  ])('%s', async (_name, model, batch, status) => {
    const emulator = await emulatorFor();
    const reply = await call(emulator, '', {
      version: 'v1beta',
      verb: 'batchGenerateContent',
      model,
      request: { batch },
    });
    expect(reply.status).toBe(status);
    expect(emulator.batches()).toEqual([]);
  });

  test('an uploaded file is not downloaded', async () => {
    const emulator = await emulatorFor();
    const file = await sdk(emulator).files.upload({
      file: new Blob(['x']),
      config: { mimeType: 'text/plain' },
    });
    expect(await get(emulator, `${file.name ?? ''}:download?alt=media`)).toMatchObject({
      error: { code: 400 },
    });
  });

  test('a batch fault in a prompt, where no job could meet it', async () => {
    const emulator = await emulatorFor();
    const reply = await call(emulator, 'a fox [[fault:batch-failed]]');
    expect(reply.body.error?.message).toContain('give it as a rule with the method batches.create');
  });
});
