/**
 * Which shape a 200 takes, when it is not the plain success: a scripted one, a withheld one, or the one
 * that the request itself leads to.
 */
import type { ApiCall } from '../api-call.ts';
import type { Strike } from '../faults/book.ts';
import type { ShapePreset } from '../faults/preset.ts';
import { presetOf } from '../faults/presets.ts';
import type { PresetName } from '../faults/presets.ts';
import type { ModelFacts } from '../models.ts';
import { countImages } from '../request/inputs.ts';
import { promptOf } from '../request/read.ts';
import type { GenerateRequest } from '../request/read.ts';
import { judgePrompt } from '../safety.ts';

export interface NamedShape {
  /** The ledger's word for it. */
  readonly label: string;
  readonly preset: ShapePreset;
}

/** The shape, or nothing for a plain success. Faults come first, then safety, then the request's own. */
export function shapeFor(
  call: ApiCall,
  request: GenerateRequest,
  model: ModelFacts,
  draws: boolean,
  strike: Strike | undefined,
): NamedShape | undefined {
  const struck = strike?.action.preset;
  if (strike && struck) return named(`fault:${strike.name}`, struck);
  const { options } = call.context;
  const prompt = promptOf(request);
  const verdict = judgePrompt(prompt, call.faultable.promptAttempt ?? 1, options.seed, options.safety);
  if (verdict) return named(`safety:${verdict}`, verdict);
  if (!draws) return undefined;
  // No words and no picture to go by: the model answers with nothing.
  if (prompt.trim() === '' && countImages(request) === 0) return named('blank', 'blank');
  const limit = request.generationConfig.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  return limit < (model.imageTokens['1K'] ?? 0) ? named('truncated', 'truncated') : undefined;
}

function named(label: string, name: PresetName): NamedShape | undefined {
  const preset = presetOf(name);
  return preset.kind === 'shape' ? { label, preset } : undefined;
}
