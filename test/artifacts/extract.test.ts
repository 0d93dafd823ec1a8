import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { readContent } from '../../src/artifacts/contents.ts';
import { StoreUnavailable } from '../../src/artifacts/errors.ts';
import type { Extraction } from '../../src/artifacts/extract.ts';
import { extractResponse } from '../../src/artifacts/extract.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { LARGE_BYTES, takingTurns } from '../../src/artifacts/unpack-pool.ts';
import { classify } from '../../src/domain/classify/index.ts';
import { image } from './images.ts';

let store: MemoryArtifactStore;
beforeEach(() => {
  store = new MemoryArtifactStore();
});

async function extract(body: unknown): Promise<Extraction> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { sha256 } = await store.put(Buffer.from(text), 'application/json');
  return await extractResponse(store, sha256);
}

function inline(bytes: Uint8Array, mimeType: string, more: object = {}): object {
  return { inlineData: { mimeType, data: Buffer.from(bytes).toString('base64') }, ...more };
}

function answer(parts: readonly unknown[], more: object = {}): object {
  return { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }], ...more };
}

function branchOf({ bodyForClassifier: body, checks: imageChecks }: Extraction): string {
  return classify({ outcome: { kind: 'answer', status: 200, headers: {}, body, imageChecks } }).branch;
}

