/**
 * Another provider behind a real server: reached by a person's word only, with its own key, model and
 * price, and never with a use-policy verdict (I4, I14).
 */
import { createHash } from 'node:crypto';
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import type { LedgerEntry } from '../../src/emulator/index.ts';
import type { ProviderModel, ProviderRoute } from '../../src/plugin/provider-route.ts';
import type { StartWorkerOptions } from '../../src/worker/run.ts';
import { asked, BY, GONE, KEYS, startOperatorRig } from '../client/operator-rig.ts';
import type { Rig, RigOptions } from '../support/rig.ts';

const OTHER_KEY = 'sk-other-key-0123456789-othr';
const PRICE = 0.17;
const OPENAI = ['images.generate', 'images.edit', 'chat.completions'];

/** Whatever comes from the main route is a page of its proxy: another endpoint is what helps. */
const PROXIED = '[[fault:gateway-502*always@key(main)]]';

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

const MODEL: ProviderModel = {
  ...{ model: 'gpt-image-1', usdPerImage: PRICE },
  sizes: { '1K': { '1:1': '1024x1024', '3:2': '1536x1024' } },
};

function withOther({ emulator }: Rig, more: Partial<ProviderRoute> = {}): Partial<StartWorkerOptions> {
  const other: ProviderRoute = {
    ...{ name: 'other', provider: 'openai-compatible', apiKey: OTHER_KEY, dialect: 'images' },
    ...{ baseUrl: `${emulator.url}/v1`, models: [MODEL] },
    ...more,
  };
  const main = { name: 'main', apiKey: KEYS.main, baseUrl: emulator.url, project: 'project-main' };
  return { apiKey: undefined, baseUrl: undefined, allowPrivateUrls: true, routes: [main, other] };
}

async function started(
  options: RigOptions['emulator'] = {},
  more: Partial<ProviderRoute> = {},
): Promise<Rig> {
  const emulator = { ...options, openai: { keys: [OTHER_KEY], ...options?.openai } };
  const rig = await startOperatorRig({ emulator: { keys: [KEYS.main], ...emulator } });
  await rig.worker(withOther(rig, more));
  return rig;
}

const elsewhere = ({ emulator }: Rig): readonly LedgerEntry[] =>
  emulator.calls().filter(({ method }) => OPENAI.includes(method));

describe('route-out to another provider', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await started();
  });
  afterAll(() => rig.close());

  const proved = async (request: Parameters<Rig['images']['start']>[0]) => {
    const { id } = await rig.images.start(request);
    return await asked(rig, id, { choice: 'route-out other' });
  };

  it('is offered with its price and what is lost there, and nothing was sent before', async () => {
    const before = elsewhere(rig).length;
    const { id, ask } = await proved({
      prompt: `a fox ${GONE}`,
      ...{ size: '4K', aspectRatio: '16:9', thinking: { level: 'high' } },
    });
    const option = ask.options?.find(({ choice }) => choice === 'route-out');
    expect(option).toMatchObject({ route: 'other', model: 'gpt-image-1', worstUsd: PRICE });
    expect(option).toMatchObject({
      changes: [
        'another provider, with a picture quality and content rules of its own',
        '4K becomes 1K',
        'only asked for in words: Aspect ratio 16:9. Resolution 1K.',
        'not sent: thinking',
      ],
    });
    expect(elsewhere(rig)).toHaveLength(before);
    await rig.images.decide(id, { ...BY, choice: 'reject', evidence: ask.evidence });
  });

  it('delivers once a person approved it: its name in the trail, its price in the cost', async () => {
    const { id, ask } = await proved({ prompt: `a fox in snow ${GONE}`, size: '2K', aspectRatio: '3:2' });
    await rig.images.decide(id, { ...BY, choice: 'route-out', route: 'other', evidence: ask.evidence });
    const result = await rig.images.result(id);
    expect(result).toMatchObject({ route: 'other', model: 'gpt-image-1' });
    expect(result.images).toMatchObject([{ mime: 'image/png', width: 1536, height: 1024 }]);
    expect(result.cost).toEqual({ sureUsd: PRICE, possibleUsd: 0 });
    expect(result.trail.at(-1)).toMatchObject({
      ...{ move: 'route-out: main → other: gpt-image-1', model: 'gpt-image-1', verdict: 'success' },
    });
    expect(result.warnings).toContain('other: 2K becomes 1K');
    expect(elsewhere(rig).filter(({ generation }) => generation?.id === id)).toMatchObject([
      { method: 'images.generate', billed: true, width: 1536, height: 1024 },
    ]);
  });

  it('sends inputs there as files, and no signature', async () => {
    const { id, ask } = await proved({
      prompt: `the same fox at night ${GONE}`,
      inputs: [{ bytes: Buffer.from(PIXELS, 'base64') }],
    });
    await rig.images.decide(id, { ...BY, choice: 'route-out', evidence: ask.evidence });
    await rig.images.result(id);
    const [call] = elsewhere(rig).filter(({ generation }) => generation?.id === id);
    expect(call).toMatchObject({ method: 'images.edit', billed: true });
    expect(call?.inputs).toHaveLength(1);
  });

  it('is not taken by itself, whatever else the request allows', async () => {
    const before = elsewhere(rig).length;
    const { id } = await rig.images.start({
      prompt: `a red fox ${GONE}`,
      allow: 'available',
      routeOut: 'never',
    });
    // Another model of the main route's is what was allowed.
    await rig.images.result(id).catch(() => undefined);
    expect(elsewhere(rig)).toHaveLength(before);
  });

  it('is taken where the caller named it beforehand, with its warnings', async () => {
    const result = await rig.images.generate({
      prompt: `a named fox ${PROXIED}`,
      ...{ aspectRatio: '21:9', allow: { endpoints: ['other'] }, routeOut: 'never' },
    });
    expect(result).toMatchObject({ route: 'other', cost: { sureUsd: PRICE } });
    expect(result.warnings).toContain('other: only asked for in words: Aspect ratio 21:9.');
  });

  it('never travels with a use-policy verdict: nobody is asked, nothing is sent (I14)', async () => {
    const before = elsewhere(rig).length;
    for (const allow of ['exact' as const, { endpoints: ['other'] }]) {
      const failed = await rig.images
        .generate({ prompt: `a fox [[fault:prohibited-content]] ${JSON.stringify(allow)}`, allow })
        .catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(GenerationFailed);
      expect(failed).toMatchObject({ branch: 'policy' });
    }
    expect(elsewhere(rig)).toHaveLength(before);
  });

  it('a use-policy verdict of the other provider goes back to the caller as well', async () => {
    const { id, ask } = await proved({ prompt: `real execution footage of a fox ${GONE}` });
    await rig.images.decide(id, { ...BY, choice: 'route-out', evidence: ask.evidence });
    await expect(rig.images.result(id)).rejects.toMatchObject({ branch: 'policy' });
  });

  it('neither endpoint ever saw the other’s key', () => {
    const seen = (calls: readonly LedgerEntry[]) => new Set(calls.map(({ keyHash }) => keyHash));
    const there = elsewhere(rig);
    const here = rig.emulator.calls().filter(({ method }) => !OPENAI.includes(method));
    expect(seen(there)).toEqual(new Set([hashOf(OTHER_KEY)]));
    expect(seen(here)).toEqual(new Set([hashOf(KEYS.main)]));
  });
});

