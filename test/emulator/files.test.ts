/** The Files API through the SDK, which cannot tell it from the provider's. */
import { createHash } from 'node:crypto';
import type { File } from '@google/genai';
import { GoogleGenAI } from '@google/genai';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { emulatorFor, FLASH, KEY } from './support.ts';

function sdk(emulator: Emulator, apiKey = KEY, apiVersion = 'v1beta'): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: emulator.url, apiVersion } });
}

async function png(width = 64, background = '#00aaff'): Promise<Buffer> {
  return sharp({ create: { width, height: width, channels: 3, background } })
    .png()
    .toBuffer();
}

async function upload(
  ai: GoogleGenAI,
  bytes: Buffer | Promise<Buffer> = png(),
  name?: string,
): Promise<File> {
  const file = new Blob([new Uint8Array(await bytes)]);
  return ai.files.upload({
    file,
    config: { mimeType: 'image/png', displayName: 'input', ...(name === undefined ? {} : { name }) },
  });
}

async function edit(ai: GoogleGenAI, { uri = '', mimeType = 'image/png' }: File) {
  return ai.models.generateContent({
    model: FLASH,
    contents: [{ text: 'Put it on a table' }, { fileData: { fileUri: uri, mimeType } }],
    config: { imageConfig: { imageSize: '512' } },
  });
}

async function listed(ai: GoogleGenAI, pageSize = 10): Promise<string[]> {
  const names: string[] = [];
  for await (const file of await ai.files.list({ config: { pageSize } })) names.push(file.name ?? '');
  return names;
}

const forbidden = (file: File): object => ({
  status: 403,
  message: expect.stringContaining(
    `You do not have permission to access the File ${file.name?.slice('files/'.length)} or it may not exist.`,
  ) as string,
});

describe('a file', () => {
  test('of more than 20 MB is uploaded in parts, and an image is made from it', async () => {
    const emulator = await emulatorFor();
    const ai = sdk(emulator);
    // Bytes behind a PNG's end are no part of the picture, but they are sent.
    const bytes = Buffer.concat([await png(300, '#ff0000'), Buffer.alloc(21 * 1024 * 1024)]);
    const file = await upload(ai, bytes);
    expect(emulator.calls().map(({ method, decision, billed }) => [method, decision, billed])).toEqual([
      ['files.upload', 'upload:start', false],
      ['files.upload', 'upload:part', false],
      ['files.upload', 'upload:part', false],
      ['files.upload', 'upload:file', false],
    ]);
    const response = await edit(ai, file);
    const image = response.candidates?.[0]?.content?.parts?.at(-1)?.inlineData?.data ?? '';
    const { channels } = await sharp(Buffer.from(image, 'base64')).stats();
    expect(channels[0]?.mean).toBeGreaterThan(channels[1]?.mean ?? 255);
    expect(emulator.calls().at(-1)).toMatchObject({
      decision: 'image',
      inputs: [{ mime: 'image/png', bytes: bytes.length, file: file.name?.slice('files/'.length) }],
    });
  });

  test('is what the provider says a file is', async () => {
    const emulator = await emulatorFor();
    const bytes = await png();
    const file = await upload(sdk(emulator), bytes);
    expect(file).toEqual({
      name: expect.stringMatching(/^files\/[a-z0-9]{12}$/) as string,
      displayName: 'input',
      mimeType: 'image/png',
      sizeBytes: String(bytes.length),
      createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
      updateTime: file.createTime,
      expirationTime: expect.any(String) as string,
      // The digits of the digest, as base64.
      sha256Hash: Buffer.from(createHash('sha256').update(bytes).digest('hex')).toString('base64'),
      uri: `${emulator.url}/v1beta/${file.name}`,
      state: 'ACTIVE',
      source: 'UPLOADED',
    });
    const lives = Date.parse(file.expirationTime ?? '') - Date.parse(file.createTime ?? '');
    expect(lives).toBe(48 * 3_600_000);
    expect(await sdk(emulator).files.get({ name: file.name ?? '' })).toEqual(file);
  });

  test('is the same on v1', async () => {
    const emulator = await emulatorFor();
    const file = await upload(sdk(emulator, KEY, 'v1'));
    const response = await edit(sdk(emulator, KEY, 'v1'), file);
    expect(response.candidates?.[0]?.finishReason).toBe('STOP');
  });

  test('keeps the name it was given, which no other can have', async () => {
    const emulator = await emulatorFor();
    const ai = sdk(emulator);
    expect((await upload(ai, png(), 'my-fox')).name).toBe('files/my-fox');
    await expect(upload(ai, png(), 'my-fox')).rejects.toMatchObject({ status: 409 });
    await expect(upload(ai, png(), 'My_Fox')).rejects.toMatchObject({ status: 400 });
  });

  test('is gone once deleted', async () => {
    const emulator = await emulatorFor();
    const ai = sdk(emulator);
    const file = await upload(ai);
    await ai.files.delete({ name: file.name ?? '' });
    await expect(ai.files.get({ name: file.name ?? '' })).rejects.toMatchObject(forbidden(file));
    await expect(ai.files.delete({ name: file.name ?? '' })).rejects.toMatchObject(forbidden(file));
    expect(await listed(ai)).toEqual([]);
  });

  test('is judged as an inline image is', async () => {
    const ai = sdk(await emulatorFor());
    const words = await upload(ai, Buffer.from('no image at all'));
    await expect(edit(ai, words)).rejects.toThrow(/Unable to process input image/);
    await expect(edit(ai, { ...words, mimeType: 'image/gif' })).rejects.toThrow(/Unsupported MIME type/);
  });

  test('is listed newest first, in pages that deletions in between do not disturb', async () => {
    const ai = sdk(await emulatorFor());
    const names: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) names.unshift((await upload(ai, png(), name)).name ?? '');
    expect(await listed(ai, 2)).toEqual(names);
    const seen: string[] = [];
    for await (const { name = '' } of await ai.files.list({ config: { pageSize: 2 } })) {
      seen.push(name);
      await ai.files.delete({ name });
    }
    expect(seen).toEqual(names);
  });
});

