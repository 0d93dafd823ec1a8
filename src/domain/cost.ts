/**
 * What calls cost, in USD. Before a call: the worst price, so that a cap can hold. After it: from the
 * usage metadata, which shows more than the visible image (drafts and thinking are billed tokens).
 */
import type { ModelEntry } from './catalogue.ts';
import type { ServiceTier } from './path.ts';
import type { Size } from './request.ts';

const MILLION = 1_000_000;
/** Drafts of a thinking model before the final image; seen up to ten, rarely more than two. */
const WORST_DRAFTS = 2;
const WORST_THINKING_TOKENS = 4_000;

export interface Usage {
  readonly promptTokenCount?: number;
  readonly candidatesTokenCount?: number;
  readonly thoughtsTokenCount?: number;
  readonly totalTokenCount?: number;
  /** Output tokens by modality, as the provider lists them. */
  readonly imageTokenCount?: number;
}

function tierFactor(entry: ModelEntry, tier: ServiceTier): number {
  return entry.price.tierFactor[tier] ?? 1;
}

/** Upper estimate of one call, drafts and thinking included. */
export function worstPriceUsd(
  entry: ModelEntry,
  call: { readonly size?: Size; readonly promptTokens: number; readonly tier: ServiceTier },
): number {
  const image =
    entry.imageTokens[call.size ?? entry.defaultSize] ?? Math.max(...Object.values(entry.imageTokens));
  const { inputPerMTok, imageOutPerMTok, textOutPerMTok } = entry.price;
  const thinking = entry.thinkingLevels.length === 0 ? 0 : WORST_THINKING_TOKENS;
  const drafts = entry.thinkingLevels.length === 0 ? 0 : WORST_DRAFTS;
  const usd =
    call.promptTokens * inputPerMTok + image * (1 + drafts) * imageOutPerMTok + thinking * textOutPerMTok;
  return (usd * tierFactor(entry, call.tier)) / MILLION;
}

/**
 * From usage metadata. Output beyond the prompt is billed as image up to what images account for and
 * as text above it; where the details are missing, the whole answer of a delivering call is image.
 */
export function costFromUsage(
  entry: ModelEntry,
  usage: Usage,
  call: { readonly size?: Size; readonly tier: ServiceTier; readonly images: number },
): number {
  const prompt = usage.promptTokenCount ?? 0;
  const pictured = (entry.imageTokens[call.size ?? entry.defaultSize] ?? 0) * call.images;
  // Some answers carry an image and no usage; booking them at 0 would let a cost cap leak.
  const said = usage.totalTokenCount ?? prompt + (usage.candidatesTokenCount ?? pictured);
  const output = Math.max(0, said - prompt);
  const image = Math.min(output, usage.imageTokenCount ?? pictured);
  const { inputPerMTok, imageOutPerMTok, textOutPerMTok } = entry.price;
  const usd = prompt * inputPerMTok + image * imageOutPerMTok + (output - image) * textOutPerMTok;
  return (usd * tierFactor(entry, call.tier)) / MILLION;
}

export const TOKENS_PER_IMAGE = 258;

/** Four characters a token and 258 tokens an input image: good enough for windows and a first look. */
export function estimateTokens(promptChars: number, inputs: number): number {
  return Math.ceil(promptChars / 4) + inputs * TOKENS_PER_IMAGE;
}
