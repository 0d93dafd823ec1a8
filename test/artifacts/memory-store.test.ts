import { expect, test } from 'vitest';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { storeContract } from './contract.ts';

storeContract('memory', async () => {
  const store = new MemoryArtifactStore();
  return {
    store,
    reopen: () => store,
    damage: async (sha256) => {
      const stored = store['artifacts'].get(sha256);
      if (stored !== undefined) stored.bytes[0] = (stored.bytes[0] ?? 0) ^ 1;
    },
    full: async (bytes) => new MemoryArtifactStore({ maxBytes: bytes }),
    dispose: async () => undefined,
  };
});

test('a memory store without room left fails its own check', async () => {
  const store = new MemoryArtifactStore({ maxBytes: 4 });
  await store.put(Buffer.from('full'), 'text/plain');
  await expect(store.checkWritable()).rejects.toThrow(/raise maxBytes/);
});
