/**
 * Puts prompt and inputs of a request where history may refer to them (I1): long prompts and all image
 * bytes into the store, URLs left for an activity to fetch. Throws {@link InvalidRequest}.
 */
import { InputProblem, requestProblem } from '../artifacts/input-problem.ts';
import { storeInput } from '../artifacts/store-input.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { GenerationRequest, InputSource, StoredText } from '../domain/request.ts';
import { INLINE_PROMPT_BYTES } from '../domain/request.ts';
import type { ValidRequest } from '../schema/request.ts';
import { InvalidRequest } from '../schema/request.ts';

export async function storeInputs(
  store: ArtifactStore,
  prompt: string,
  inputs: NonNullable<ValidRequest['inputs']>,
): Promise<Pick<GenerationRequest, 'prompt' | 'inputs'>> {
  const sources: InputSource[] = [];
  for (const [i, input] of inputs.entries()) sources.push(await storeOne(store, input, `inputs[${i}]`));
  return { prompt: await storePrompt(store, prompt), inputs: sources };
}

async function storePrompt(store: ArtifactStore, prompt: string): Promise<GenerationRequest['prompt']> {
  return utf8(prompt).byteLength <= INLINE_PROMPT_BYTES ? prompt : await storeText(store, prompt);
}

export async function storeText(store: ArtifactStore, text: string): Promise<StoredText> {
  const bytes = utf8(text);
  const { sha256 } = await store.put(bytes, 'text/plain; charset=utf-8');
  return { sha256, bytes: bytes.byteLength };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function storeOne(
  store: ArtifactStore,
  input: NonNullable<ValidRequest['inputs']>[number],
  field: string,
): Promise<InputSource> {
  if ('url' in input) return { kind: 'url', url: input.url };
  try {
    const { ref } = await storeInput(input, { store, field });
    return { kind: 'artifact', sha256: ref.sha256, mime: ref.mime, bytes: ref.bytes };
  } catch (error) {
    if (error instanceof InputProblem) throw new InvalidRequest([requestProblem(error)]);
    throw error;
  }
}