describe('a session that leaves to another provider', () => {
  it('begins anew there with its last image and no signature, and again when it comes back (I9)', async () => {
    const rig = await started({ signatureChecks: true });
    try {
      const session = await rig.images.session({ model: 'gemini-3-pro-image', size: '1K' });
      const before = await (await session.edit({ turnId: 'a', prompt: 'draw a' })).result();
      const b = await session.edit({ turnId: 'b', prompt: `draw b ${GONE}` });
      const { ask } = await asked(rig, b.generationId, { choice: 'route-out other' });
      const option = ask.options?.find(({ choice }) => choice === 'route-out');
      expect(JSON.stringify(option)).toContain('signatures are lost');
      await rig.images.decide(b.generationId, { ...BY, choice: 'route-out', evidence: ask.evidence });
      const there = await b.result();
      expect([there.route, there.conversation?.use]).toEqual(['other', 'reseeded']);
      expect(elsewhere(rig)).toMatchObject([
        { method: 'images.edit', inputs: [{ sha256: before.images[0]?.sha256 }] },
      ]);
      const back = await (await session.edit({ turnId: 'c', prompt: 'draw c' })).result();
      expect([back.route, back.conversation?.use]).toEqual(['main', 'reseeded']);
      expect(rig.calls(`${session.id}/c`)[0]?.inputs).toMatchObject([{ sha256: there.images[0]?.sha256 }]);
    } finally {
      await rig.close();
    }
  });
});

describe('a link in the answer', () => {
  it('is fetched in the same attempt, also from Markdown in a chat', async () => {
    const rig = await started({ openai: { results: 'url', chat: 'markdown' } }, { dialect: 'chat' });
    try {
      const result = await rig.images.generate({
        prompt: `a fox ${PROXIED}`,
        ...{ allow: { endpoints: ['other'] }, routeOut: 'never' },
      });
      expect(result).toMatchObject({ route: 'other', cost: { sureUsd: PRICE } });
      expect(elsewhere(rig)).toHaveLength(1);
    } finally {
      await rig.close();
    }
  });

  it('that is gone is a verdict with the price of the image in it', async () => {
    const rig = await started({ openai: { results: 'dead-url' } });
    try {
      const { id } = await rig.images.start({
        prompt: `a fox ${PROXIED}`,
        ...{ allow: { endpoints: ['other'] }, routeOut: 'never' },
      });
      await expect(rig.images.result(id)).rejects.toMatchObject({ branch: 'no-image' });
      const { trail, cost } = await rig.images.describe(id);
      const there = trail.filter(({ model }) => model === 'gpt-image-1');
      expect(there.map(({ verdict }) => verdict)).toEqual([
        'no-image/corrupt-image',
        'no-image/corrupt-image',
      ]);
      expect(there[0]?.message).toMatch(/the image was made, and its link .* answered with status 404/);
      expect(cost?.sureUsd).toBeCloseTo(PRICE * there.length);
      expect(elsewhere(rig).filter(({ billed }) => billed)).toHaveLength(there.length);
    } finally {
      await rig.close();
    }
  });
});

/** A PNG of 64 × 64 pixels. */
const PIXELS = await png();
async function png(): Promise<string> {
  const { default: sharp } = await import('sharp');
  const made = sharp({ create: { width: 64, height: 64, channels: 3, background: '#a33' } });
  return (await made.png().toBuffer()).toString('base64');
}
