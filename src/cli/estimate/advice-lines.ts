/** Advice on a prompt for people, before money is spent on it. It never stops anything. */
import type { Advice } from '../../domain/advice/index.ts';
import { advise } from '../../domain/advice/index.ts';
import type { GenerateRequest } from '../../schema/request.ts';

/** None where the prompt is to be hidden: advice quotes it. */
export function adviceOn({
  prompt,
  size,
  aspectRatio,
  model,
  inputs = [],
  hidePrompt,
}: GenerateRequest): readonly Advice[] {
  if (hidePrompt === true) return [];
  return advise({
    prompt,
    inputs: inputs.length,
    ...(size === undefined ? {} : { size }),
    ...(aspectRatio === undefined ? {} : { aspectRatio }),
    ...(model === undefined ? {} : { model }),
  });
}

export function adviceLines(request: GenerateRequest): readonly string[] {
  return adviceOn(request).map(({ message }) => `advice: ${message}`);
}
