/** Token counts and prices of an answer, plausible and repeatable. */
import type { Size } from '../domain/request.ts';
import type { Tokens } from './ledger.ts';
import type { AnyModel, ModelFacts, TextModelFacts } from './models.ts';
import { draw } from './random.ts';
import type { PromptTokens } from './request/tokens.ts';
import type { UsageMetadata } from './response/body.ts';

export type Output = 'image' | 'text' | 'nothing';

/** Google counts more candidate tokens than its own details add up to; the gap is part of the bill. */
const GAP_MIN = 88;
const GAP_SPREAD = 120;

export function tokensOf(
  model: ModelFacts,
  prompt: PromptTokens,
  output: Output,
  size: Size,
  label: string,
): Tokens {
  const chance = draw('tokens', label);
  const thoughts = output === 'nothing' ? 0 : Math.round(model.thinkingTokens * (0.6 + 0.8 * chance));
  const image = output === 'image' ? (model.imageTokens[size] ?? model.imageTokens['1K'] ?? 1120) : 0;
  const gap = output === 'image' ? GAP_MIN + Math.floor(GAP_SPREAD * chance) : 0;
  const candidates = image + gap + (output === 'text' ? 24 : 0);
  return { prompt: prompt.total, thoughts, candidates, image, total: prompt.total + thoughts + candidates };
}

/** Tokens of an answer in words, a quarter of its characters. */
export function wordTokensOf(
  model: TextModelFacts,
  prompt: PromptTokens,
  words: string,
  label: string,
): Tokens {
  const thoughts = Math.round(model.thinkingTokens * (0.6 + 0.8 * draw('tokens', label)));
  const candidates = Math.ceil(words.length / 4);
  return {
    prompt: prompt.total,
    thoughts,
    candidates,
    image: 0,
    total: prompt.total + thoughts + candidates,
  };
}

const TIER_FACTOR = { standard: 1, flex: 0.5, priority: 1.8, batch: 0.5 } as const;
type Tier = keyof typeof TIER_FACTOR;

/** The tier that serves a request; unknown names are served as standard. */
export function tierOf(name: unknown): Exclude<Tier, 'batch'> {
  const lower = typeof name === 'string' ? name.toLowerCase() : '';
  return lower === 'flex' || lower === 'priority' ? lower : 'standard';
}

/** US dollars at list price. Blocked and empty answers cost nothing. */
export function usdOf(model: AnyModel, tokens: Tokens, tier: Tier): number {
  const price = { image: 0, ...model.usdPerMillionTokens };
  const text = tokens.candidates - tokens.image + tokens.thoughts;
  const millions = tokens.prompt * price.input + text * price.text + tokens.image * price.image;
  return Math.round(TIER_FACTOR[tier] * millions) / 1e6;
}

export function usageMetadata(tokens: Tokens, prompt: PromptTokens, tier: string): UsageMetadata {
  const details = [{ modality: 'TEXT', tokenCount: prompt.text }];
  if (prompt.image > 0) details.push({ modality: 'IMAGE', tokenCount: prompt.image });
  return {
    promptTokenCount: tokens.prompt,
    ...(tokens.candidates > 0 ? { candidatesTokenCount: tokens.candidates } : {}),
    totalTokenCount: tokens.total,
    promptTokensDetails: details,
    ...(tokens.image > 0
      ? { candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: tokens.image }] }
      : {}),
    ...(tokens.thoughts > 0 ? { thoughtsTokenCount: tokens.thoughts } : {}),
    serviceTier: tier,
  };
}
