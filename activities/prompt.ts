/** The prompt's text, from the request or, for a long one, from the store. */
import type { ArtifactStore } from '../src/artifacts/store.ts';
import type { GenerationRequest } from '../src/domain/request.ts';

export async function promptText(store: ArtifactStore, { prompt }: GenerationRequest): Promise<string> {
  if (typeof prompt === 'string') return prompt;
  return Buffer.from(await store.get(prompt.sha256)).toString('utf8');
}
