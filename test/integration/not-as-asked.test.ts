/**
 * An image that is not quite what was asked is delivered, for it is paid, and says so: in the result and in
 * its provenance. A model past its announced date is called where it is named, and nowhere else.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readProvenance } from '../../src/artifacts/provenance.ts';
import type { Provenance } from '../../src/artifacts/provenance.ts';
import type { GenerationResult } from '../../src/contract/generation.ts';
import { image } from '../artifacts/images.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

const PRO = 'gemini-3-pro-image';
const NANO = 'gemini-nano-banana-2.1';
const LITE = 'gemini-3.1-flash-lite-image';
const GONE = { endpoint: 'ai-studio', shutdownDate: '2020-01-31' } as const;

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { reroute: { [NANO]: LITE } } });
  await rig.worker();
});
afterEach(() => rig.emulator.reset());
afterAll(() => rig.close());

async function provenanceOf({ id, images }: GenerationResult, of = rig): Promise<Provenance> {
  const provenance = await readProvenance(of.store, images[0]?.sha256 ?? '', id);
  if (provenance === undefined) throw new Error(`no provenance of ${id}`);
  return provenance;
}

describe('a delivery as it was asked', () => {
  it('has no warning, in the result and beside the image', async () => {
    const result = await rig.images.generate({ prompt: 'a fox', size: '2K', aspectRatio: '16:9' });
    expect(result.warnings).toEqual([]);
    const provenance = await provenanceOf(result);
    expect(provenance).toMatchObject({ modelAsked: PRO, modelVersion: expect.stringContaining(PRO) });
    expect(provenance).not.toHaveProperty('warnings');
  });
});

describe('a model that another one answers for', () => {
  it('is delivered with a warning that names both, also in its provenance', async () => {
    const result = await rig.images.generate({ prompt: 'a fox', model: NANO });
    expect(result).toMatchObject({ model: NANO, modelVersion: expect.stringContaining(LITE) });
    expect(result.warnings).toEqual([`asked ${NANO}, answered by ${result.modelVersion}`]);
    expect(await provenanceOf(result)).toMatchObject({
      modelAsked: NANO,
      modelVersion: result.modelVersion,
      warnings: result.warnings,
    });
  });
});

describe('an image that is not as it was asked', () => {
  it('a smaller one: both say what was asked and what came', async () => {
    const result = await rig.images.generate({ prompt: 'a fox [[fault:smaller-image]]', size: '2K' });
    const [{ width, height } = { width: 0, height: 0 }] = result.images;
    expect(width).toBeLessThan(1_000);
    expect(result.warnings).toEqual([`asked 2K, delivered ${width}×${height}`]);
    expect((await provenanceOf(result)).warnings).toEqual(result.warnings);
  });

  it('one of another ratio', async () => {
    const data = (await image('png', 1_024)).toString('base64');
    const content = { role: 'model', parts: [{ inlineData: { mimeType: 'image/png', data } }] };
    const body = { candidates: [{ finishReason: 'STOP', content }], modelVersion: `models/${PRO}-001` };
    rig.emulator.addFaults({ times: 1, action: { status: 200, body } });
    const result = await rig.images.generate({ prompt: 'a fox', size: '1K', aspectRatio: '16:9' });
    const [{ width, height } = { width: 0, height: 0 }] = result.images;
    expect(result.warnings).toEqual([`asked 16:9, delivered ${width}×${height}`]);
    expect((await provenanceOf(result)).warnings).toEqual(result.warnings);
  });
});

describe('a model past its announced date', () => {
  let old: Rig;
  beforeAll(async () => {
    old = await startRig();
    const replaced = { ...GONE, model: PRO, replacement: NANO };
    await old.worker({ catalogue: [replaced, { ...GONE, model: LITE }] });
  });
  afterEach(() => old.emulator.reset());
  afterAll(() => old.close());
  const models = (): readonly string[] => old.calls().map(({ model }) => model ?? '');

  it('is called where the request names it, and the result says what to name instead', async () => {
    const result = await old.images.generate({ prompt: 'a fox', model: PRO });
    expect(models()).toEqual([PRO]);
    expect(result.warnings).toEqual([
      expect.stringMatching(
        /^gemini-3-pro-image retired \d+ days ago \(announced for 2020-01-31\): name gemini-nano-banana-2\.1 instead$/,
      ),
    ]);
    expect((await provenanceOf(result, old)).warnings).toEqual(result.warnings);
  });

  it('is not the default any more: the next of the chain is', async () => {
    const { model, warnings } = await old.images.generate({ prompt: 'a fox' });
    expect({ model, warnings }).toEqual({ model: NANO, warnings: [] });
    expect(models()).toEqual([NANO]);
  });

  it('is no fallback, also where the request lists it', async () => {
    old.emulator.addFaults({ match: { model: NANO }, times: 2, action: { preset: 'capacity' } });
    const { trail } = await old.images.generate({
      prompt: 'a fox',
      model: NANO,
      allow: { models: [LITE, PRO] },
    });
    expect(trail).toHaveLength(3);
    expect(new Set(models())).toEqual(new Set([NANO]));
  });
});
