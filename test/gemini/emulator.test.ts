/** The port against the emulator: file storage, text models and model list as a whole course. */
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { createAiStudio } from '../../src/gemini/ai-studio.ts';
import type { GeminiPort, PortAnswer } from '../../src/gemini/port.ts';
import { createRedactor } from '../../src/gemini/redactor.ts';

const KEY = 'AIza-emulated-key-0123456789';
const options = { timeoutMs: 10_000, attemptId: 'generation/1' };

let emulator: Emulator | undefined;
afterEach(() => emulator?.close());

async function start(settings: EmulatorOptions = {}): Promise<GeminiPort> {
  emulator = await startEmulator(settings);
  return createAiStudio({ apiKey: KEY, baseUrl: emulator.url, redactor: createRedactor([KEY]) });
}

function valueOf<T>(answer: PortAnswer<T>): T {
  if (answer.kind === 'failed') throw new Error(JSON.stringify(answer.record.outcome));
  return answer.value;
}

/** Status and body of the answer that was the failure. */
function refusalOf(answer: PortAnswer<unknown>): string {
  if (answer.kind === 'ok') throw new Error('it went well');
  const { outcome } = answer.record;
  return outcome.kind === 'answer' ? `${outcome.status} ${Buffer.from(outcome.body).toString()}` : 'broken';
}

const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } })
  .png()
  .toBuffer();
const file = { bytes: picture, mime: 'image/png', displayName: 'gemini-images fox' };

describe('files', () => {
  it('an uploaded image is found, listed, drawn from, deleted, and then gone', async () => {
    const port = await start();
    const uploaded = valueOf(await port.files.upload(file, options));
    expect(uploaded).toMatchObject({
      mime: 'image/png',
      bytes: picture.length,
      displayName: file.displayName,
    });
    expect(uploaded.expiresAt ?? 0).toBeGreaterThan(Date.now());
    expect(valueOf(await port.files.get(uploaded.name, options))).toMatchObject({ state: 'ACTIVE' });
    expect(valueOf(await port.files.list(options)).map(({ name }) => name)).toEqual([uploaded.name]);

    const input = { sha256: 'a', mime: 'image/png', uri: uploaded.uri };
    const call = {
      model: 'gemini-3-pro-image',
      tier: 'standard',
      prompt: 'a fox',
      modalities: ['IMAGE'],
    } as const;
    expect((await port.generate({ ...call, inputs: [input] }, options)).outcome).toMatchObject({
      status: 200,
    });

    expect(valueOf(await port.files.delete(uploaded.name, options))).toBeUndefined();
    expect(refusalOf(await port.files.get(uploaded.name, options))).toMatch(/^403 .*it may not exist/s);
    expect((await port.generate({ ...call, inputs: [input] }, options)).outcome).toMatchObject({
      status: 403,
    });
  });

  it('goes in parts where it is large, and comes back in pages where there are many', async () => {
    const port = await start();
    const large = Buffer.concat([picture, randomBytes(17 * 1024 * 1024)]);
    expect(valueOf(await port.files.upload({ ...file, bytes: large }, options)).bytes).toBe(large.length);
    for (let i = 0; i < 104; i += 1) valueOf(await port.files.upload(file, options));
    expect(valueOf(await port.files.list(options))).toHaveLength(105);
  });

  it('an answer without a state is PROCESSING until it is not', async () => {
    const port = await start({ fileStateLate: true, fileProcessingMs: 200 });
    const { name, state } = valueOf(await port.files.upload(file, options));
    expect(state).toBe('PROCESSING');
    await expect
      .poll(async () => valueOf(await port.files.get(name, options)).state, { timeout: 60_000 })
      .toBe('ACTIVE');
  });

  it('a full storage refuses with its quota, before a byte is sent', async () => {
    const port = await start({ fileStorageBytes: 10 });
    expect(refusalOf(await port.files.upload(file, options))).toMatch(/^429 .*FileStorageBytes/s);
  });

  it('I7: an echoed key is in no refusal', async () => {
    const port = await start({ echoKey: true, leakedKeys: [KEY] });
    const refusals = [
      refusalOf(await port.files.upload(file, options)),
      refusalOf(await port.files.list(options)),
      refusalOf(await port.listModels(options)),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatch(/^403/);
      expect(refusal).not.toContain(KEY);
    }
  });
});

describe('text and models', () => {
  it('a text model answers in JSON where it is asked to', async () => {
    const port = await start();
    const { outcome } = await port.generateText(
      {
        model: 'gemini-flash-latest',
        system: 'Answer {"words": [...]}.',
        text: 'a fox',
        maxOutputTokens: 256,
        json: true,
      },
      options,
    );
    expect(outcome).toMatchObject({ kind: 'answer', status: 200 });
  });

  it('lists the models with what they can do', async () => {
    const models = valueOf(await (await start()).listModels(options));
    const pro = models.find(({ name }) => name === 'gemini-3-pro-image');
    expect(pro?.actions).toContain('generateContent');
    expect(pro?.inputTokenLimit).toBeGreaterThan(0);
  });
});