describe('projects', () => {
  test('a foreign file is one that does not exist, wherever it is named', async () => {
    const emulator = await emulatorFor();
    const file = await upload(sdk(emulator));
    const other = sdk(emulator, 'another-key');
    await expect(other.files.get({ name: file.name ?? '' })).rejects.toMatchObject(forbidden(file));
    await expect(other.files.delete({ name: file.name ?? '' })).rejects.toMatchObject(forbidden(file));
    await expect(edit(other, file)).rejects.toMatchObject(forbidden(file));
    expect([await listed(other), await listed(sdk(emulator))]).toEqual([[], [file.name]]);
  });

  test('two keys of one project see the same files', async () => {
    const emulator = await emulatorFor({ projects: { one: 'shop', two: 'shop' } });
    const file = await upload(sdk(emulator, 'one'));
    expect(await listed(sdk(emulator, 'two'))).toEqual([file.name]);
    expect(emulator.files()).toMatchObject([{ name: file.name, project: 'shop', expired: false }]);
  });

  test('a key that may not call may not upload', async () => {
    const emulator = await emulatorFor({ keys: ['good'] });
    await expect(upload(sdk(emulator, 'bad'))).rejects.toThrow(/API key not valid/);
  });
});

describe('time', () => {
  test('a file is PROCESSING first, and of no use until it is ACTIVE', async () => {
    const emulator = await emulatorFor({ fileProcessingMs: 300 });
    const ai = sdk(emulator);
    const file = await upload(ai);
    expect(file.state).toBe('PROCESSING');
    await expect(edit(ai, file)).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(
        /is not in an ACTIVE state and usage is not allowed\..*FAILED_PRECONDITION/,
      ) as string,
    });
    await expect.poll(async () => (await ai.files.get({ name: file.name ?? '' })).state).toBe('ACTIVE');
    expect((await edit(ai, file)).candidates?.[0]?.finishReason).toBe('STOP');
  });

  test('the answer to an upload may not know the state yet', async () => {
    const ai = sdk(await emulatorFor({ fileStateLate: true }));
    const file = await upload(ai);
    expect(file).not.toHaveProperty('state');
    expect((await ai.files.get({ name: file.name ?? '' })).state).toBe('ACTIVE');
  });

  test('file-failed: the upload succeeds, the file does not, the next one does', async () => {
    const emulator = await emulatorFor({
      faults: [{ match: { method: 'files.upload' }, times: 1, action: 'file-failed' }],
    });
    const ai = sdk(emulator);
    const failed = await upload(ai);
    expect(failed).toMatchObject({ state: 'FAILED', error: { code: 13 } });
    await expect(edit(ai, failed)).rejects.toThrow(/is not in an ACTIVE state/);
    expect((await upload(ai)).state).toBe('ACTIVE');
    expect(emulator.calls()[1]?.decision).toBe('fault:file-failed');
  });

  test('an expired file is one that does not exist', async () => {
    const emulator = await emulatorFor({ fileLifetimeMs: 1 });
    const ai = sdk(emulator);
    const file = await upload(ai);
    await expect.poll(() => emulator.files()).toEqual([]);
    await expect(ai.files.get({ name: file.name ?? '' })).rejects.toMatchObject(forbidden(file));
    await expect(edit(ai, file)).rejects.toMatchObject(forbidden(file));
    expect(await listed(ai)).toEqual([]);
  });

  test('the lifetime is scaled like every window', async () => {
    const file = await upload(sdk(await emulatorFor({ timeScale: 0.001 })));
    const lives = Date.parse(file.expirationTime ?? '') - Date.parse(file.createTime ?? '');
    expect(lives).toBe(172_800);
  });
});

