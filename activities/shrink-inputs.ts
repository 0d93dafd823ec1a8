/**
 * `gemini.shrinkInputs`: scales the inputs down for a provider that took too long over them. The originals
 * stay in the store, and a record beside each smaller image names its parent.
 */
import { Context } from '@temporalio/activity';
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import { shrinkImage } from '../src/artifacts/shrink-image.ts';
import type { GenerateInput } from '../src/contract/generation.ts';
import type { Preparation } from '../src/domain/preparation.ts';
import type { StoredInput } from '../src/domain/request.ts';
import { storedInputs } from './attempt-path.ts';
import type { ActivityDeps } from './deps.ts';
import { storeAway } from './failures.ts';
import { startHeartbeat } from './heartbeat.ts';

const REMEDY = 'smaller-inputs';

export async function shrinkInputs(deps: ActivityDeps, input: GenerateInput): Promise<Preparation> {
  const heartbeat = startHeartbeat(Context.current(), { phase: 'preparing', n: input.n });
  try {
    const before = storedInputs(input);
    const after: StoredInput[] = [];
    for (const each of before) after.push(await shrinkOne(deps, each));
    const smaller = after.filter((each, i) => each.sha256 !== before[i]?.sha256).length;
    if (smaller === 0) return { remedy: REMEDY, ok: false, why: 'the inputs are small already' };
    const change = `${kilobytes(before)} → ${kilobytes(after)} kB, ${smaller} of ${before.length} scaled down`;
    return { remedy: REMEDY, ok: true, inputs: after, change };
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  } finally {
    heartbeat.stop();
  }
}

async function shrinkOne(deps: ActivityDeps, original: StoredInput): Promise<StoredInput> {
  const shrunk = await shrinkImage(await deps.store.get(original.sha256), original.mime);
  if (shrunk === undefined) return original;
  const { sha256, mime, bytes } = await deps.store.put(shrunk.bytes, shrunk.mime);
  const { width, height } = shrunk;
  await deps.store.createRecord(`inputs/${sha256}/parent/${original.sha256}`, { ...original, width, height });
  return { kind: 'artifact', sha256, mime, bytes };
}

function kilobytes(inputs: readonly StoredInput[]): number {
  return Math.ceil(inputs.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000);
}
