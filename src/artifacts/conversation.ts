/**
 * Conversations in the store: read back for a call as they were, part by part (I9), and grown by a turn once
 * it was delivered. Reading throws what {@link ArtifactStore.get} throws, for any part that is lost or altered.
 */
import type { Conversation, ConversationTurn, HistoryContent } from '../domain/conversation.ts';
import { estimateTokens } from '../domain/cost.ts';
import { isRecord } from '../domain/classify/json.ts';
import type { StoredInput } from '../domain/request.ts';
import { utf8Bytes } from '../domain/short-text.ts';
import type { Placed } from './contents.ts';
import { CONTENTS_MIME, imageDigests, putContents, readContent, referringContents } from './contents.ts';
import type { ArtifactStore } from './store.ts';

export async function readConversation(store: ArtifactStore, sha256: string): Promise<Conversation> {
  return JSON.parse(Buffer.from(await store.get(sha256)).toString('utf8')) as Conversation;
}

/**
 * All of its contents, oldest first, images included.
 * @param fileOf Where an image lies in the provider's file storage; undefined: it travels in the request.
 */
export async function historyOf(
  store: ArtifactStore,
  { turns, gone }: Conversation,
  fileOf: (sha256: string) => string | undefined,
): Promise<readonly HistoryContent[]> {
  const history: HistoryContent[] = [];
  let seen = 0;
  const place = (sha256: string): Placed => {
    seen += 1;
    if (seen <= gone) return 'gone';
    const uri = fileOf(sha256);
    return uri === undefined ? { kind: 'inline' } : { kind: 'file', uri };
  };
  for (const { user, model } of turns) {
    const said = withoutEmptyParts(await readContent(store, user, place));
    const answer = withoutEmptyParts(await readContent(store, model, place));
    // Of an answer that was nothing but images that are gone, neither side is told: a model's words need its signature.
    if (hasParts(said) && hasParts(answer)) history.push(said, answer);
  }
  return history;
}

/** An answer may have parts without anything in them, which the provider refuses to take back. */
function withoutEmptyParts(read: unknown): HistoryContent {
  const content = read as HistoryContent;
  const parts = content.parts?.filter((part) => !isRecord(part) || Object.keys(part).length > 0);
  return parts === undefined ? content : { ...content, parts };
}

function hasParts({ parts }: HistoryContent): boolean {
  return (parts ?? []).length > 0;
}

export interface SaidTurn {
  readonly generationId: string;
  readonly signedBy: string;
  /** As the user's content was sent. */
  readonly inputs: readonly StoredInput[];
  readonly prompt: string;
  /** SHA-256 of the model's contents. */
  readonly model: string;
  /** Tokens of the prompt, as the provider counted them; estimated where it did not. */
  readonly promptTokens: number;
}

/**
 * The conversation with this turn at its end; `before` is the one that was sent, absent where none was.
 * @returns Its digest as well.
 */
export async function grown(
  store: ArtifactStore,
  before: Conversation | undefined,
  said: SaidTurn,
  signal?: AbortSignal,
): Promise<{ readonly sha256: string; readonly conversation: Conversation }> {
  const { generationId, signedBy, inputs, prompt, model, promptTokens } = said;
  const parts = [
    ...inputs.map(({ mime }, i) => ({ inlineData: { mimeType: mime, data: { $image: i } } })),
    { text: prompt },
  ];
  const references = inputs.map(({ sha256 }) => ({ $artifact: sha256 }));
  const user = await putContents(store, [{ role: 'user', parts }], references, signal);
  const [answer] = await referringContents(store, model);
  const made: StoredInput[] = [];
  for (const sha256 of imageDigests(answer)) {
    const { mime, bytes } = (await store.stat(sha256)) ?? { mime: 'image/png', bytes: 0 };
    made.push({ kind: 'artifact', sha256, mime, bytes });
  }
  const answered = textLength(answer);
  const turn: ConversationTurn = {
    ...{ generationId, user: user.sha256, model, images: [...inputs, ...made] },
    chars: prompt.length + answered,
    json: user.bytes + utf8Bytes(JSON.stringify(answer)),
  };
  const conversation: Conversation = {
    version: 1,
    signedBy,
    turns: [...(before?.turns ?? []), turn],
    gone: before?.gone ?? 0,
    tokens: promptTokens + estimateTokens(answered, made.length),
  };
  const json = new TextEncoder().encode(JSON.stringify(conversation));
  const { sha256 } = await store.put(json, CONTENTS_MIME, signal);
  return { sha256, conversation };
}

function textLength(content: unknown): number {
  const parts = isRecord(content) && Array.isArray(content['parts']) ? content['parts'] : [];
  return parts.reduce(
    (sum: number, part: unknown) =>
      sum + (isRecord(part) && typeof part['text'] === 'string' ? part['text'].length : 0),
    0,
  );
}
