/** The evidence of one attempt, whole, as the worker kept it: redacted, with the original error. */
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Sight } from './look-at.ts';
import { UsageError } from './usage-error.ts';

/** @param wanted number of the attempt, or true for the last one that left evidence */
export async function evidenceText(
  store: ArtifactStore,
  { id, trail, ending }: Sight,
  wanted: number | true,
): Promise<string> {
  const left = trail.filter(({ evidence }) => evidence !== undefined);
  const line = wanted === true ? left.at(-1) : left.find(({ n }) => n === wanted);
  const last = ending?.kind === 'failed' ? ending.error.evidence : undefined;
  const sha256 = line?.evidence ?? (wanted === true ? last : undefined);
  if (sha256 === undefined) {
    const there = left.length === 0 ? 'none did' : `these did: ${left.map(({ n }) => n).join(', ')}`;
    const which = wanted === true ? 'no attempt' : `attempt ${wanted}`;
    throw new UsageError(`--evidence: ${which} of ${id} left evidence (${there})`);
  }
  const text = Buffer.from(await store.get(sha256)).toString('utf8');
  return JSON.stringify(JSON.parse(text), undefined, 2);
}
