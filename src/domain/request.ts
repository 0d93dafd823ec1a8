/**
 * What a caller asks for, after the border: validated, defaults filled in, inputs turned into
 * references. This is the workflow's input, so it is JSON, small, and free of bytes and keys (I1, I7).
 */
import type { ServiceTier } from './path.ts';

export const SIZES = ['512', '1K', '2K', '4K'] as const;
export type Size = (typeof SIZES)[number];

export const MODALITIES = ['TEXT', 'IMAGE'] as const;
export type Modality = (typeof MODALITIES)[number];

/** `draft`: the cheapest model of the chain that can do it; `final`: the best one. */
export const QUALITIES = ['draft', 'final'] as const;
export type Quality = (typeof QUALITIES)[number];

/** `quiet`: its first call may wait for quiet hours, as configured or learned. */
export const TIMES = ['now', 'quiet'] as const;
export type When = (typeof TIMES)[number];

export type Urgency = 'interactive' | 'standard' | 'batch';

/** How long a generation may take in all, operator's wait included, by urgency. */
export const DEFAULT_DEADLINE_MS: Readonly<Record<Urgency, number>> = {
  interactive: 10 * 60_000,
  standard: 24 * 3_600_000,
  batch: 72 * 3_600_000,
};

/** Client timeout of one call; the one longer retest doubles it, up to `MAX_CALL_TIMEOUT_MS`. */
export const DEFAULT_CALL_TIMEOUT_MS = 180_000;
export const DEFAULT_CALL_TIMEOUT_4K_MS = 300_000;
export const MAX_CALL_TIMEOUT_MS = 600_000;

export const DEFAULT_MAX_ATTEMPTS = 12;
export const DEFAULT_MAX_PAID_CALLS = 5;

/** Prompts above this travel as an artifact; below it they are in the workflow's input. */
export const INLINE_PROMPT_BYTES = 8 * 1024;
/** Request text above this is refused. */
export const MAX_PROMPT_BYTES = 256 * 1024;

export interface SafetySetting {
  readonly category: string;
  readonly threshold: string;
}

export interface Thinking {
  readonly level?: 'minimal' | 'low' | 'medium' | 'high';
  readonly budget?: number;
}

/** An input image: bytes that are in the store already, or a URL that an activity fetches. */
export type InputSource =
  | { readonly kind: 'artifact'; readonly sha256: string; readonly mime: string; readonly bytes: number }
  | { readonly kind: 'url'; readonly url: string };

export type StoredInput = Extract<InputSource, { kind: 'artifact' }>;

/** Text in the artifact store. */
export interface StoredText {
  readonly sha256: string;
  readonly bytes: number;
}

/** A file that expires sooner is not used any more: a call may take this long to reach the provider. */
export const FILE_MARGIN_MS = 10 * 60_000;

/** An input that lies in the provider's file storage, of one project, for two days. */
export interface UploadedInput {
  /** Digest of its bytes: the path is known by it, never by the URI. */
  readonly sha256: string;
  readonly mime: string;
  readonly uri: string;
  /** `files/abc`: what it is deleted by. */
  readonly name: string;
  /** Epoch milliseconds, as the provider said. */
  readonly expiresAt: number;
}

/** Many of them, listed in an artifact: a session has more with every turn, and history keeps none (I1). */
export interface FileList {
  readonly sha256: string;
  readonly count: number;
  /** When the first of them expires. */
  readonly expiresAt: number;
}

/** When the first of them expires; 0 where there are none. */
export function filesEnd(files: readonly UploadedInput[] | FileList): number {
  if ('sha256' in files) return files.expiresAt;
  return files.length === 0 ? 0 : Math.min(...files.map(({ expiresAt }) => expiresAt));
}

/**
 * Changes of path that the caller allowed beforehand. Retests, waits, TEXT+IMAGE and one longer
 * client timeout need no permission; everything here does (I4).
 */
export interface Permissions {
  /** Model ids in order, or the catalogue's chain. */
  readonly models: 'chain' | readonly string[];
  readonly tiers: readonly ServiceTier[];
  /** Names of other configured routes. */
  readonly endpoints: readonly string[];
  /** Smaller sizes that may be delivered instead. */
  readonly sizes: 'smaller' | readonly Size[];
  /** Inputs may be scaled down. */
  readonly inputs: boolean;
  readonly simplify: boolean;
  readonly rewrite: 'never' | 'ask' | 'auto';
  /** Looser settings to try once after a layer-1 block. */
  readonly safetySettings: readonly SafetySetting[];
  readonly batch: boolean;
}

export const ALLOW_EXACT: Permissions = {
  models: [],
  tiers: [],
  endpoints: [],
  sizes: [],
  inputs: false,
  simplify: false,
  rewrite: 'never',
  safetySettings: [],
  batch: false,
};

export const ALLOW_AVAILABLE: Permissions = {
  models: 'chain',
  tiers: ['priority'],
  endpoints: [],
  sizes: 'smaller',
  inputs: false,
  simplify: true,
  rewrite: 'auto',
  safetySettings: [],
  batch: true,
};

/** The conversation that a call goes on with, as its request tells it: enough to check limits by. */
export interface ConversationRef {
  /** The session it belongs to: what was uploaded for one turn serves the next. */
  readonly session: string;
  /** What to do when it has grown beyond the model's input limit. Never silent. */
  readonly overflow: 'fail' | 'drop-oldest-images';
  /** Absent on the first turn. */
  readonly past?: Past | undefined;
}

export interface Past {
  /** SHA-256 of the `Conversation` artifact. */
  readonly sha256: string;
  readonly turns: number;
  /** Images that go with it: those that the user sent and those that the model made. */
  readonly images: number;
  readonly bytes: number;
  /** How many of them may go where it grows too long: those of all turns but the last. */
  readonly older: number;
  /** Characters of text, signatures not counted. */
  readonly chars: number;
  /** Bytes of its JSON beside the image data: words, signatures, names. */
  readonly json: number;
  /** Input tokens, the provider's own count of all but the last answer. */
  readonly tokens: number;
  /** `google/ai-studio/my-project gemini-3-pro-image`: where its signatures are good. */
  readonly signedBy: string;
  /** The last image that was delivered: what a conversation begins anew with on another route. */
  readonly image: StoredInput;
}

export interface GenerationRequest {
  readonly prompt: string | StoredText;
  readonly inputs: readonly InputSource[];
  /** Absent: the worker's first model. */
  readonly model?: string;
  /** In place of a model: where on the worker's chain it starts. */
  readonly quality?: Quality;
  /** Absent: the model's default (1K). */
  readonly size?: Size;
  readonly aspectRatio?: string;
  readonly modalities: readonly Modality[];
  readonly thinking?: Thinking;
  readonly safetySettings?: readonly SafetySetting[];
  readonly systemInstruction?: string;
  readonly temperature?: number;
  readonly seed?: number;
  readonly maxOutputTokens?: number;
  readonly allow: Permissions;
  readonly routeOut: 'ask' | 'never';
  readonly urgency: Urgency;
  /** Absent: now. */
  readonly when?: 'quiet';
  /** From the start of the generation, in milliseconds. */
  readonly deadlineMs: number;
  readonly callTimeoutMs: number;
  readonly maxPaidCalls: number;
  readonly maxAttempts: number;
  readonly maxCostUsd?: number;
  readonly tenant?: string;
  readonly tags: readonly string[];
  /** Keeps prompt text out of summaries, details and the console. */
  readonly hidePrompt: boolean;
  /** The session whose conversation this call goes on with. */
  readonly conversation?: ConversationRef;
}
