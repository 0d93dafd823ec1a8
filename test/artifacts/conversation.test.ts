/** What of a conversation is sent once it is too long: whole turns that still make sense, their words and signatures. */
import { expect, test } from 'vitest';
import { putContents } from '../../src/artifacts/contents.ts';
import { grown, historyOf } from '../../src/artifacts/conversation.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import type { Conversation } from '../../src/domain/conversation.ts';
import { imagesOf, pastOf, shortened, withoutOldest } from '../../src/domain/conversation.ts';
import type { StoredInput } from '../../src/domain/request.ts';

const store = new MemoryArtifactStore();

async function image(name: string): Promise<StoredInput> {
  const { sha256, bytes } = await store.put(Buffer.from(name.repeat(100)), 'image/png');
  return { kind: 'artifact', sha256, mime: 'image/png', bytes };
}

interface Said {
  readonly inputs?: readonly StoredInput[];
  readonly answer: StoredInput;
  readonly words?: string;
}

async function conversationOf(turns: readonly Said[]): Promise<Conversation> {
  let conversation: Conversation | undefined;
  for (const [n, { inputs = [], answer, words }] of turns.entries()) {
    const parts = [
      ...(words === undefined ? [] : [{ text: words, thoughtSignature: `t${n}` }]),
      { inlineData: { mimeType: 'image/png', data: { $image: 0 } }, thoughtSignature: `i${n}` },
    ];
    const model = await putContents(store, [{ role: 'model', parts }], [{ $artifact: answer.sha256 }]);
    const said = {
      generationId: `g/${n}`,
      signedBy: 'here',
      inputs,
      prompt: `turn ${n}`,
      model: model.sha256,
    };
    ({ conversation } = await grown(store, conversation, { ...said, promptTokens: 2_000 * (n + 1) }));
  }
  return conversation as Conversation;
}

function told(history: Awaited<ReturnType<typeof historyOf>>): readonly string[] {
  return history.map(({ role, parts = [] }) => {
    const kinds = (parts as readonly object[]).map((part) => ('inlineData' in part ? 'image' : 'words'));
    return `${role}: ${kinds.join(' ')}`;
  });
}

const inline = (): undefined => undefined;

test('the oldest images go, the words around them stay', async () => {
  const conversation = await conversationOf([
    { inputs: [await image('given')], answer: await image('a'), words: 'here it is' },
    { answer: await image('b'), words: 'and again' },
  ]);
  expect(told(await historyOf(store, withoutOldest(conversation, 1), inline))).toEqual([
    ...['user: words', 'model: words image', 'user: words', 'model: words image'],
  ]);
  expect(told(await historyOf(store, withoutOldest(conversation, 2), inline))).toEqual([
    ...['user: words', 'model: words', 'user: words', 'model: words image'],
  ]);
});

test('a turn whose answer was nothing but its image goes as a whole: no part is made up in its place', async () => {
  const conversation = await conversationOf([{ answer: await image('a') }, { answer: await image('b') }]);
  expect(told(await historyOf(store, withoutOldest(conversation, 1), inline))).toEqual([
    ...['user: words', 'model: image'],
  ]);
});

test('an image that came back in a later turn stays there when its first appearance goes', async () => {
  const same = await image('same');
  const conversation = await conversationOf([
    { answer: same, words: 'one' },
    { answer: await image('other'), words: 'two' },
    { inputs: [same], answer: await image('last'), words: 'three' },
  ]);
  const shorter = withoutOldest(conversation, 2);
  expect(imagesOf(shorter).map(({ sha256 }) => sha256)).toContain(same.sha256);
  expect(told(await historyOf(store, shorter, inline)).at(-2)).toBe('user: image words');
});

test('the images of the last turn stay, however many are to go', async () => {
  const conversation = await conversationOf([
    { answer: await image('a') },
    { inputs: [await image('given')], answer: await image('b') },
  ]);
  const shorter = withoutOldest(conversation, 99);
  expect(imagesOf(shorter)).toHaveLength(2);
  expect(withoutOldest(shorter, 99)).toEqual(shorter);
});

test('tokens and bytes fall with the images, in the conversation and in what is known of it alike', async () => {
  const answers = await Promise.all(['a', 'bb', 'ccc', 'dddd'].map(image));
  const conversation = await conversationOf(answers.map((answer) => ({ answer })));
  const past = pastOf('x', conversation, answers[3] as StoredInput);
  expect(past).toMatchObject({ images: 4, older: 3, bytes: 1_000 });
  const after = pastOf('x', withoutOldest(conversation, 2), answers[3] as StoredInput);
  expect(after.tokens).toBeLessThan(past.tokens / 1.5);
  expect(shortened(past, 2)).toMatchObject({ images: 2, older: 1, tokens: after.tokens });
  expect(after.bytes).toBe(700);
});

test('what it weighs beside its images is what its JSON has: a signature of a megabyte counts', async () => {
  const answer = await image('a');
  const part = {
    inlineData: { mimeType: 'image/png', data: { $image: 0 } },
    thoughtSignature: 's'.repeat(1_000_000),
  };
  const model = await putContents(store, [{ role: 'model', parts: [part] }], [{ $artifact: answer.sha256 }]);
  const said = { generationId: 'g', signedBy: 'here', inputs: [], prompt: 'a fox', model: model.sha256 };
  const { conversation } = await grown(store, undefined, { ...said, promptTokens: 5 });
  const { json, chars } = pastOf('x', conversation, answer);
  expect(json).toBeGreaterThan(1_000_000);
  expect(chars).toBe(5);
});