describe.each([
  ['small, on the event loop', 64, 60],
  ['large, in a thread', 1100, 900],
])('extraction of a response (%s)', (name, width, height) => {
  async function extractSized(body: unknown): Promise<Extraction> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(text.length > LARGE_BYTES).toBe(name.startsWith('large'));
    return await extract(text);
  }

  test('the last image is final, earlier ones are drafts although nothing flags them', async () => {
    const draft = await image('jpeg', 64);
    const final = await image('png', width, height);
    const body = answer(
      [
        { text: 'thinking…', thought: true },
        inline(draft, 'image/jpeg'),
        { text: 'Here you are.' },
        {},
        inline(final, 'image/png', { thoughtSignature: 'sig+/=' }),
      ],
      {
        usageMetadata: {
          promptTokenCount: 12,
          candidatesTokenCount: 1300,
          totalTokenCount: 1500,
          thoughtsTokenCount: 188,
          candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1120 }],
        },
        modelVersion: 'gemini-3-pro-image',
        responseId: 'r-1',
      },
    );
    const extraction = await extractSized(body);
    const { contents, bodyForClassifier, ...rest } = extraction;
    expect(rest).toEqual({
      images: [expect.objectContaining({ mime: 'image/png', width, height, bytes: final.length })],
      drafts: [expect.objectContaining({ mime: 'image/jpeg', width: 64, height: 64, bytes: draft.length })],
      texts: ['Here you are.'],
      checks: [
        { candidate: 0, part: 1, ok: true },
        { candidate: 0, part: 4, ok: true },
      ],
      usage: {
        promptTokenCount: 12,
        candidatesTokenCount: 1300,
        totalTokenCount: 1500,
        thoughtsTokenCount: 188,
        imageTokenCount: 1120,
      },
      modelVersion: 'gemini-3-pro-image',
      responseId: 'r-1',
      finishReason: 'STOP',
    });
    expect(Buffer.from(await store.get(rest.images[0]?.sha256 ?? '')).equals(final)).toBe(true);
    const words = JSON.stringify(bodyForClassifier);
    expect(words).toContain(`<image ${final.length} bytes>`);
    expect(words.length).toBeLessThan(1500);
    expect(branchOf(extraction)).toBe('success');
    expect(await readContent(store, contents ?? '')).toMatchObject({ role: 'model' });
  });

  test('I9: contents come back byte for byte, fields nobody knows included', async () => {
    const picture = await image('webp', width, height);
    const parts = [
      { text: 'x'.repeat(9_000), thoughtSignature: 'S'.repeat(20_000), newField: { deep: [1, null, 'ü'] } },
      {},
      { thought: true, ...inline(picture, 'image/png') },
      {
        inline_data: { mime_type: 'image/webp', data: picture.toString('base64') },
        thought_signature: 'a\\"b',
      },
      { text: '', thoughtSignature: 'trailing' },
      {
        functionCall: { name: 'f', args: { data: { $artifact: 'x' }, inlineData: { data: 'x' } } },
      },
    ];
    const body = answer(parts, { promptFeedback: {} });
    const { contents } = await extractSized(body);
    const back = await readContent(store, contents ?? '');
    // Compared as a whole, so that a failure prints no megabytes.
    expect(JSON.stringify(back) === JSON.stringify({ role: 'model', parts })).toBe(true);
    expect((await store.get(contents ?? '')).length).toBeLessThan(45_000);
  });

  test('base64 that encodes differently comes back as it was written', async () => {
    const picture = Buffer.concat([await image('png', width, height), Buffer.alloc(1, 0xff)]);
    for (const data of [
      picture.toString('base64url'),
      picture.toString('base64').replace(/=+$/, ''),
      picture.toString('base64').replace(/(.{76})/g, '$1\n'),
    ]) {
      const parts = [{ inlineData: { mimeType: 'image/png', data } }];
      const extraction = await extractSized(answer(parts));
      expect(extraction.images).toHaveLength(1);
      expect(extraction.images[0]?.bytes).toBe(picture.length);
      const back = JSON.stringify(await readContent(store, extraction.contents ?? ''));
      expect(back === JSON.stringify({ role: 'model', parts })).toBe(true);
    }
  });

  test('a relay that escapes slashes changes nothing', async () => {
    const picture = await image('png', width, height);
    const body = JSON.stringify(answer([inline(picture, 'image/png')])).replaceAll('/', '\\/');
    const extraction = await extractSized(body);
    expect(extraction.images[0]?.bytes).toBe(picture.length);
    const back = JSON.stringify(await readContent(store, extraction.contents ?? ''));
    expect(back.includes(picture.toString('base64'))).toBe(true);
  });

  test('a final image that is cut short is no image, whatever its draft is', async () => {
    const whole = await image('png', 64);
    const cut = (await image('png', width, height)).subarray(0, -30);
    const extraction = await extractSized(answer([inline(whole, 'image/png'), inline(cut, 'image/png')]));
    expect(extraction.images).toEqual([]);
    expect(extraction.drafts).toHaveLength(1);
    expect(extraction.checks).toEqual([
      { candidate: 0, part: 0, ok: true },
      { candidate: 0, part: 1, ok: false, problem: expect.stringContaining('cut short') },
    ]);
    expect(branchOf(extraction)).toBe('no-image');
    const parts = [inline(whole, 'image/png'), inline(cut, 'image/png')];
    const back = JSON.stringify(await readContent(store, extraction.contents ?? ''));
    expect(back === JSON.stringify({ role: 'model', parts })).toBe(true);
  });

  test('I2: extraction repeats to the same result and stores nothing twice', async () => {
    const body = answer([{ text: 'a' }, inline(await image('png', width, height), 'image/png')]);
    const first = await extractSized(body);
    const artifacts = store['artifacts'].size;
    expect(await extractSized(body)).toEqual(first);
    expect(store['artifacts'].size).toBe(artifacts);
  });

  test('an event stream, which we never ask for, still yields its image', async () => {
    const chunk = answer([inline(await image('png', width, height), 'image/png')]);
    const extraction = await extractSized(`data: ${JSON.stringify(chunk)}\n\ndata: {"responseId":"r"}\n\n`);
    expect(extraction.images).toHaveLength(1);
    expect(extraction.responseId).toBe('r');
    expect((extraction.bodyForClassifier as string).length).toBeLessThan(8000);
    expect(branchOf(extraction)).toBe('success');
  });
});

