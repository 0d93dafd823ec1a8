/** The prompt's text: what a remedy made, else the request's; from the store where it lies there. */
import type { ArtifactStore } from '../src/artifacts/store.ts';
import type { Variation } from '../src/domain/attempt.ts';
import type { GenerationRequest } from '../src/domain/request.ts';

export async function promptText(
  store: ArtifactStore,
  request: GenerationRequest,
  variation: Pick<Variation, 'prompt'>,
): Promise<string> {
  const prompt = variation.prompt ?? request.prompt;
  if (typeof prompt === 'string') return prompt;
  return Buffer.from(await store.get(prompt.sha256)).toString('utf8');
}
