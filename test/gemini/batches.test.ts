/** The batch port against the emulator, over HTTP, with the real library. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extractResponse } from '../../src/artifacts/extract.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { classify } from '../../src/domain/classify/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/index.ts';
import { createAiStudio } from '../../src/gemini/ai-studio.ts';
import { BatchDownloadError } from '../../src/gemini/batch-port.ts';
import type { BatchJob, BatchPort } from '../../src/gemini/batch-port.ts';
import { requestLine } from '../../src/gemini/batch-request.ts';
import { readResults } from '../../src/gemini/batch-results.ts';
import type { BatchResult } from '../../src/gemini/batch-results.ts';
import type { CallRecord, ImageCall, PortAnswer } from '../../src/gemini/port.ts';
import { createRedactor } from '../../src/gemini/redactor.ts';
import { eventually } from '../support/eventually.ts';

const KEY = 'AIzaBatch-key_1';
const MODEL = 'gemini-3.1-flash-image';
const options = { timeoutMs: 20_000, attemptId: 'lane-7/1' };

let emulator: Emulator;
let batches: BatchPort;

async function start(more: EmulatorOptions = {}): Promise<void> {
  await emulator?.close();
  emulator = await startEmulator({ keys: [KEY], batch: { queuedMs: 0, runningMs: 0 }, ...more });
  batches = portFor(KEY);
}

function portFor(apiKey: string): BatchPort {
  const port = createAiStudio({ apiKey, baseUrl: emulator.url, redactor: createRedactor([apiKey]) });
  if (port.batches === undefined) throw new Error('no batches');
  return port.batches;
}

beforeEach(() => start());
afterEach(() => emulator.close());

const image = (prompt: string, more: Partial<ImageCall> = {}): ImageCall => ({
  ...{ model: MODEL, tier: 'standard', prompt, inputs: [], size: '512' },
  ...{ modalities: ['IMAGE'], aspectRatio: '1:1' },
  ...more,
});

function valueOf<T>(answer: PortAnswer<T>): T {
  if (answer.kind === 'failed') throw new Error(JSON.stringify(answer.record.outcome));
  return answer.value;
}

function recordOf(answer: PortAnswer<unknown>): CallRecord {
  if (answer.kind === 'ok') throw new Error('it went well');
  return answer.record;
}

async function upload(prompts: Readonly<Record<string, string>>): Promise<string> {
  const lines = Object.entries(prompts).map(([key, prompt]) => requestLine(key, image(prompt)));
  const file = valueOf(
    await batches.upload({ lines: await Promise.all(lines), displayName: 'lane-7' }, options),
  );
  return file.name;
}

async function create(prompts: Readonly<Record<string, string>>, displayName = 'lane-7'): Promise<BatchJob> {
  const fileName = await upload(prompts);
  return valueOf(await batches.create({ model: MODEL, fileName, displayName }, options));
}

async function ended({ name }: Pick<BatchJob, 'name'>): Promise<BatchJob> {
  return eventually(`${name} has ended`, async () => {
    const job = valueOf(await batches.get(name, options));
    return job?.state === 'queued' || job?.state === 'running' ? undefined : job;
  });
}

async function resultsOf(job: BatchJob, expected?: ReadonlySet<string>): Promise<readonly BatchResult[]> {
  const { resultFile } = await ended(job);
  const stream = valueOf(await batches.download(resultFile ?? 'files/none', options));
  const results: BatchResult[] = [];
  for await (const result of readResults(stream, expected === undefined ? {} : { expected }))
    results.push(result);
  return results;
}

async function whole(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

const bodyOf = (result: BatchResult | undefined): Record<string, unknown> =>
  result?.kind === 'answer'
    ? (JSON.parse(Buffer.from(result.outcome.body).toString()) as Record<string, unknown>)
    : {};

const bills = () => emulator.calls().filter((call) => call.billed);

describe('batch port: a job', () => {
  it('goes from file to file, and each answer has the shape of a live one', async () => {
    const job = await create({ 'g-1/1': 'a fox', 'g-2/1': 'an owl' });
    expect(job).toMatchObject({ displayName: 'lane-7', model: MODEL, state: 'queued' });
    const results = await resultsOf(job);
    expect(results.map((result) => [result.kind, result.key])).toEqual([
      ['answer', 'g-1/1'],
      ['answer', 'g-2/1'],
    ]);
    expect(bodyOf(results[0])).toMatchObject({
      candidates: [
        { content: { parts: [{ inlineData: { mimeType: 'image/jpeg' } }] }, finishReason: 'STOP' },
      ],
      modelVersion: MODEL,
    });
    expect(await ended(job)).toMatchObject({
      state: 'succeeded',
      counts: { total: 2, succeeded: 2, failed: 0 },
    });
  });

  it('asks the model for what a live call of the same request asks it for', async () => {
    const call = image('a fox', {
      systemInstruction: 'Ink only.',
      aspectRatio: '16:9',
      modalities: ['TEXT', 'IMAGE'],
      history: [
        { role: 'user', parts: [{ text: 'a cat' }] },
        { role: 'model', parts: [{ text: 'here', thoughtSignature: 'c2lnbmVk' }] },
      ],
    });
    const live = createAiStudio({ apiKey: KEY, baseUrl: emulator.url, redactor: createRedactor([KEY]) });
    await live.generate(call, options);
    const file = await batches.upload(
      { lines: [await requestLine('g/1', call)], displayName: 'one' },
      options,
    );
    await ended(
      valueOf(
        await batches.create({ model: MODEL, fileName: valueOf(file).name, displayName: 'one' }, options),
      ),
    );
    const [alive, batched] = emulator.calls().filter((one) => one.promptSha256 !== undefined);
    const asked = ({ promptSha256, modalities, size, ratio, history }: NonNullable<typeof alive>) => ({
      ...{ promptSha256, modalities, size, ratio, history },
    });
    expect(asked(batched!)).toEqual(asked(alive!));
    expect(batched!.usd).toBeCloseTo(alive!.usd / 2, 5);
  });

  it('is found by its display name through all pages, the newest where there are several', async () => {
    const older = await create({ 'g/1': 'a fox' }, 'wanted');
    for (let n = 0; n < 12; n += 1) await create({ [`g-${n}/1`]: 'a fox' }, `other ${n}`);
    expect(valueOf(await batches.find('wanted', options))?.name).toBe(older.name);
    const newer = await create({ 'g/2': 'a fox' }, 'wanted');
    expect(valueOf(await batches.find('wanted', options))?.name).toBe(newer.name);
    expect(valueOf(await batches.find('never made', options))).toBeUndefined();
  });

  it('of another account is not found, and one that nobody made is undefined', async () => {
    await start({ keys: [KEY, 'other-key-9'] });
    const job = await create({ 'g/1': 'a fox' });
    expect(valueOf(await portFor('other-key-9').get(job.name, options))).toBeUndefined();
    expect(valueOf(await batches.get('batches/nobody', options))).toBeUndefined();
  });

  it('whose creation was lost with the connection is there, and found by its name', async () => {
    emulator.addFaults({ match: { method: 'batches.create' }, times: 1, action: 'reset-after' });
    const fileName = await upload({ 'g/1': 'a fox' });
    const lost = await batches.create({ model: MODEL, fileName, displayName: 'lost' }, options);
    expect(recordOf(lost).outcome).toMatchObject({ kind: 'broken', stage: 'sent', by: 'network' });
    const found = valueOf(await batches.find('lost', options));
    expect(await resultsOf(found!)).toHaveLength(1);
    expect(bills()).toHaveLength(1);
  });

  it('whose creation outlives the deadline is there too', async () => {
    emulator.addFaults({ match: { method: 'batches.create' }, times: 1, action: 'hang' });
    const fileName = await upload({ 'g/1': 'a fox' });
    const late = await batches.create(
      { model: MODEL, fileName, displayName: 'late' },
      { ...options, timeoutMs: 500 },
    );
    expect(recordOf(late).outcome).toMatchObject({ kind: 'broken', by: 'our-timeout' });
    expect(valueOf(await batches.find('late', options))?.displayName).toBe('late');
  });

  it('that fails says why, in the words that the library drops', async () => {
    emulator.addFaults({ match: { method: 'batches.create' }, action: 'batch-failed' });
    expect(await ended(await create({ 'g/1': 'a fox' }))).toMatchObject({
      state: 'failed',
      error: { code: 13, message: 'Internal error encountered.' },
    });
    expect(bills()).toHaveLength(0);
  });

  it('is cancelled, and cancelling it again is no failure', async () => {
    await start({ batch: { queuedMs: 60_000 } });
    const job = await create({ 'g/1': 'a fox' });
    valueOf(await batches.cancel(job.name, options));
    valueOf(await batches.cancel(job.name, options));
    expect(await ended(job)).toMatchObject({ state: 'cancelled' });
  });

  it('is removed, and removing it again is no failure', async () => {
    const job = await create({ 'g/1': 'a fox' });
    await ended(job);
    valueOf(await batches.remove(job.name, options));
    valueOf(await batches.remove(job.name, options));
    expect(valueOf(await batches.find('lane-7', options))).toBeUndefined();
  });

  it('asked for while Google is overloaded is a failure to classify, not a job that is gone', async () => {
    const job = await create({ 'g/1': 'a fox' });
    emulator.addFaults({ match: { method: 'batches.get' }, times: 1, action: 'capacity' });
    emulator.addFaults({ match: { method: 'batches.get' }, times: 1, action: 'deadline' });
    const statuses = [];
    for (const _ of [1, 2]) {
      const { outcome } = recordOf(await batches.get(job.name, options));
      statuses.push(outcome.kind === 'answer' ? outcome.status : 0);
    }
    expect(statuses).toEqual([503, 504]);
    expect(valueOf(await batches.get(job.name, options))?.name).toBe(job.name);
  });

  it('behind a gateway that has lost the way is a failure, not a job that is gone', async () => {
    const job = await create({ 'g/1': 'a fox' });
    const page = { status: 404, body: '<html>not here</html>', headers: { server: 'nginx' } };
    emulator.addFaults({ match: { method: 'batches' }, times: 2, action: page });
    expect(recordOf(await batches.get(job.name, options)).outcome).toMatchObject({ status: 404 });
    expect(recordOf(await batches.remove(job.name, options)).outcome).toMatchObject({ status: 404 });
  });
});

describe('batch port: files', () => {
  it('sends lines from a stream in parts, every byte once, and leaves no file behind', async () => {
    const line = await requestLine('g/1', image('x'.repeat(1024 * 1024)));
    async function* lines() {
      for (let n = 0; n < 20; n += 1) yield line;
    }
    const file = valueOf(await batches.upload({ lines: lines(), displayName: 'large' }, options));
    expect(file.bytes).toBe(20 * Buffer.byteLength(line));
    expect(emulator.files()).toMatchObject([{ mimeType: 'application/jsonl', sizeBytes: file.bytes }]);
  });

  it('lines that never end are a deadline before anything is sent', async () => {
    async function* lines() {
      yield '{}\n';
      await new Promise(() => undefined);
    }
    const { outcome } = recordOf(
      await batches.upload({ lines: lines(), displayName: 'endless' }, { ...options, timeoutMs: 300 }),
    );
    expect(outcome).toMatchObject({ kind: 'broken', stage: 'before-send', by: 'our-timeout' });
    expect(emulator.calls()).toHaveLength(0);
  });

  it('lines that the caller gives up are the caller’s doing', async () => {
    const stop = new AbortController();
    async function* lines() {
      yield '{}\n';
      stop.abort();
      await new Promise(() => undefined);
    }
    const asked = { ...options, signal: stop.signal };
    const { outcome } = recordOf(await batches.upload({ lines: lines(), displayName: 'left' }, asked));
    expect(outcome).toMatchObject({ kind: 'broken', stage: 'before-send', by: 'caller' });
  });

  it('what the lines throw is thrown, and an upload without a line says so', async () => {
    async function* lines() {
      yield '{}\n';
      throw new Error('the store is gone');
    }
    await expect(batches.upload({ lines: lines(), displayName: 'torn' }, options)).rejects.toThrow(
      'the store is gone',
    );
    await expect(batches.upload({ lines: [], displayName: 'none' }, options)).rejects.toThrow(
      'at least one line',
    );
  });

  it('a file that is gone is a failure to classify', async () => {
    const { outcome } = recordOf(await batches.download('files/batch-gone', options));
    expect(outcome).toMatchObject({ kind: 'answer', status: 403 });
  });

  it('a page of a gateway is no result file, whatever its status says', async () => {
    emulator.addFaults({
      match: { method: 'files.download' },
      action: { status: 200, body: '<html>hi</html>' },
    });
    const { outcome } = recordOf(await batches.download('files/batch-1', options));
    expect(outcome).toMatchObject({ kind: 'answer', status: 200 });
    expect(outcome.kind === 'answer' && Buffer.from(outcome.body).toString()).toBe('<html>hi</html>');
  });

  it('a download that breaks throws how, after the lines that came whole', async () => {
    const job = await ended(await create({ 'g-1/1': 'a fox', 'g-2/1': 'an owl' }));
    emulator.addFaults({
      match: { method: 'files.download' },
      action: { transport: { kind: 'cut-body', percent: 80 } },
    });
    const stream = valueOf(await batches.download(job.resultFile!, options));
    const read = async () => {
      for await (const _ of readResults(stream)) void _;
    };
    const error: unknown = await read().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BatchDownloadError);
    expect((error as BatchDownloadError).record.outcome).toMatchObject({
      kind: 'broken',
      stage: 'reading-body',
      by: 'network',
    });
  });

  it('a download that stalls ends at its deadline', async () => {
    const job = await ended(await create({ 'g/1': 'a fox' }));
    emulator.addFaults({ match: { method: 'files.download' }, action: 'stall-body' });
    const stream = valueOf(await batches.download(job.resultFile!, { ...options, timeoutMs: 700 }));
    const error: unknown = await whole(stream).catch((thrown: unknown) => thrown);
    expect((error as BatchDownloadError).record.outcome).toMatchObject({ kind: 'broken', by: 'our-timeout' });
  });

  it('who stops reading early ends the request', async () => {
    const line = await requestLine('g/1', image('a fox', { size: '4K' }));
    const file = valueOf(await batches.upload({ lines: [line], displayName: 'large' }, options));
    const asked = { model: MODEL, fileName: file.name, displayName: 'large' };
    const job = await ended(valueOf(await batches.create(asked, options)));
    emulator.addFaults({ match: { method: 'files.download' }, action: 'stall-body' });
    const stream = valueOf(await batches.download(job.resultFile!, options));
    for await (const _ of stream) break;
    await eventually('the download was cut', () => {
      const last = emulator.calls().findLast(({ method }) => method === 'files.download');
      return last?.delivered === 'cut';
    });
  });

  it('a key that results repeat never comes out of a download (I7)', async () => {
    await start({ echoKey: true });
    const job = await create({ 'g/1': 'a fox [[fault:key-restricted@batch]]' });
    const stream = valueOf(await batches.download((await ended(job)).resultFile!, options));
    const text = (await whole(stream)).toString();
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(Buffer.from(KEY).toString('base64'));
  });
});

describe('batch port: results', () => {
  it('a response is stored, taken apart and classified as the answer of a live call is', async () => {
    const live = createAiStudio({ apiKey: KEY, baseUrl: emulator.url, redactor: createRedactor([KEY]) });
    const call = image('a fox', { modalities: ['TEXT', 'IMAGE'] });
    const { outcome } = await live.generate(call, options);
    const lines = [await requestLine('g/1', call)];
    const file = valueOf(await batches.upload({ lines, displayName: 'one' }, options));
    const asked = { model: MODEL, fileName: file.name, displayName: 'one' };
    const [result] = await resultsOf(valueOf(await batches.create(asked, options)));
    const store = new MemoryArtifactStore();
    const [alive, batched] = await Promise.all(
      [outcome, result?.kind === 'answer' ? result.outcome : outcome].map(async (answer) => {
        const body = answer.kind === 'answer' ? answer.body : new Uint8Array();
        const { sha256 } = await store.put(body, 'application/json');
        const told = await extractResponse(store, sha256);
        const evidence = { kind: 'answer', status: 200, headers: {}, imageChecks: told.checks } as const;
        const verdict = classify({
          ...{ model: MODEL, modalities: ['TEXT', 'IMAGE'] },
          outcome: { ...evidence, body: told.bodyForClassifier },
        });
        return { told, verdict };
      }),
    );
    expect(batched?.verdict).toEqual(alive?.verdict);
    expect(batched?.told.images).toMatchObject([{ mime: 'image/jpeg', width: 512, height: 512 }]);
    expect(batched?.told.contents).toBeDefined();
    expect(batched?.told).toMatchObject({
      ...{ texts: alive?.told.texts, usage: alive?.told.usage, finishReason: 'STOP', modelVersion: MODEL },
    });
  });

  it('an error inside a job that succeeded is read as the same error of a live call', async () => {
    const prompts = {
      'g-1/1': 'a fox [[fault:quota-minute@batch]]',
      'g-2/1': 'an owl',
      'g-3/1': 'a hen [[fault:internal@batch]]',
      'g-4/1': 'a cow [[fault:image-safety@batch]]',
    };
    const results = await resultsOf(await create(prompts));
    const branches = results.map((result) => {
      const body = bodyOf(result);
      const outcome = { kind: 'answer', status: 200, headers: {}, body } as const;
      const verdict = classify({ outcome, model: MODEL, modalities: ['IMAGE'] });
      return [result.key, 'branch' in verdict ? verdict.branch : 'success'];
    });
    expect(Object.fromEntries(branches)).toEqual({
      'g-1/1': 'quota-minute',
      'g-2/1': 'success',
      'g-3/1': 'internal',
      'g-4/1': 'safety-image',
    });
    expect(bills()).toHaveLength(1);
  });

  it.each([
    ['batch-repeated-key', ['g-1/1', 'g-2/1', 'g-3/1'], [['repeated', 'g-1/1']]],
    ['batch-missing-key', ['g-2/1', 'g-3/1'], [['missing', 'g-1/1']]],
    ['batch-reordered', ['g-3/1', 'g-2/1', 'g-1/1'], []],
    [
      'batch-broken-line',
      ['g-2/1', 'g-3/1'],
      [
        ['not-json', 'g-1/1'],
        ['missing', 'g-1/1'],
      ],
    ],
    [
      'batch-huge-line',
      ['g-2/1', 'g-3/1'],
      [
        ['too-long', 'g-1/1'],
        ['missing', 'g-1/1'],
      ],
    ],
  ] as const)('%s costs no result but its own', async (fault, answered, problems) => {
    emulator.addFaults({ match: { method: 'batches.create' }, action: fault });
    const prompts = { 'g-1/1': 'a fox', 'g-2/1': 'an owl', 'g-3/1': 'a hen' };
    const results = await resultsOf(await create(prompts), new Set(Object.keys(prompts)));
    const told = results.filter((result) => result.kind === 'problem');
    expect(results.filter(({ kind }) => kind === 'answer').map(({ key }) => key)).toEqual(answered);
    expect(told.map(({ problem, key }) => [problem, key])).toEqual(problems);
  });
});
