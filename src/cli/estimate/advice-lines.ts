/** Advice on a request for people, before money is spent on it. It never stops anything. */
import type { Advice } from '../../domain/advice/index.ts';
import { advise } from '../../domain/advice/index.ts';
import { DEFAULT_CATALOGUE, findModel } from '../../domain/catalogue.ts';
import { lifeWarning } from '../../domain/model-life.ts';
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

/** @param now Epoch milliseconds. */
export function adviceLines(request: GenerateRequest, now = Date.now()): readonly string[] {
  const messages = adviceOn(request).map(({ message }) => message);
  return [...endOf(request, now), ...messages].map((message) => `advice: ${message}`);
}

/** Of the model that is named, by this release's catalogue; a worker's may know better. */
function endOf({ model }: GenerateRequest, now: number): readonly string[] {
  const entry = model === undefined ? undefined : findModel(DEFAULT_CATALOGUE, 'ai-studio', model);
  const ends = entry === undefined ? undefined : lifeWarning(entry, now);
  return ends === undefined ? [] : [ends];
}
