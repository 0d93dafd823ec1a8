/**
 * Everything that is known of one generation: what the server says, how it ended, and the provenance of
 * its images. Beyond Temporal's retention the store's index still knows the delivered ones.
 */
import type { ArtifactStore } from '../artifacts/store.ts';
import { readProvenance } from '../artifacts/provenance.ts';
import type { Provenance } from '../artifacts/provenance.ts';
import type { Description } from '../client/describe.ts';
import { UnknownGeneration } from '../client/errors.ts';
import type { GeminiImages } from '../client/gemini-images.ts';
import type { PromptTexts } from '../client/prompt-texts.ts';
import type { TrailLine } from '../contract/generation.ts';
import type { Ending } from './follow.ts';
import { follow } from './follow.ts';
import { offersOf } from './offers.ts';
import { ProgressLine } from './progress-line.ts';
import type { Question } from './question-words.ts';

/** For the outcome of a generation that has ended. */
const OUTCOME_WAIT_MS = 10_000;

export interface Sight {
  readonly id: string;
  /** Absent beyond Temporal's retention. */
  readonly description?: Description;
  /** Absent while it runs. */
  readonly ending?: Ending;
  readonly trail: readonly TrailLine[];
  /** Of its images, in their order, where the store has it. */
  readonly provenance: readonly (Provenance | undefined)[];
  /** What a person is asked now. */
  readonly question?: Question;
  /** How the prompt that delivered differs from the one that was asked; absent where it does not. */
  readonly promptTexts?: PromptTexts;
}

export interface LookOptions {
  /** Waits for its end first. */
  readonly waitMs?: number | undefined;
  /** Options that make another command find the same server and store. */
  readonly server?: readonly string[];
}

/** Throws {@link UnknownGeneration}, ServerUnreachable, StoreUnavailable. */
export async function lookAt(
  images: GeminiImages,
  store: ArtifactStore,
  id: string,
  { waitMs, server = [] }: LookOptions,
): Promise<Sight> {
  const before = await describe(images, id);
  const waited =
    waitMs === undefined || before?.status !== 'running'
      ? undefined
      : await follow(images, id, { waitMs, progress: new ProgressLine() });
  const description = waited === undefined ? before : await describe(images, id);
  const ending =
    waited ??
    (before?.status === 'running' ? undefined : await follow(images, id, { waitMs: OUTCOME_WAIT_MS }));
  const result = ending?.kind === 'done' ? ending.result : undefined;
  const provenance: (Provenance | undefined)[] = [];
  for (const { sha256 } of result?.images ?? []) provenance.push(await readProvenance(store, sha256, id));
  const change = result?.promptChange;
  const texts = change === undefined ? undefined : await images.promptTexts(id, change.record);
  const question =
    ending === undefined || ending.kind === 'running'
      ? await questionOf(images, description, server)
      : undefined;
  return {
    id,
    trail: trailOf(ending) ?? description?.trail ?? [],
    provenance,
    ...(description === undefined ? {} : { description }),
    ...(ending === undefined ? {} : { ending }),
    ...(question === undefined ? {} : { question }),
    ...(texts === undefined ? {} : { promptTexts: texts }),
  };
}

/** What is asked, with the texts of a rewrite that waits for approval. */
export async function questionOf(
  images: GeminiImages,
  description: Pick<Description, 'id' | 'ask'> | undefined,
  server: readonly string[],
): Promise<Question | undefined> {
  if (description?.ask === undefined) return undefined;
  const { id, ask } = description;
  const offers = offersOf(id, ask, server);
  const record = offers.find((offer) => offer.record !== undefined)?.record;
  return {
    ask,
    offers,
    ...(record === undefined ? {} : { rewritten: await images.promptTexts(id, record) }),
  };
}

async function describe(images: GeminiImages, id: string): Promise<Description | undefined> {
  try {
    return await images.describe(id);
  } catch (error) {
    if (error instanceof UnknownGeneration) return undefined;
    throw error;
  }
}

function trailOf(ending: Ending | undefined): readonly TrailLine[] | undefined {
  if (ending?.kind === 'done') return ending.result.trail;
  return ending?.kind === 'failed' ? ending.error.trail : undefined;
}