describe('storage', () => {
  test('an upload beyond it is a 429 that names the quota and never ends', async () => {
    const bytes = await png();
    const emulator = await emulatorFor({ fileStorageBytes: bytes.length * 2 });
    const ai = sdk(emulator);
    const first = await upload(ai, bytes);
    await upload(ai, bytes);
    const error = await upload(ai, bytes).catch((thrown: unknown) => thrown as Error & { status: number });
    expect(error).toMatchObject({ status: 429 });
    expect((error as Error).message).toContain('FileStorageBytesPerProject');
    expect((error as Error).message).toContain(`"quotaValue":"${bytes.length * 2}"`);
    expect((error as Error).message).toContain('9223372036854775807s');
    expect(emulator.calls().at(-1)?.decision).toBe('quota:storage');
    await upload(sdk(emulator, 'another-key'), bytes);
    await ai.files.delete({ name: first.name ?? '' });
    expect((await upload(ai, bytes)).state).toBe('ACTIVE');
  });

  test('expired files that are kept take their room until they are deleted', async () => {
    const bytes = await png();
    const emulator = await emulatorFor({ fileStorageBytes: bytes.length, keepExpiredFiles: true });
    const ai = sdk(emulator);
    const file = await upload(ai, bytes);
    expect(emulator.expireFiles(file.name)).toBe(1);
    expect(await listed(ai)).toEqual([file.name]);
    await expect(ai.files.get({ name: file.name ?? '' })).rejects.toMatchObject(forbidden(file));
    await expect(upload(ai, bytes)).rejects.toMatchObject({ status: 429 });
    await ai.files.delete({ name: file.name ?? '' });
    expect((await upload(ai, bytes)).state).toBe('ACTIVE');
  });

  test('the control API shows files, makes them expire and sweeps them', async () => {
    const emulator = await emulatorFor({ keepExpiredFiles: true });
    const control = async (method: string, path: string, body = ''): Promise<unknown> => {
      const init = { method, ...(body === '' ? {} : { body }) };
      return (await fetch(`${emulator.url}/__emulator/${path}`, init)).json();
    };
    const { name } = await upload(sdk(emulator));
    const { name: other } = await upload(sdk(emulator));
    expect(await control('POST', 'files/expire', JSON.stringify({ name }))).toEqual({ expired: 1 });
    expect(await control('GET', 'files')).toMatchObject({
      files: [
        { name: other, state: 'ACTIVE', expired: false },
        { name, expired: true },
      ],
    });
    expect(await control('POST', 'files/expire')).toEqual({ expired: 1 });
    expect(await control('POST', 'files/sweep')).toEqual({ swept: 2 });
    expect(await control('GET', 'files')).toEqual({ files: [] });
  });
});

