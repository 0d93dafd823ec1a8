import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QuotaAnswer } from '../../src/contract/generation.ts';
import type { GenerationRequest } from '../../src/domain/request.ts';
import type { RequestDraft } from '../../src/domain/resolve-request.ts';
import { resolveRequest } from '../../src/domain/resolve-request.ts';
import type { PolicySnapshot } from '../../src/domain/snapshot.ts';
import type { World } from '../support/activity-world.ts';
import { world } from '../support/activity-world.ts';

let w: World;

beforeAll(async () => {
  w = await world();
});

afterAll(() => w.close());

function check(request: GenerationRequest): Promise<QuotaAnswer> {
  const asked = { generationId: 'g', request, startedAt: 1_000, variation: { rung: 0 } };
  return w.activities['gemini.checkQuota'](asked);
}

async function snapshotOf(draft: Omit<RequestDraft, 'prompt'>): Promise<PolicySnapshot> {
  const answer = await check(resolveRequest({ prompt: 'a fox', ...draft }));
  if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer));
  return answer.snapshot as PolicySnapshot;
}

function ladderOf({ rungs }: PolicySnapshot): readonly string[] {
  return rungs.map(({ kind, model, tier, sizes }) => `${kind} ${model} ${tier} ${sizes.join('/')}`);
}

describe('checkQuota: the ladder comes from what the request allows', () => {
  it("'exact' is one rung at one size", async () => {
    expect(ladderOf(await snapshotOf({ size: '2K' }))).toEqual(['asked gemini-3-pro-image standard 2K']);
  });

  it("'available' adds the tier, the chain and smaller sizes, largest first", async () => {
    expect(ladderOf(await snapshotOf({ size: '4K', allow: 'available' }))).toEqual([
      'asked gemini-3-pro-image standard 4K/2K/1K',
      'tier gemini-3-pro-image priority 4K/2K/1K',
      'fallback gemini-nano-banana-2.1 standard 4K/2K/1K',
      'fallback gemini-3.1-flash-lite-image standard 1K',
    ]);
  });

  it('a model that cannot serve the request is no rung: no smaller size is allowed here', async () => {
    expect(ladderOf(await snapshotOf({ size: '4K', allow: { models: 'chain' } }))).toEqual([
      'asked gemini-3-pro-image standard 4K',
      'fallback gemini-nano-banana-2.1 standard 4K',
    ]);
  });

  it('a branch whose retests are configured away keeps its proof and its queue', async () => {
    const careful = await world({}, { policies: { capacity: { retests: 0 } } });
    const request = resolveRequest({ prompt: 'a fox' });
    const asked = { generationId: 'g', request, startedAt: 1_000, variation: { rung: 0 } };
    const answer = await careful.activities['gemini.checkQuota'](asked);
    await careful.close();
    expect(answer).toMatchObject({ snapshot: { policies: { capacity: { retests: 0, proof: 2 } } } });
  });

  it('I8: the snapshot holds every number a decision needs, in under 4 KiB', async () => {
    const snapshot = await snapshotOf({ allow: 'available' });
    expect(snapshot).toMatchObject({
      version: 2,
      deadlineAt: 1_000 + 24 * 3_600_000,
      maxAttempts: 12,
      timeScale: 1,
    });
    expect(snapshot.policies.capacity).toMatchObject({ proof: 2, retests: 5, baseMs: 30_000 });
    expect(JSON.stringify(snapshot).length).toBeLessThan(4 * 1024);
  });
});

describe('checkQuota: refused before any call, with field, value and what is allowed', () => {
  const wrong: readonly [
    string,
    Omit<RequestDraft, 'prompt'> & { readonly prompt?: string },
    string,
    RegExp,
  ][] = [
    ['an unknown model', { model: 'gemini-3-pro-imag' }, 'model', /did you mean gemini-3-pro-image\?/],
    ['a ratio the model lacks', { aspectRatio: '1:8' }, 'aspectRatio', /16:9/],
    ['a size the model lacks', { model: 'gemini-3.1-flash-lite-image', size: '4K' }, 'size', /1K/],
    ['level and budget together', { thinking: { level: 'high', budget: 1 } }, 'thinking', /one of the two/],
    ['an empty prompt', { prompt: '  ' }, 'prompt', /empty/],
    ['no image asked for', { modalities: ['TEXT'] }, 'modalities', /IMAGE/],
    ['a budget below one call', { maxCostUsd: 0.001 }, 'maxCostUsd', /one call may cost/],
    ['a misspelt field of a caller in another language', { promt: 'x' } as never, 'promt', /not a field/],
  ];

  it.each(wrong)('%s', async (_, draft, field, message) => {
    const answer = await check({ ...resolveRequest({ prompt: 'a fox', ...draft }), ...(draft as object) });
    expect(answer.kind).toBe('invalid');
    const [problem] = answer.kind === 'invalid' ? answer.problems : [];
    expect(problem?.field).toBe(field);
    expect(problem?.message).toMatch(message);
  });
});
