/**
 * Remedies with everything real: Temporal, HTTP, a text model, a file storage, files on disk. The
 * emulator's ledger tells what was sent and what was paid.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProvenance } from '../../src/artifacts/provenance.ts';
import type { GenerationResult } from '../../src/contract/generation.ts';
import type { PromptRecord } from '../../src/domain/preparation.ts';
import { suspects } from '../../src/domain/text-task/simplify.ts';
import { GenerationFailed } from '../../src/client/errors.ts';
import type { GenerateRequest } from '../../src/schema/request.ts';
import { image } from '../artifacts/images.ts';
import { errorOf } from '../support/eventually.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ emulator: { latencyMs: 10, keepExpiredFiles: true } });
  await rig.worker({ textModel: { model: 'gemini-3.6-flash' } });
});
afterAll(() => rig.close());

const WAIT = { waitMs: 40_000 };
const verdicts = ({ trail }: Pick<GenerationResult, 'trail'>) => trail.map(({ verdict }) => verdict);

function promptsSent(id: string): readonly string[] {
  const images = rig.calls(id).filter(({ model }) => model?.includes('image') === true);
  return images.map(({ prompt }) => prompt ?? '');
}

async function recordOf({ promptChange }: GenerationResult): Promise<PromptRecord> {
  if (promptChange === undefined) throw new Error('the prompt was sent as it was asked');
  return JSON.parse(Buffer.from(await rig.store.get(promptChange.record)).toString()) as PromptRecord;
}

async function failed(request: GenerateRequest): Promise<GenerationFailed> {
  const error = await errorOf(rig.images.generate(request, WAIT));
  expect(error).toBeInstanceOf(GenerationFailed);
  return error as GenerationFailed;
}

describe('rewrite', () => {
  const request: GenerateRequest = {
    prompt: 'Mickey Mouse in a swimsuit selling Nike shoes [[fault:image-safety*always]]',
    allow: { rewrite: 'auto' },
  };

  it('a withheld image is rewritten at proof and delivered, with technique and difference', async () => {
    const result = await rig.images.generate(request, WAIT);
    expect(verdicts(result)).toEqual([
      'safety-image/image-safety',
      'safety-image/image-safety',
      'success',
      'success',
    ]);
    expect(result.trail[2]?.move).toBe('text call: rewrite');
    expect(result.promptChange).toMatchObject({ remedy: 'rewrite' });
    const { techniques, prompts, original } = await recordOf(result);
    expect(techniques).toEqual(result.promptChange?.techniques);
    expect(techniques).toContain('art-style');
    const [made] = prompts;
    expect(made?.text).not.toMatch(/Mickey|Nike/);
    const removed = made?.diff.filter((part) => part.removed).map(({ value }) => value);
    expect(removed?.join(' ')).toContain('Mickey');
    expect(
      made?.diff
        .filter((part) => !part.added)
        .map(({ value }) => value)
        .join(''),
    ).toBe(original);
    expect(promptsSent(result.id).at(-1)).toBe(made?.text);
  });

  it('the text call is fenced, counted and paid for like any other', async () => {
    const result = await rig.images.generate(request, WAIT);
    const names = await rig.store.listRecords(`attempts/${result.id}/`);
    expect(names.filter((name) => name.endsWith('/fence'))).toHaveLength(4);
    expect(result.trail[2]).toMatchObject({ n: 3, billed: 'yes', model: 'gemini-3.6-flash' });
    expect(result.cost.sureUsd).toBeGreaterThan(0);
  });

  it.each([
    ['nothing', 'text-empty', 'the answer is empty'],
    ['the same text', 'text-same', 'the rewrite is unchanged'],
    ['a refusal', 'text-refusal', 'the text model refused'],
    ['10,000 characters', 'text-long', 'the rewrite is over-long'],
    ['prose', 'text-not-json', 'the answer is no JSON object'],
  ])(
    'answered with %s: the remedy has failed, and the prompt is not sent again changed',
    async (_, fault, why) => {
      const error = await failed({
        prompt: `a dancer on a stage [[fault:${fault}*always]] [[fault:image-safety*always]]`,
        allow: { rewrite: 'auto' },
        routeOut: 'never',
      });
      expect(error.branch).toBe('safety-image');
      expect(error.trail.filter(({ move }) => move === 'text call: rewrite')).toHaveLength(1);
      expect(error.trail.find(({ move }) => move === 'text call: rewrite')?.message).toContain(why);
      expect(new Set(promptsSent(error.id)).size).toBe(1);
    },
  );

  it('an overloaded text model is asked once more, and then it works', async () => {
    const result = await rig.images.generate(
      {
        prompt: 'a dancer in a swimsuit pose [[fault:capacity@text]] [[fault:image-safety*always]]',
        allow: { rewrite: 'auto' },
      },
      WAIT,
    );
    expect(verdicts(result)).toContain('capacity/overloaded');
    expect(result.promptChange?.remedy).toBe('rewrite');
  });

  it('I14: a prompt that the text model must not touch goes back to the caller', async () => {
    const error = await failed({
      prompt: 'a dancer [[fault:prohibited-content*always@text]] [[fault:image-safety*always]]',
      allow: { rewrite: 'auto', models: 'chain' },
    });
    expect(error).toMatchObject({ branch: 'policy', owner: 'caller' });
    expect(error.trail).toHaveLength(3);
  });
});

describe('simplify', () => {
  it('a blank prompt is taken apart; the first image is delivered and the culprit is named', async () => {
    const result = await rig.images.generate(
      {
        prompt:
          'a cat on a chair, in watercolor, by a window, a sign with a whole contract [[fault:blank*always]]',
        allow: { simplify: true },
      },
      WAIT,
    );
    expect(result.promptChange).toMatchObject({ remedy: 'simplify', change: 'keeps 2 of 4 requirements' });
    const record = await recordOf(result);
    const { requirements = [], keeps = [] } = record;
    const delivered = record.prompts.findIndex(({ sha256 }) => sha256 === result.promptChange?.prompt);
    expect(suspects({ requirements, keeps }, delivered).join()).toContain('contract');
    expect(promptsSent(result.id).at(-1)).toContain('watercolor');
  });
});

describe('safety settings and inputs', () => {
  it('the looser settings that the caller gave are sent once the prompt filter refused', async () => {
    const safetySettings = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }];
    const result = await rig.images.generate(
      { prompt: 'a boxing match [[fault:safety-prompt]]', allow: { safetySettings } },
      WAIT,
    );
    expect(verdicts(result)).toEqual(['safety-prompt/safety', 'success']);
    expect(result.pathWhy).toBe('safety-settings: as the request allows');
    expect(result.trail[0]?.fingerprint).not.toBe(result.trail[1]?.fingerprint);
  });

  it('inputs are scaled down after a proved timeout; the parent’s digest is kept', async () => {
    const original = await image('png', 2_400);
    const result = await rig.images.generate(
      {
        prompt: 'make it rain [[fault:deadline*2]]',
        inputs: [{ bytes: original }],
        allow: { inputs: true },
      },
      WAIT,
    );
    expect(result.pathWhy).toContain('smaller-inputs: ');
    const [delivered] = result.images;
    const provenance = await readProvenance(rig.store, delivered?.sha256 ?? '', result.id);
    const [smaller = ''] = provenance?.parents ?? [];
    const [parent = ''] = await rig.store.listRecords(`inputs/${smaller}/parent/`);
    expect(await rig.store.readRecord(parent)).toMatchObject({
      kind: 'artifact',
      bytes: original.byteLength,
    });
  });
});

describe('files', () => {
  const three = () => Promise.all([1_600, 1_601, 1_602].map((side) => image('png', side)));
  const uploads = (id: string) =>
    rig.emulator
      .calls()
      .filter(({ method, generation }) => method === 'files.upload' && generation?.id === id).length / 2;

  it('a file that is gone is uploaded again, and the path stays the same', async () => {
    const inputs = (await three()).map((bytes) => ({ bytes }));
    const result = await rig.images.generate({ prompt: 'a collage [[fault:file-403]]', inputs }, WAIT);
    expect(verdicts(result)).toEqual(['file/expired', 'success']);
    expect(uploads(result.id)).toBe(6);
    expect(result.trail[0]?.fingerprint).toBe(result.trail[1]?.fingerprint);
  });

  it('a full storage: own expired files are deleted, nothing else, then it is uploaded', async () => {
    const inputs = (await three()).map((bytes) => ({ bytes }));
    rig.emulator.expireFiles();
    const before = rig.emulator.calls().filter(({ method }) => method === 'files.delete').length;
    rig.emulator.addFaults({ match: { method: 'files.upload' }, times: 1, action: 'quota-storage' });
    const result = await rig.images.generate({ prompt: 'another collage', inputs }, WAIT);
    expect(verdicts(result)).toEqual(['quota-storage/file-storage', 'success']);
    expect(result.pathWhy).toMatch(/^delete-files: \d+ expired files/);
    expect(rig.emulator.calls().filter(({ method }) => method === 'files.delete').length).toBeGreaterThan(
      before,
    );
  });
});
