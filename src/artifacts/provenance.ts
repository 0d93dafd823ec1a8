/**
 * Where a delivered image comes from, as a small JSON beside it: record
 * `provenance/<sha256>/<generationId>`, one per generation, because two generations may deliver the
 * same bytes. Written once; writing it again after a crash changes nothing.
 */
import type { Cost } from '../domain/attempt.ts';
import type { Usage } from '../domain/cost.ts';
import type { Path } from '../domain/path.ts';
import type { ArtifactStore } from './store.ts';

export interface ProvenanceFacts {
  readonly generationId: string;
  readonly requestDigest: string;
  /** The model id that was asked for; `modelVersion` is what answered. */
  readonly modelAsked: string;
  readonly modelVersion?: string | undefined;
  readonly responseId?: string | undefined;
  readonly path: Path;
  readonly tokens?: Usage | undefined;
  /** Of the attempt that delivered. */
  readonly cost: Cost;
  /** Calls that it took, this one included. */
  readonly attempts: number;
  /** `branch/reason` of each attempt before, then `success`. */
  readonly trail: readonly string[];
  /** SHA-256 of each input image, in order. */
  readonly parents: readonly string[];
  /** What is not as it was asked: another model answered, size or ratio differ. Absent where all is. */
  readonly warnings?: readonly string[] | undefined;
  /** ISO 8601, given by the caller: the store has no clock. */
  readonly createdAt: string;
}

export interface Provenance extends ProvenanceFacts {
  readonly version: 1;
  /** SHA-256 of the image. */
  readonly image: string;
}

const PREFIX = 'provenance/';

function recordName(image: string, generationId: string): string {
  return `${PREFIX}${image}/${generationId}`;
}

export async function writeProvenance(
  store: ArtifactStore,
  image: string,
  facts: ProvenanceFacts,
): Promise<void> {
  const provenance: Provenance = {
    version: 1,
    image,
    generationId: facts.generationId,
    requestDigest: facts.requestDigest,
    modelAsked: facts.modelAsked,
    modelVersion: facts.modelVersion,
    responseId: facts.responseId,
    path: facts.path,
    tokens: facts.tokens,
    cost: facts.cost,
    attempts: facts.attempts,
    trail: facts.trail,
    parents: facts.parents,
    warnings: facts.warnings?.length === 0 ? undefined : facts.warnings,
    createdAt: facts.createdAt,
  };
  await store.createRecord(recordName(image, facts.generationId), provenance);
}

/** Undefined when this generation did not deliver this image. */
export async function readProvenance(
  store: ArtifactStore,
  image: string,
  generationId: string,
): Promise<Provenance | undefined> {
  return (await store.readRecord(recordName(image, generationId))) as Provenance | undefined;
}

/** Ids of all generations that delivered this image, in lexical order. */
export async function generationsOf(store: ArtifactStore, image: string): Promise<readonly string[]> {
  const prefix = recordName(image, '');
  return (await store.listRecords(prefix)).map((name) => name.slice(prefix.length));
}
