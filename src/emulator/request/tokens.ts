/** Tokens of a request: a quarter of the characters, 258 an image. */
import { countImages } from './inputs.ts';
import type { GenerateRequest } from './read.ts';

export interface PromptTokens {
  readonly text: number;
  readonly image: number;
  readonly total: number;
}

export const TOKENS_PER_IMAGE = 258;

export function promptTokens(request: GenerateRequest): PromptTokens {
  const turns = request.systemInstruction?.parts
    ? [...request.contents, request.systemInstruction]
    : request.contents;
  let characters = 0;
  for (const turn of turns) {
    for (const part of turn.parts) characters += typeof part.text === 'string' ? part.text.length : 0;
  }
  const text = Math.ceil(characters / 4);
  const image = countImages(request) * TOKENS_PER_IMAGE;
  return { text, image, total: text + image };
}
