/** The text models, their aliases, and with them everything that `models.list` knows. */
import { ANY_LEVEL, MODELS } from './models.ts';
import type { AnyModel, TextModelFacts } from './models.ts';

const FLASH: TextModelFacts = {
  id: 'gemini-3.6-flash',
  displayName: 'Gemini 3.6 Flash',
  description: 'Fast text model.',
  listed: true,
  output: 'text',
  thinkingLevels: ANY_LEVEL,
  thinkingTokens: 60,
  inputTokenLimit: 1_048_576,
  outputTokenLimit: 65_536,
  usdPerMillionTokens: { input: 1.5, text: 9 },
};

export const TEXT_MODELS: readonly TextModelFacts[] = [FLASH];

/** Ids that name another model: listed under their own name, answered and metered under the model's. */
export const ALIASES: Readonly<Record<string, string>> = { 'gemini-flash-latest': FLASH.id };

/** Every model with the name under which `models.list` and `models.get` know it. */
export const CATALOGUE: readonly AnyModel[] = [
  ...MODELS,
  ...TEXT_MODELS,
  { ...FLASH, id: 'gemini-flash-latest', displayName: 'Gemini Flash Latest' },
];