describe('extraction of what is not a delivery', () => {
  test('the declared type lies: the bytes decide', async () => {
    const { images } = await extract(answer([inline(await image('jpeg'), 'image/png')]));
    expect(images[0]?.mime).toBe('image/jpeg');
  });

  test.each([
    ['base64 that is none', { inlineData: { mimeType: 'image/png', data: '%%%' } }, /not base64/],
    [
      'long text that is no base64',
      { inlineData: { mimeType: 'image/png', data: '%'.repeat(9000) } },
      /not base64/,
    ],
    ['empty data', { inlineData: { mimeType: 'image/png', data: '' } }, /no data/],
    ['a part without data', { inlineData: { mimeType: 'image/png' } }, /no data/],
    ['bytes that are no image', inline(Buffer.from('hello'), 'image/png'), /not an image/],
    ['a link', { fileData: { mimeType: 'image/png', fileUri: 'files/1' } }, /link, which is not followed/],
  ])('%s: no image, a check that says why, and contents as they were', async (_name, part, problem) => {
    const extraction = await extract(answer([{ text: 'words' }, part]));
    expect(extraction.images).toEqual([]);
    expect(extraction.checks).toEqual([
      { candidate: 0, part: 1, ok: false, problem: expect.stringMatching(problem) },
    ]);
    expect(branchOf(extraction)).toBe('no-image');
    const parts = [{ text: 'words' }, part];
    expect(await readContent(store, extraction.contents ?? '')).toEqual({ role: 'model', parts });
  });

  test.each([
    ['an error inside a 200', { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }],
    ['a blank answer', { candidates: [{ content: {}, finishReason: 'NO_IMAGE', index: 0 }] }],
    ['candidates null', { candidates: null, usageMetadata: { totalTokenCount: 3 } }],
    ['parts null', { candidates: [{ content: { parts: null } }] }],
    ['an empty object', {}],
    ['an array', [{ error: { code: 400 } }]],
    ['null', null],
    ['a number', 7],
  ])('%s: no images, and the classifier gets the body as it is', async (_name, body) => {
    const extraction = await extract(body);
    expect(extraction.images).toEqual([]);
    expect(extraction.checks).toEqual([]);
    expect(extraction.bodyForClassifier).toEqual(body);
    expect(branchOf(extraction)).not.toBe('success');
  });

  test('a page is kept as text, up to 64 KiB, with its long words', async () => {
    const page = `<html><title>502 Bad Gateway</title>"${'x'.repeat(10_000)}"${'y'.repeat(1_500_000)}`;
    const { bodyForClassifier } = await extract(page);
    expect(bodyForClassifier).toBe(page.slice(0, 64 * 1024));
    expect((await extract('')).bodyForClassifier).toBe('');
  });

  test('whatever the model says, words and names are cut', async () => {
    const parts = Array.from({ length: 30 }, () => ({ text: 'word '.repeat(3000) }));
    const { bodyForClassifier: _body, ...result } = await extract(
      answer(parts, { modelVersion: 'v'.repeat(5000), responseId: 'r'.repeat(5000) }),
    );
    expect(result.texts[0]).toHaveLength(2000);
    expect(result.texts[0]?.endsWith('…')).toBe(true);
    expect(result.modelVersion?.length).toBeLessThanOrEqual(200);
  });

  test('usage that is nonsense is left out, not passed on', async () => {
    const { usage } = await extract(
      answer([], {
        usageMetadata: { promptTokenCount: -1, totalTokenCount: '12', candidatesTokensDetails: {} },
      }),
    );
    expect(usage).toEqual({});
  });

  test('a full store is StoreUnavailable: nothing is lost, extraction comes again', async () => {
    const body = Buffer.from(JSON.stringify(answer([inline(await image('png', 200), 'image/png')])));
    const full = new MemoryArtifactStore({ maxBytes: body.length + 1000 });
    const { sha256 } = await full.put(body, 'application/json');
    await expect(extractResponse(full, sha256)).rejects.toThrow(StoreUnavailable);
    expect(await full.has(sha256)).toBe(true);
  });
});

describe('extraction off the event loop', () => {
  test('the event loop turns while a large response is taken apart', async () => {
    const body = answer([inline(randomBytes(24 * 1024 * 1024), 'image/png')]);
    const { sha256 } = await store.put(Buffer.from(JSON.stringify(body)), 'application/json');
    let turns = 0;
    let going = true;
    const turn = (): void => {
      turns += 1;
      if (going) setImmediate(turn);
    };
    setImmediate(turn);
    await extractResponse(store, sha256);
    going = false;
    expect(turns).toBeGreaterThan(1000);
  });

  test('large responses take turns: those that wait hold nothing', async () => {
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      throw new Error('a turn is given back after a failure too');
    };
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => takingTurns(work)));
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    expect(most).toBeLessThanOrEqual(2);
    expect(await takingTurns(async () => 'still open')).toBe('still open');
  });

  test('an aborted extraction ends with the abort', async () => {
    const body = Buffer.from(JSON.stringify(answer([inline(randomBytes(2_000_000), 'image/png')])));
    const { sha256 } = await store.put(body, 'application/json');
    await expect(extractResponse(store, sha256, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  test('its threads do not keep a process alive, and a process does not end before them', async () => {
    const path = fileURLToPath(new URL('children/extract-once.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [path], { timeout: 30_000 });
    expect(JSON.parse(stdout)).toEqual([
      { candidate: 0, part: 0, ok: false, problem: expect.stringContaining('not an image') },
    ]);
  });
});
