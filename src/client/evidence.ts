/** The evidence of one attempt, as its worker kept it: redacted, with the original error whole (I3, I7). */
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Cost, Move } from '../domain/attempt.ts';
import type { Classification } from '../domain/classification.ts';
import type { Outcome } from '../domain/evidence.ts';
import type { Path } from '../domain/path.ts';
import { invalid } from './invalid.ts';

/** What is in it depends on the release and on the kind of call: a text call tells its fingerprint alone. */
export interface AttemptEvidence {
  readonly generation?: string;
  readonly n?: number;
  readonly move?: Move;
  readonly path?: Partial<Path>;
  /** ISO 8601. */
  readonly startedAt?: string;
  readonly tookMs?: number;
  readonly outcome?: Outcome;
  readonly verdict?: Partial<Classification>;
  readonly cost?: Cost;
  /** What a text call came to. */
  readonly note?: string;
}

/** Throws InvalidRequest where it is no evidence, ArtifactMissing, ArtifactCorrupt, StoreUnavailable. */
export async function readEvidence(store: ArtifactStore, sha256: string): Promise<AttemptEvidence> {
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw invalid('evidence', sha256, 'must be the SHA-256 that a trail names');
  }
  const text = Buffer.from(await store.get(sha256)).toString('utf8');
  try {
    const value = JSON.parse(text) as unknown;
    if (value !== null && typeof value === 'object' && 'outcome' in value) return value as AttemptEvidence;
  } catch {
    // Told below, with everything else that is none.
  }
  throw invalid('evidence', sha256, 'must be the SHA-256 of an evidence, and is another artifact');
}
