/**
 * The texts of a remedy, from the store: what was asked, what was made of it, and the difference. Not
 * read where the caller hides the prompt, or where nobody knows any more whether they do.
 */
import type { ArtifactStore } from '../artifacts/store.ts';
import type { DiffPart, PromptRecord } from '../domain/preparation.ts';
import type { GenerationRequest } from '../domain/request.ts';

export type PromptTexts =
  | { readonly kind: 'hidden' }
  /** The store has lost it, or somebody removed it. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'read'; readonly record: PromptRecord };

/** @param request of the generation; undefined where nobody knows it any more */
export async function readPromptTexts(
  store: ArtifactStore,
  request: GenerationRequest | undefined,
  sha256: string,
): Promise<PromptTexts> {
  if (request?.hidePrompt !== false) return { kind: 'hidden' };
  try {
    const text = Buffer.from(await store.get(sha256)).toString('utf8');
    return { kind: 'read', record: JSON.parse(text) as PromptRecord };
  } catch (error) {
    if (error instanceof Error && error.name === 'ArtifactMissing') return { kind: 'missing' };
    throw error;
  }
}

/** The difference of one made prompt, by its digest; of the first one where none is named. */
export function diffOf({ prompts }: PromptRecord, sha256?: string): readonly DiffPart[] {
  const made = sha256 === undefined ? prompts[0] : prompts.find((each) => each.sha256 === sha256);
  return made?.diff ?? [];
}
