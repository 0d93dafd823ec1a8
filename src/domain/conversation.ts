/**
 * The conversation that a call goes on with, as references (I9): who said what, in artifacts, and whose
 * signatures it carries. Immutable, so that undo and fork are each only another one's name. Pure.
 */
import type { Variation } from './attempt.ts';
import type { Account } from './path.ts';
import type { ConversationRef, Past, StoredInput } from './request.ts';
import type { Rung } from './snapshot.ts';

/** The artifact. */
export interface Conversation {
  readonly version: 1;
  readonly signedBy: string;
  readonly turns: readonly ConversationTurn[];
  /** Digests of images that were left out of it for good, because it had grown too long. */
  readonly gone: readonly string[];
  readonly tokens: number;
}

export interface ConversationTurn {
  readonly generationId: string;
  /** SHA-256 of the user's content as it was sent, and of the model's as it came: contents artifacts. */
  readonly user: string;
  readonly model: string;
  /** Of both, in their order; an image that is there twice is listed twice. */
  readonly images: readonly StoredInput[];
  readonly chars: number;
}

/** A content in the provider's own form. */
export interface HistoryContent {
  readonly role?: string;
  readonly parts?: readonly unknown[];
}

/** `verbatim`: sent as it is. `reseeded`: not sent; its last image is, as the user's. */
export type HistoryUse = 'none' | 'verbatim' | 'reseeded';

/**
 * Who understands a signature: without the credential, because keys are rotated, and without the tier, which
 * is the same model.
 */
export function signerOf({ provider, endpoint, project, baseUrl }: Account, model: string): string {
  const at = endpoint === 'custom' ? `/${baseUrl}` : '';
  return `${provider}/${endpoint}/${project}${at} ${model}`;
}

export function historyUse(
  conversation: ConversationRef | undefined,
  { reseeds }: Pick<Rung, 'reseeds'>,
  { history }: Pick<Variation, 'history'>,
): HistoryUse {
  if (conversation?.past === undefined) return 'none';
  return reseeds === true || history === 'reseeded' ? 'reseeded' : 'verbatim';
}

/** The image that stands for the conversation where it is not sent. */
export function seedOf(
  conversation: ConversationRef | undefined,
  rung: Pick<Rung, 'reseeds'>,
  variation: Pick<Variation, 'history'>,
): readonly StoredInput[] {
  const past = conversation?.past;
  return past !== undefined && historyUse(conversation, rung, variation) === 'reseeded' ? [past.image] : [];
}

/** Its images that are not gone, oldest first. */
export function imagesOf({ turns, gone }: Conversation): readonly StoredInput[] {
  const left = new Set(gone);
  return turns.flatMap(({ images }) => images).filter(({ sha256 }) => !left.has(sha256));
}

export function pastOf(sha256: string, conversation: Conversation, image: StoredInput): Past {
  const { signedBy, turns, tokens } = conversation;
  const images = imagesOf(conversation);
  return {
    sha256,
    turns: turns.length,
    images: images.length,
    bytes: images.reduce((sum, { bytes }) => sum + bytes, 0),
    chars: turns.reduce((sum, { chars }) => sum + chars, 0),
    tokens,
    signedBy,
    image,
  };
}

/** The same without its oldest images; one that is there several times goes once. */
export function withoutOldest(conversation: Conversation, images: number): Conversation {
  const distinct = [...new Set(imagesOf(conversation).map(({ sha256 }) => sha256))];
  return { ...conversation, gone: [...conversation.gone, ...distinct.slice(0, images)] };
}

/**
 * The oldest images whose leaving lets the rest travel in one request; each once.
 * @param room Bytes that images may have inside the request.
 */
export function oldestBeyond(images: readonly StoredInput[], room: number): readonly StoredInput[] {
  const beyond = new Map<string, StoredInput>();
  let left = images.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const image of images) {
    if (left <= room) break;
    if (beyond.has(image.sha256)) continue;
    beyond.set(image.sha256, image);
    left -= images.filter(({ sha256 }) => sha256 === image.sha256).length * image.bytes;
  }
  return [...beyond.values()];
}
