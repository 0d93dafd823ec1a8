/**
 * What a delivered turn leaves its session to go on with: the conversation as it was sent, and this turn at its
 * end, part by part as it came (I9).
 */
import { grown } from '../src/artifacts/conversation.ts';
import type { Extraction } from '../src/artifacts/extract.ts';
import type { DeliveredConversation, GenerateInput } from '../src/contract/generation.ts';
import { historyUse, pastOf, pastOn, signerOf } from '../src/domain/conversation.ts';
import { estimateTokens } from '../src/domain/cost.ts';
import type { Path } from '../src/domain/path.ts';
import type { StoredInput } from '../src/domain/request.ts';
import { sentInputs } from './attempt-path.ts';
import type { ActivityDeps } from './deps.ts';
import { rungOf, sentConversation } from './prepare-call.ts';
import { promptText } from './prompt.ts';

/** Undefined where the generation is no turn of a session, or its answer cannot be sent back. */
export async function grownConversation(
  deps: ActivityDeps,
  input: GenerateInput,
  { route }: Path,
  { contents, images, usage }: Extraction,
): Promise<DeliveredConversation | undefined> {
  const { request, variation, generationId } = input;
  const image = images.at(-1);
  if (request.conversation === undefined || contents === undefined || image === undefined) return undefined;
  const before = await sentConversation(deps, input);
  const prompt = await promptText(deps.store, request, variation);
  const inputs = sentInputs(input);
  const rung = rungOf(input);
  const sent = pastOn(request.conversation, rung, variation);
  const estimate = (sent?.tokens ?? 0) + estimateTokens(prompt.length, inputs.length);
  const { sha256, conversation } = await grown(deps.store, before, {
    ...{ generationId, inputs, prompt, model: contents },
    signedBy: signerOf(route.account, route.model),
    promptTokens: usage?.promptTokenCount ?? estimate,
  });
  const use = historyUse(request.conversation, rung, variation);
  const last: StoredInput = { kind: 'artifact', sha256: image.sha256, mime: image.mime, bytes: image.bytes };
  const leftOut = use === 'verbatim' ? (rung.without ?? 0) : 0;
  return { past: pastOf(sha256, conversation, last), use, leftOut };
}

/** The image that a turn changes, whether it was sent in its conversation or in place of it. */
export function pastImages({ request }: Pick<GenerateInput, 'request'>): readonly StoredInput[] {
  const past = request.conversation?.past;
  return past === undefined ? [] : [past.image];
}

/** What the caller should know of the conversation. */
export function historyWarnings(conversation: DeliveredConversation | undefined): readonly string[] {
  if (conversation === undefined) return [];
  const { use, leftOut } = conversation;
  return [
    ...(use === 'reseeded'
      ? ['the conversation began anew with its last image: this route does not know its signatures']
      : []),
    ...(leftOut > 0
      ? [`the conversation was too long for the model: its ${leftOut} oldest images are left out from now on`]
      : []),
  ];
}
