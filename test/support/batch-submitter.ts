/**
 * Submits one batch job as a worker's activity does, in a process of its own that may be told where to die.
 * Arguments: the emulator's address, a store directory, the job's name, `die` or `live`. Prints what came of it.
 */
import { submit } from '../../activities/submit-batch.ts';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { resolveOptions } from '../../src/plugin/options.ts';
import { MortalStore } from './mortal-store.ts';

const [baseUrl = '', directory = '', name = '', course = ''] = process.argv.slice(2);
const store =
  course === 'die' ? new MortalStore(directory, 'batch-created') : new FileArtifactStore(directory);
const deps = {
  ...resolveOptions({ apiKey: 'emulated-key-0123456789', baseUrl, store }),
  searchAttributes: () => [],
};
const items = [1, 2].map((i) => ({ generation: `g${i}`, n: 1, entry: 1 }));
const lane = {
  route: 'default',
  model: 'gemini-3-pro-image',
  account: 'google/custom/default',
  timeScale: 1,
};
const answer = await submit(deps, { ...lane, name, items }, { cancelled: new AbortController().signal });
process.stdout.write(JSON.stringify(answer));
