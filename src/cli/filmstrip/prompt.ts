/**
 * What a turn asked, whole where it may be shown: from its request, which Temporal keeps for a time, else from the
 * conversation in the store, which a session of weeks needs.
 */
import { readConversation } from '../../artifacts/conversation.ts';
import { referringContents } from '../../artifacts/contents.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import type { TurnView } from '../../contract/session.ts';
import { isRecord } from '../../domain/classify/json.ts';
import type { GenerationRequest } from '../../domain/request.ts';
import { isLost } from './lost.ts';

export type FramePrompt =
  | { readonly kind: 'hidden' }
  | { readonly kind: 'whole'; readonly text: string }
  /** The request is not kept any more: a remedy may have changed these words. */
  | { readonly kind: 'as-sent'; readonly text: string }
  | { readonly kind: 'beginning'; readonly text: string };

export async function framePrompt(
  store: ArtifactStore,
  turn: TurnView,
  request: GenerationRequest | undefined,
): Promise<FramePrompt> {
  // Without its request the beginning that the session keeps tells: there is none where it is to be hidden.
  if (request?.hidePrompt ?? turn.excerpt === undefined) return { kind: 'hidden' };
  try {
    if (request !== undefined) return { kind: 'whole', text: await textOf(store, request.prompt) };
    const text = await sentText(store, turn.done?.past?.sha256);
    if (text !== undefined) return { kind: 'as-sent', text };
  } catch (error) {
    if (!isLost(error)) throw error;
  }
  return turn.excerpt === undefined ? { kind: 'hidden' } : { kind: 'beginning', text: turn.excerpt };
}

async function textOf(store: ArtifactStore, prompt: GenerationRequest['prompt']): Promise<string> {
  if (typeof prompt === 'string') return prompt;
  return Buffer.from(await store.get(prompt.sha256)).toString('utf8');
}

/** The user's words of the conversation's last turn. */
async function sentText(store: ArtifactStore, sha256: string | undefined): Promise<string | undefined> {
  if (sha256 === undefined) return undefined;
  const last = (await readConversation(store, sha256)).turns.at(-1);
  if (last === undefined) return undefined;
  const [content] = await referringContents(store, last.user);
  const parts: unknown = isRecord(content) ? content['parts'] : undefined;
  const texts = (Array.isArray(parts) ? parts : []).flatMap((part: unknown) =>
    isRecord(part) && typeof part['text'] === 'string' ? [part['text']] : [],
  );
  return texts.length === 0 ? undefined : texts.join('\n');
}
