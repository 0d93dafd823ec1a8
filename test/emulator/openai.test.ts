/** The OpenAI-compatible provider beside Gemini, as the real SDK and plain HTTP see it. */
import type { APIError } from 'openai';
import OpenAI, { toFile } from 'openai';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/index.ts';
import { emulatorFor } from './support.ts';

const KEY = 'sk-emulated-0123456789';
const GEMINI_KEY = 'AIza-emulated-0123456789';

async function provider(openai: EmulatorOptions['openai'] = {}, more: EmulatorOptions = {}) {
  const emulator = await emulatorFor({ keys: [GEMINI_KEY], openai: { keys: [KEY], ...openai }, ...more });
  const sdk = (apiKey = KEY) =>
    new OpenAI({ apiKey, baseURL: `${emulator.url}/v1`, maxRetries: 0, logLevel: 'off' });
  return { emulator, sdk };
}

const last = (emulator: Emulator) => emulator.calls().at(-1);
const refusalOf = async (call: Promise<unknown>): Promise<APIError> =>
  await call.then(
    () => expect.unreachable('it was answered'),
    (error: unknown) => error as APIError,
  );

describe('emulated images of another provider', () => {
  it('are PNGs of the pixels asked for, booked at the price of the option', async () => {
    const { emulator, sdk } = await provider({ usdPerImage: 0.25 });
    const made = await sdk().images.generate({ model: 'gpt-image-1', prompt: 'a fox', size: '1536x1024' });
    const bytes = Buffer.from(made.data?.[0]?.b64_json ?? '', 'base64');
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 1536, height: 1024 });
    expect(last(emulator)).toMatchObject({
      ...{ method: 'images.generate', decision: 'image', billed: true, usd: 0.25 },
      ...{ model: 'gpt-image-1', prompt: 'a fox', delivered: 'whole' },
    });
  });

  it('are edited from the files of a form', async () => {
    const { emulator, sdk } = await provider();
    const made = sharp({ create: { width: 64, height: 64, channels: 3, background: '#a33' } });
    const png = await made.png().toBuffer();
    const file = () => toFile(png, 'fox.png', { type: 'image/png' });
    const image = [await file(), await file()];
    await sdk().images.edit({ model: 'gpt-image-1', prompt: 'at night', image });
    expect(last(emulator)).toMatchObject({ method: 'images.edit', billed: true });
    expect(last(emulator)?.inputs?.map(({ bytes }) => bytes)).toEqual([png.length, png.length]);
  });

  it('come behind links where the option says so, and a dead link is charged', async () => {
    const { sdk } = await provider({ results: 'url' });
    const made = await sdk().images.generate({ model: 'gpt-image-1', prompt: 'a fox' });
    const found = await fetch(made.data?.[0]?.url ?? '');
    expect(found.headers.get('content-type')).toBe('image/png');
    const dead = await provider({ results: 'dead-url' });
    const lost = await dead.sdk().images.generate({ model: 'gpt-image-1', prompt: 'a fox' });
    expect((await fetch(lost.data?.[0]?.url ?? '')).status).toBe(404);
    expect(last(dead.emulator)).toMatchObject({ billed: true });
  });

  it('come in a chat, in message.images or as Markdown', async () => {
    const ask = async (openai: EmulatorOptions['openai']) => {
      const { sdk } = await provider(openai);
      const messages = [{ role: 'user' as const, content: 'a fox' }];
      return (await sdk().chat.completions.create({ model: 'gpt-image-1', messages })).choices[0]?.message;
    };
    expect(await ask({})).toMatchObject({
      images: [{ image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) as string } }],
    });
    expect((await ask({ chat: 'markdown', results: 'url' }))?.content).toMatch(/!\[image\]\(http:/);
  });
});

describe('emulated keys of another provider', () => {
  it('and Gemini’s open nothing at each other', async () => {
    const { emulator, sdk } = await provider();
    const refused = await refusalOf(sdk(GEMINI_KEY).images.generate({ model: 'gpt-image-1', prompt: 'x' }));
    expect(refused).toMatchObject({ status: 401, code: 'invalid_api_key' });
    const there = await fetch(`${emulator.url}/v1beta/models`, { headers: { 'x-goog-api-key': KEY } });
    expect(there.status).toBe(400);
    expect(emulator.calls().map(({ decision }) => decision)).toEqual(['refused-key', 'refused-key']);
  });

  it('list its own models under the path of both', async () => {
    const { emulator, sdk } = await provider({ models: ['gpt-image-1', 'relay/banana'] });
    const listed = (await sdk().models.list()).data.map(({ id }) => id);
    expect(listed).toEqual(['gpt-image-1', 'relay/banana']);
    const google = await fetch(`${emulator.url}/v1/models`, { headers: { 'x-goog-api-key': GEMINI_KEY } });
    expect(await google.json()).toHaveProperty('models');
  });
});

describe('emulated faults of another provider', () => {
  it.each([
    ['capacity', 503, 'server_error', false],
    ['internal', 500, 'server_error', false],
    ['quota-unknown', 429, 'requests', false],
  ])('%s is said in its own form', async (fault, status, type, billed) => {
    const { emulator, sdk } = await provider();
    const prompt = `a fox [[fault:${fault}]]`;
    const refused = await refusalOf(sdk().images.generate({ model: 'gpt-image-1', prompt }));
    expect(refused).toMatchObject({ status, type });
    expect(last(emulator)).toMatchObject({ billed });
  });

  it('ok-html is a page with status 200 that was charged; reset-after is charged, reset-before not', async () => {
    const { emulator, sdk } = await provider({}, { openai: { keys: [KEY], usdPerImage: 0.5 } });
    const call = (fault: string) =>
      sdk().images.generate({ model: 'gpt-image-1', prompt: `a fox [[fault:${fault}]]` });
    await call('ok-html').catch(() => undefined);
    await call('reset-after').catch(() => undefined);
    await call('reset-before').catch(() => undefined);
    expect(emulator.calls()).toMatchObject([
      { decision: 'fault:ok-html', status: 200, billed: true, usd: 0.5 },
      { decision: 'fault:reset-after', delivered: 'none', billed: true },
      { decision: 'fault:reset-before', delivered: 'none', billed: false },
    ]);
  });

  it('rules mean its calls as well, by method too; limits are kept', async () => {
    const { emulator, sdk } = await provider({}, { limits: { 'gpt-image-1': { rpm: 1 } } });
    emulator.addFaults({ match: { method: 'images.generate' }, times: 1, action: 'gateway-502' });
    const call = () => sdk().images.generate({ model: 'gpt-image-1', prompt: 'a fox' });
    expect(await refusalOf(call())).toMatchObject({ status: 502 });
    await call();
    expect(await refusalOf(call())).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  });

  it('a prohibited prompt, an unknown model and a wrong size are refused and cost nothing', async () => {
    const { emulator, sdk } = await provider();
    const asked = { model: 'gpt-image-1', prompt: 'a fox' };
    const refusals = [
      await refusalOf(sdk().images.generate({ ...asked, prompt: 'real execution footage' })),
      await refusalOf(sdk().images.generate({ ...asked, model: 'gpt-image-9' })),
      await refusalOf(sdk().images.generate({ ...asked, size: 'huge' })),
    ];
    expect(refusals.map(({ status, code }) => [status, code])).toEqual([
      [400, 'moderation_blocked'],
      [404, 'model_not_found'],
      [400, null],
    ]);
    expect(emulator.totals()).toMatchObject({ calls: 3, billed: 0, usd: 0 });
  });
});
