/** A stored outcome as evidence for the classifier, and evidence as the artifact that people read (I3). */
import type { GenerateInput } from '../src/contract/generation.ts';
import type { Cost } from '../src/domain/attempt.ts';
import type { Verdict } from '../src/domain/classification.ts';
import type { Evidence, Outcome } from '../src/domain/evidence.ts';
import type { Path } from '../src/domain/path.ts';
import type { StoredOutcome } from './attempt-records.ts';
import type { ActivityDeps } from './deps.ts';

/** A web page of megabytes is no evidence beyond its beginning. */
const LONGEST_TEXT_IN_EVIDENCE = 64 * 1024;
/** JSON is read whole: cut in the middle it would say nothing at all. */
const LONGEST_JSON_IN_EVIDENCE = 2 * 1024 * 1024;

/** Of an answer without images; those of an image call are extracted first (see `conclude.ts`). */
export async function plainOutcome(deps: ActivityDeps, stored: StoredOutcome): Promise<Outcome> {
  if (stored.kind === 'lost') return { kind: 'lost', ...(stored.left === true ? { left: true } : {}) };
  if (stored.kind === 'broken') {
    const { stage, by, error, status } = stored;
    return { kind: 'broken', stage, by, error, ...(status === undefined ? {} : { status }) };
  }
  const { status, headers, raw } = stored;
  const text = Buffer.from(await deps.store.get(raw.sha256)).toString('utf8');
  return { kind: 'answer', status, headers, body: readBody(text) };
}

function readBody(text: string): unknown {
  try {
    if (text.length <= LONGEST_JSON_IN_EVIDENCE) return JSON.parse(text) as unknown;
  } catch {
    // Not JSON, and so a page or words.
  }
  return text.slice(0, LONGEST_TEXT_IN_EVIDENCE);
}

export interface Seen {
  readonly stored: StoredOutcome;
  readonly evidence: Evidence;
  readonly read: Verdict;
  readonly cost: Cost;
  /** The whole path of an image call; a text call's or an upload's is told by its fingerprint. */
  readonly path: Path | { readonly fingerprint: string };
  /** What a text call came to. */
  readonly note?: string;
}

/** @returns SHA-256 of the evidence artifact. */
export async function putEvidence(
  deps: ActivityDeps,
  { generationId, n, move, approval }: Pick<GenerateInput, 'generationId' | 'n' | 'move' | 'approval'>,
  { stored, evidence, read, cost, path, note }: Seen,
): Promise<string> {
  const told = {
    generation: generationId,
    n,
    move,
    path,
    startedAt: new Date(stored.startedAt).toISOString(),
    tookMs: stored.tookMs,
    ...(stored.kind === 'answer' ? { raw: stored.raw } : {}),
    ...(approval === undefined ? {} : { approval }),
    ...(note === undefined ? {} : { note }),
    outcome: evidence.outcome,
    verdict: read,
    cost,
  };
  const json = Buffer.from(JSON.stringify(deps.redactor.json(told)));
  return (await deps.store.put(json, 'application/json')).sha256;
}
