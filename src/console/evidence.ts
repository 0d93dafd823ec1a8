/**
 * `/evidence?generation=…&n=…`: the whole evidence of an attempt, as text. Only what the generation's own trail
 * names: no address leads to anything else in the store.
 */
import type { ServerResponse } from 'node:http';
import type { GeminiImages } from '../client/gemini-images.ts';
import { withoutKeys } from '../words/keys.ts';
import { sendText } from './answer.ts';
import { endingOf } from './ending.ts';
import { bounded } from './part.ts';
import { NotHere } from './told.ts';

const PATIENCE_MS = 15_000;

/** Throws `NotHere`, and what client and store throw. */
export async function sendEvidence(
  images: GeminiImages,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const id = query.get('generation') ?? '';
  const n = Number(query.get('n'));
  const sha256 = await bounded('the evidence', find(images, id, n), PATIENCE_MS);
  if (sha256 === undefined) throw new NotHere('this attempt left no evidence that is still told');
  const evidence = await bounded('the artifact store', images.evidence(sha256), PATIENCE_MS);
  sendText(response, 200, `${withoutKeys(JSON.stringify(evidence, undefined, 2))}\n`);
}

/** In the trail while it runs; once it has ended, in how it ended. */
async function find(images: GeminiImages, id: string, n: number): Promise<string | undefined> {
  const described = await images.describe(id).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'UnknownGeneration') return undefined;
    throw error;
  });
  const told = described?.trail.find((line) => line.n === n)?.evidence;
  if (told !== undefined || described?.status === 'running') return told;
  return (await endingOf(images, id)).trail.find((line) => line.n === n)?.evidence;
}

/** The address of an attempt's evidence. */
export function evidencePath(id: string, n: number): string {
  return `/evidence?${new URLSearchParams({ generation: id, n: String(n) }).toString()}`;
}