describe('faults', () => {
  const act: Readonly<Record<string, (ai: GoogleGenAI, file: File) => Promise<unknown>>> = {
    'files.upload': async (ai) => upload(ai),
    'files.get': async (ai, { name = '' }) => ai.files.get({ name }),
    'files.list': async (ai) => ai.files.list(),
    'files.delete': async (ai, { name = '' }) => ai.files.delete({ name }),
  };

  test.each(
    (['files.upload', 'files.get', 'files.list', 'files.delete'] as const).flatMap((method) => [
      [method, 'quota-storage', 429] as const,
      [method, 'file-403', 403] as const,
      [method, 'capacity', 503] as const,
      [method, 'internal', 500] as const,
    ]),
  )('%s: %s is a %i, once, and costs nothing', async (method, action, status) => {
    const emulator = await emulatorFor();
    const ai = sdk(emulator);
    const file = await upload(ai);
    emulator.addFaults({ match: { method }, times: 1, action });
    await expect(act[method]?.(ai, file)).rejects.toMatchObject({ status });
    expect(emulator.calls().at(-1)).toMatchObject({ method, decision: `fault:${action}`, billed: false });
    await act[method]?.(ai, file);
    expect(emulator.totals()).toMatchObject({ billed: 0, usd: 0 });
  });

  test('file-403 quotes the file that was asked for, in generateContent too', async () => {
    const emulator = await emulatorFor();
    const ai = sdk(emulator);
    const file = await upload(ai);
    emulator.addFaults({ match: { method: 'files' }, action: 'file-403' }, { action: 'file-403' });
    await expect(ai.files.get({ name: file.name ?? '' })).rejects.toMatchObject(forbidden(file));
    await expect(edit(ai, file)).rejects.toMatchObject(forbidden(file));
  });

  test('an answer that is lost at the end of an upload leaves a file that nobody knows', async () => {
    const emulator = await emulatorFor();
    emulator.addFaults({ match: { method: 'files.upload' }, nth: 2, action: 'reset-after' });
    const ai = sdk(emulator);
    await expect(upload(ai)).rejects.toThrow('fetch failed');
    expect(emulator.files()).toHaveLength(1);
    expect(await listed(ai)).toHaveLength(1);
  });

  test.each(['reset-before', 'close-after'])('%s breaks a file call as it breaks any', async (action) => {
    const emulator = await emulatorFor({ faults: [{ match: { method: 'files.list' }, times: 1, action }] });
    const ai = sdk(emulator);
    await expect(ai.files.list()).rejects.toThrow('fetch failed');
    expect(await listed(ai)).toEqual([]);
  });
});

describe('the protocol', () => {
  const send = async (
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array = '',
  ) => fetch(url, { method: 'POST', headers, body });

  test('without the SDK: a URL that needs no key, parts in order, the file at the end', async () => {
    const emulator = await emulatorFor();
    const started = await send(
      `${emulator.url}/upload/v1beta/files`,
      {
        'x-goog-api-key': KEY,
        'X-Goog-Upload-Protocol': 'resumable',
        'X-Goog-Upload-Command': 'start',
        'X-Goog-Upload-Header-Content-Length': '6',
        'X-Goog-Upload-Header-Content-Type': 'text/plain',
      },
      JSON.stringify({ file: { display_name: 'words' } }),
    );
    const url = started.headers.get('x-goog-upload-url') ?? '';
    expect([
      started.status,
      started.headers.get('x-goog-upload-status'),
      url.startsWith(emulator.url),
    ]).toEqual([200, 'active', true]);
    const bring = async (command: string, offset: number, body: string): Promise<Response> =>
      send(url, { 'X-Goog-Upload-Command': command, 'X-Goog-Upload-Offset': String(offset) }, body);
    expect((await bring('upload', 0, 'abc')).headers.get('x-goog-upload-status')).toBe('active');
    expect((await bring('upload', 0, 'abc')).status).toBe(400);
    expect((await bring('query', 0, '')).headers.get('x-goog-upload-size-received')).toBe('3');
    const ended = await bring('upload, finalize', 3, 'def');
    expect(ended.headers.get('x-goog-upload-status')).toBe('final');
    expect(await ended.json()).toMatchObject({
      file: { displayName: 'words', mimeType: 'text/plain', sizeBytes: '6' },
    });
    expect((await bring('upload, finalize', 6, '')).status).toBe(404);
  });

  test('another protocol, and a start that is no JSON, are refused', async () => {
    const emulator = await emulatorFor();
    const url = `${emulator.url}/upload/v1/files`;
    const headers = { 'x-goog-api-key': KEY, 'X-Goog-Upload-Command': 'start' };
    expect((await send(url, headers)).status).toBe(400);
    expect((await send(url, { ...headers, 'X-Goog-Upload-Protocol': 'resumable' }, '{')).status).toBe(400);
  });
});
