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

/** One image in itself: without the prompt, drafts and thinking. What the price page calls its price. */
export function imagePriceUsd(entry: ModelEntry, size: Size, tier: ServiceTier): number {
  return imageUsd(entry, size) * tierFactor(entry, tier);
}

/** By the image where it is sold so, else by its tokens; at the dearest size where this one is not known. */
function imageUsd({ imageTokens, price }: ModelEntry, size: Size): number {
  const sold = price.perImage?.[size];
  if (sold !== undefined) return sold;
  const tokens = imageTokens[size] ?? Math.max(0, ...Object.values(imageTokens));
  return (tokens * price.imageOutPerMTok) / MILLION;
}

/** Upper estimate of one call, drafts and thinking included. */
export function worstPriceUsd(
  entry: ModelEntry,
  call: { readonly size?: Size; readonly promptTokens: number; readonly tier: ServiceTier },
): number {
  const image = imageUsd(entry, call.size ?? entry.defaultSize);
  const { inputPerMTok, textOutPerMTok } = entry.price;
  const thinking = entry.thinkingLevels.length === 0 ? 0 : WORST_THINKING_TOKENS;
  const drafts = entry.thinkingLevels.length === 0 ? 0 : WORST_DRAFTS;
  const words = (call.promptTokens * inputPerMTok + thinking * textOutPerMTok) / MILLION;
  return (image * (1 + drafts) + words) * tierFactor(entry, call.tier);
}

/** What a billed answer took; `text` is thinking and words. */
export interface TokenCounts {
  readonly prompt: number;
  readonly image: number;
  readonly text: number;
}

export function picturedTokens(
  { imageTokens, defaultSize }: Pick<ModelEntry, 'imageTokens' | 'defaultSize'>,
  size: Size | undefined,
  images: number,
): number {
  return (imageTokens[size ?? defaultSize] ?? 0) * images;
}

/** @param pictured What its images account for, where the answer does not say. */
export function tokenCounts(usage: Usage, pictured: number): TokenCounts {
  const prompt = usage.promptTokenCount ?? 0;
  // Some answers carry an image and no usage; booking them at 0 would let a cost cap leak.
  const said = usage.totalTokenCount ?? prompt + (usage.candidatesTokenCount ?? pictured);
  const output = Math.max(0, said - prompt);
  const image = Math.min(output, usage.imageTokenCount ?? pictured);
  return { prompt, image, text: output - image };
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
  const size = call.size ?? entry.defaultSize;
  const { prompt, image, text } = tokenCounts(usage, picturedTokens(entry, size, call.images));
  const { inputPerMTok, imageOutPerMTok, textOutPerMTok, perImage } = entry.price;
  const sold = perImage?.[size];
  const images = sold === undefined ? (image * imageOutPerMTok) / MILLION : sold * call.images;
  const words = (prompt * inputPerMTok + text * textOutPerMTok) / MILLION;
  return (images + words) * tierFactor(entry, call.tier);
}

export const TOKENS_PER_IMAGE = 258;

/** Four characters a token and 258 tokens an input image: good enough for windows and a first look. */
export function estimateTokens(promptChars: number, inputs: number): number {
  return Math.ceil(promptChars / 4) + inputs * TOKENS_PER_IMAGE;
}
