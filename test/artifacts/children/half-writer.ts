/** Stops for ever in the middle of writing an artifact, half of it on the disk; to be killed there. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { FileArtifactStore } from '../../../src/artifacts/file-store.ts';

const [directory = '', what = 'artifact'] = process.argv.slice(2);
const store = new FileArtifactStore(directory);
await store.checkWritable();

const handle = await open(process.execPath, 'r');
await handle.close();
const prototype = Object.getPrototypeOf(handle) as FileHandle;
const write = prototype.write as (...args: unknown[]) => Promise<unknown>;
Object.assign(prototype, {
  async write(this: FileHandle, chunk: Uint8Array): Promise<unknown> {
    await write.call(this, chunk, 0, Math.floor(chunk.length / 2));
    process.send?.('half');
    return await new Promise(() => setInterval(() => undefined, 1000));
  },
});

if (what === 'artifact') await store.put(new Uint8Array(500_000).fill(7), 'image/png');
else await store.createRecord('half/record', { filler: 'z'.repeat(100_000) });
