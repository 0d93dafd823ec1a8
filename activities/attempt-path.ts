/**
 * The path of an attempt and its fingerprint (glossary). The payload digest uses input digests, never
 * file URIs or bytes, so the same request is the same path wherever its inputs happen to lie.
 */
import { createHash } from 'node:crypto';
import type { GenerateInput } from '../src/contract/generation.ts';
import type { Variation } from '../src/domain/attempt.ts';
import type { Path, ServiceTier } from '../src/domain/path.ts';
import type { HistoryUse } from '../src/domain/conversation.ts';
import { seedOf } from '../src/domain/conversation.ts';
import { accountId } from '../src/domain/path.ts';
import type { GenerationRequest, Modality, Size, StoredInput } from '../src/domain/request.ts';
import type { Rung } from '../src/domain/snapshot.ts';
import { canonicalJson } from '../src/domain/canonical-json.ts';
import type { ConfiguredRoute } from './deps.ts';

/** Everything that is sent, except the bytes. */
export interface Format {
  readonly model: string;
  readonly tier: ServiceTier;
  readonly size?: Size;
  readonly aspectRatio?: string;
  readonly modalities: readonly Modality[];
}

export function sha256Of(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

export function storedInputs(input: Pick<GenerateInput, 'request' | 'inputs'>): readonly StoredInput[] {
  return input.inputs ?? input.request.inputs.filter((source) => source.kind === 'artifact');
}

/** What is sent as the user's: the inputs, behind the image that stands for a conversation that is not sent. */
export function sentInputs(
  input: Pick<GenerateInput, 'request' | 'inputs' | 'snapshot' | 'variation'>,
): readonly StoredInput[] {
  const rung = input.snapshot.rungs[input.variation.rung] ?? {};
  return [...seedOf(input.request.conversation, rung, input.variation), ...storedInputs(input)];
}

export function formatOf(request: GenerationRequest, rung: Rung, variation: Variation): Format {
  const size = variation.size ?? (request.size === undefined ? undefined : rung.sizes[0]);
  return {
    model: rung.model,
    tier: rung.tier,
    modalities: variation.modalities ?? request.modalities,
    ...(size === undefined ? {} : { size }),
    ...(request.aspectRatio === undefined ? {} : { aspectRatio: request.aspectRatio }),
  };
}

/** The settings as sent: the caller's looser ones where a remedy chose them. */
export function safetySettingsOf(
  { safetySettings, allow }: GenerationRequest,
  { safety }: Variation,
): GenerationRequest['safetySettings'] {
  return safety === 'looser' ? allow.safetySettings : safetySettings;
}

export function pathOf(
  route: ConfiguredRoute,
  request: GenerationRequest,
  variation: Variation,
  format: Format,
  inputs: readonly StoredInput[],
  history: HistoryUse = 'none',
): Path {
  const { thinking, systemInstruction, temperature, seed, maxOutputTokens } = request;
  const prompt = variation.prompt ?? request.prompt;
  const safetySettings = safetySettingsOf(request, variation);
  const digests = inputs.map(({ sha256 }) => sha256);
  const { account } = route.gemini;
  const words = [
    format.size ?? 'default size',
    format.aspectRatio ?? 'any ratio',
    format.modalities.join('+'),
    ...(variation.batch === true ? ['batch'] : []),
  ].join(' ');
  const payloadDigest = sha256Of({
    prompt: typeof prompt === 'string' ? createHash('sha256').update(prompt).digest('hex') : prompt.sha256,
    inputs: digests,
    settings: { thinking, safetySettings, systemInstruction, temperature, seed, maxOutputTokens },
    ...(history === 'verbatim' ? { conversation: request.conversation?.past?.sha256 } : {}),
  });
  return {
    route: { name: route.name, account, model: format.model, tier: format.tier },
    payloadDigest,
    inputs: digests,
    format: words,
    fingerprint: sha256Of([accountId(account), format.model, format.tier, payloadDigest, digests, words]),
  };
}
