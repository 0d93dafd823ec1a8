import { expect, test } from 'vitest';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import type { ProvenanceFacts } from '../../src/artifacts/provenance.ts';
import { generationsOf, readProvenance, writeProvenance } from '../../src/artifacts/provenance.ts';

const IMAGE = 'a'.repeat(64);
const FACTS: ProvenanceFacts = {
  generationId: 'order/17',
  requestDigest: 'd'.repeat(64),
  modelAsked: 'gemini-3-pro-image',
  modelVersion: 'gemini-3-pro-image-001',
  responseId: 'r-1',
  path: {
    route: {
      name: 'default',
      account: {
        provider: 'google',
        endpoint: 'ai-studio',
        baseUrl: 'https://generativelanguage.googleapis.com',
        project: 'default',
        credential: '0123456789abcdef',
      },
      model: 'gemini-3-pro-image',
      tier: 'standard',
    },
    payloadDigest: 'p'.repeat(64),
    inputs: ['b'.repeat(64)],
    format: '2K 16:9 TEXT+IMAGE',
    fingerprint: 'f'.repeat(64),
  },
  tokens: { promptTokenCount: 12, totalTokenCount: 1400, imageTokenCount: 1120 },
  cost: { sureUsd: 0.134, possibleUsd: 0 },
  attempts: 2,
  trail: ['capacity/overloaded', 'success'],
  parents: ['b'.repeat(64)],
  createdAt: '2026-11-21T04:00:00.000Z',
};

test('the record beside an image has exactly these keys, in this order', async () => {
  const store = new MemoryArtifactStore();
  await writeProvenance(store, IMAGE, FACTS);
  expect(await store.listRecords('')).toEqual([`provenance/${IMAGE}/order/17`]);
  const provenance = await readProvenance(store, IMAGE, 'order/17');
  expect(Object.keys(provenance ?? {})).toEqual([
    'version',
    'image',
    'generationId',
    'requestDigest',
    'modelAsked',
    'modelVersion',
    'responseId',
    'path',
    'tokens',
    'cost',
    'attempts',
    'trail',
    'parents',
    'createdAt',
  ]);
  expect(provenance).toEqual({ version: 1, image: IMAGE, ...FACTS });
  expect(Object.keys(provenance?.path ?? {})).toEqual([
    'route',
    'payloadDigest',
    'inputs',
    'format',
    'fingerprint',
  ]);
});

test('what the provider did not say is absent', async () => {
  const store = new MemoryArtifactStore();
  await writeProvenance(store, IMAGE, {
    ...FACTS,
    modelVersion: undefined,
    responseId: undefined,
    tokens: undefined,
  });
  const provenance = await readProvenance(store, IMAGE, 'order/17');
  for (const key of ['modelVersion', 'responseId', 'tokens']) expect(provenance).not.toHaveProperty(key);
});

test('fields that are not provenance do not slip in', async () => {
  const store = new MemoryArtifactStore();
  const more = { ...FACTS, prompt: 'secret words' };
  await writeProvenance(store, IMAGE, more);
  expect(JSON.stringify(await readProvenance(store, IMAGE, 'order/17'))).not.toContain('secret');
});

test('written once: a second writing, after a crash or a revival, changes nothing', async () => {
  const store = new MemoryArtifactStore();
  await writeProvenance(store, IMAGE, FACTS);
  await writeProvenance(store, IMAGE, { ...FACTS, createdAt: '2027-01-01T00:00:00.000Z' });
  expect((await readProvenance(store, IMAGE, 'order/17'))?.createdAt).toBe(FACTS.createdAt);
});

test('two generations that delivered the same bytes each have their record', async () => {
  const store = new MemoryArtifactStore();
  await writeProvenance(store, IMAGE, FACTS);
  await writeProvenance(store, IMAGE, { ...FACTS, generationId: 'another' });
  expect(await generationsOf(store, IMAGE)).toEqual(['another', 'order/17']);
  expect(await readProvenance(store, IMAGE, 'a third')).toBeUndefined();
});
