/**
 * The conversation that a call goes on with, as references (I9): who said what, in artifacts, and whose
 * signatures it carries. Immutable, so that undo and fork are each only another one's name. Pure.
 */
import type { Variation } from './attempt.ts';
import { TOKENS_PER_IMAGE } from './cost.ts';
import type { Account } from './path.ts';
import type { ConversationRef, Past, StoredInput } from './request.ts';
import type { Rung } from './snapshot.ts';

/** The artifact. */
export interface Conversation {
  readonly version: 1;
  readonly signedBy: string;
  readonly turns: readonly ConversationTurn[];
  /** So many of its oldest images are left out for good, because it had grown too long. */
  readonly gone: number;
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
  readonly json: number;
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
export function imagesOf({ turns, gone }: Pick<Conversation, 'turns' | 'gone'>): readonly StoredInput[] {
  return turns.flatMap(({ images }) => images).slice(gone);
}

export function pastOf(sha256: string, conversation: Conversation, image: StoredInput): Past {
  const { signedBy, turns, tokens } = conversation;
  const images = imagesOf(conversation);
  return {
    sha256,
    turns: turns.length,
    images: images.length,
    bytes: images.reduce((sum, { bytes }) => sum + bytes, 0),
    older: olderThanLast(conversation),
    chars: turns.reduce((sum, { chars }) => sum + chars, 0),
    json: turns.reduce((sum, { json }) => sum + json, 0),
    tokens,
    signedBy,
    image,
  };
}

function olderThanLast(conversation: Conversation): number {
  const last = conversation.turns.at(-1)?.images.length ?? 0;
  return Math.max(0, imagesOf(conversation).length - last);
}

/** The same without its oldest images; those of its last turn stay, whatever is asked for. */
export function withoutOldest(conversation: Conversation, images: number): Conversation {
  const leaving = Math.min(images, olderThanLast(conversation));
  const { turns, tokens } = conversation;
  const chars = turns.reduce((sum, turn) => sum + turn.chars, 0);
  const each = tokensEach({ tokens, chars, images: imagesOf(conversation).length });
  return {
    ...conversation,
    gone: conversation.gone + leaving,
    tokens: Math.max(0, tokens - Math.floor(leaving * each)),
  };
}

/** What one image of it counts as input. */
export function tokensEach({ tokens, chars, images }: Pick<Past, 'tokens' | 'chars' | 'images'>): number {
  return Math.max(TOKENS_PER_IMAGE, (tokens - chars / 4) / Math.max(1, images));
}

/** What goes with a call: without the images that are left out on this rung; undefined where none is sent. */
export function pastOn(
  conversation: ConversationRef | undefined,
  rung: Pick<Rung, 'reseeds' | 'without'>,
  variation: Pick<Variation, 'history'>,
): Past | undefined {
  const past = conversation?.past;
  if (past === undefined || historyUse(conversation, rung, variation) !== 'verbatim') return undefined;
  return shortened(past, rung.without ?? 0);
}

/** As it is once its oldest images are gone. */
export function shortened(past: Past, without: number): Past {
  if (without === 0) return past;
  const share = without / Math.max(1, past.images);
  return {
    ...past,
    images: past.images - without,
    older: past.older - without,
    bytes: Math.round(past.bytes * (1 - share)),
    tokens: Math.max(0, past.tokens - Math.floor(without * tokensEach(past))),
  };
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
