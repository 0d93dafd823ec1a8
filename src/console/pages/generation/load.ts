/** Everything that is known of one generation: from Temporal, and from the store where that answers. */
import type { Description } from '../../../client/describe.ts';
import type { AttemptEvidence } from '../../../client/evidence.ts';
import type { GeminiImages } from '../../../client/gemini-images.ts';
import type { PromptTexts } from '../../../client/prompt-texts.ts';
import type { TrailLine } from '../../../contract/generation.ts';
import type { GenerationRequest } from '../../../domain/request.ts';
import type { Ending } from '../../ending.ts';
import { endingOf } from '../../ending.ts';
import type { Asked } from '../../page.ts';
import type { Part } from '../../part.ts';
import { bounded, within } from '../../part.ts';

export interface GenerationData {
  readonly id: string;
  /** Absent beyond Temporal's retention. */
  readonly description?: Description;
  /** Absent while it runs. */
  readonly ending?: Ending;
  readonly trail: readonly TrailLine[];
  /** By number of the attempt; what left none, or cannot be read, is missing. */
  readonly evidence: ReadonlyMap<number, AttemptFacts>;
  /** Undefined where neither Temporal nor the store knows it. */
  readonly request: Part<GenerationRequest | undefined>;
  /** Its prompt as text, where it may be shown. */
  readonly prompt: Part<string | undefined>;
  /** Of the rewrite that is offered, or of the remedy that delivered. */
  readonly texts?: Part<PromptTexts>;
  /** Why images and evidence cannot be shown; absent where they can. */
  readonly storeProblem?: string;
}

/** What is shown of an attempt's evidence: the rest is a link. */
export type AttemptFacts = Pick<AttemptEvidence, 'path' | 'startedAt' | 'tookMs' | 'cost'>;

export async function loadGeneration({ images, params }: Asked): Promise<GenerationData> {
  const id = params['id'] ?? '';
  const description = await images.describe(id).catch((error: unknown) => {
    // Beyond retention the store may know it; it says so itself where it does not.
    if (error instanceof Error && error.name === 'UnknownGeneration') return undefined;
    throw error;
  });
  const ending = description?.status === 'running' ? undefined : await endingOf(images, id);
  const trail = ending === undefined || ending.trail.length === 0 ? (description?.trail ?? []) : ending.trail;
  const record = ending?.result?.promptChange?.record ?? rewriteOf(description);
  const [request, evidence, texts, storeProblem] = await Promise.all([
    within('the request', images.request(id)),
    evidenceOf(images, trail),
    record === undefined ? undefined : within('the texts', images.promptTexts(id, record)),
    storeProblemOf(images, ending, trail),
  ]);
  const prompt = await within(
    'the prompt',
    promptOf(images, request.kind === 'here' ? request.value : undefined),
  );
  return {
    ...{ id, trail, evidence, request, prompt },
    ...(description === undefined ? {} : { description }),
    ...(ending === undefined ? {} : { ending }),
    ...(texts === undefined ? {} : { texts }),
    ...(storeProblem === undefined ? {} : { storeProblem }),
  };
}

function rewriteOf(description: Description | undefined): string | undefined {
  const offered = description?.ask?.options?.find((option) => option.choice === 'rewrite');
  return offered?.choice === 'rewrite' ? offered.record : undefined;
}

/** Evidence never changes, and may be megabytes: what is shown of it is read once. */
const FACTS = new Map<string, AttemptFacts>();
const MOST_FACTS = 2_000;

async function evidenceOf(
  images: GeminiImages,
  trail: readonly TrailLine[],
): Promise<ReadonlyMap<number, AttemptFacts>> {
  const found = new Map<number, AttemptFacts>();
  await Promise.all(
    trail.map(async ({ n, evidence }) => {
      if (evidence === undefined) return;
      const facts = FACTS.get(evidence) ?? (await readFacts(images, evidence));
      if (facts !== undefined) found.set(n, facts);
    }),
  );
  return found;
}

/** Undefined where it cannot be read; `storeProblemOf` says why. */
async function readFacts(images: GeminiImages, sha256: string): Promise<AttemptFacts | undefined> {
  const read = await within('the evidence', images.evidence(sha256));
  if (read.kind === 'missing') return undefined;
  const { path, startedAt, tookMs, cost } = read.value;
  const facts: AttemptFacts = {
    ...(path === undefined ? {} : { path }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(tookMs === undefined ? {} : { tookMs }),
    ...(cost === undefined ? {} : { cost }),
  };
  FACTS.set(sha256, facts);
  const [oldest] = FACTS.keys();
  if (FACTS.size > MOST_FACTS && oldest !== undefined) FACTS.delete(oldest);
  return facts;
}

const LOOK_MS = 3_000;

/** Browsers say nothing of an image that does not come, so one artifact is tried. */
async function storeProblemOf(
  images: GeminiImages,
  ending: Ending | undefined,
  trail: readonly TrailLine[],
): Promise<string | undefined> {
  const sha256 =
    ending?.result?.images[0]?.sha256 ?? trail.findLast(({ evidence }) => evidence !== undefined)?.evidence;
  if (sha256 === undefined) return undefined;
  try {
    await bounded('the artifact store', firstBytes(images, sha256), LOOK_MS);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function firstBytes(images: GeminiImages, sha256: string): Promise<void> {
  const reader = (await images.open({ sha256 })).getReader();
  try {
    await reader.read();
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function promptOf(
  images: GeminiImages,
  request: GenerationRequest | undefined,
): Promise<string | undefined> {
  if (request === undefined || request.hidePrompt) return undefined;
  const { prompt } = request;
  if (typeof prompt === 'string') return prompt;
  return await new Response(await images.open(prompt)).text();
}
