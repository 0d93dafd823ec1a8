/**
 * From a settled request to its answer: what it costs, then, once that is booked, pictures and words.
 */
import type { Size } from '../../domain/request.ts';
import { googleJson } from '../answer.ts';
import { faultedCall, withDelay } from '../api-call.ts';
import type { ApiCall, Decision } from '../api-call.ts';
import type { Strike } from '../faults/book.ts';
import { withoutCommands } from '../faults/prompt-commands.ts';
import type { Tokens } from '../ledger.ts';
import type { ModelFacts } from '../models.ts';
import { orderPictures } from '../picture/order.ts';
import { nearestRatio, pixelsOf } from '../pixel-sizes.ts';
import type { InputImage } from '../request/inputs.ts';
import { promptOf } from '../request/read.ts';
import type { GenerateRequest } from '../request/read.ts';
import { promptTokens } from '../request/tokens.ts';
import type { Settled } from '../request/validate.ts';
import { generateResponse } from '../response/generate-response.ts';
import { streamed } from '../response/stream.ts';
import { signerSeed } from '../signatures.ts';
import { tierOf, tokensOf, usdOf } from '../usage.ts';
import type { Output } from '../usage.ts';
import { dressed } from '../vertex/response.ts';
import type { NamedShape } from './answer-shape.ts';

export interface Making {
  readonly model: ModelFacts;
  readonly inputs: readonly InputImage[];
  readonly asked: Settled;
  /** Whether the call asks for a picture at all. */
  readonly draws: boolean;
  readonly strike: Strike | undefined;
  readonly shape: NamedShape | undefined;
  readonly stream: boolean;
  readonly sse: boolean;
}

export function makeAnswer(call: ApiCall, request: GenerateRequest, making: Making): Decision {
  const { entry, context } = call;
  const { options } = context;
  const { model, asked, shape, strike, inputs } = making;
  const preset = shape?.preset;
  const output: Output = preset && !preset.picture ? 'nothing' : making.draws ? 'image' : 'text';
  const size: Size = preset?.size ?? (model.family === 'gemini-2.5' ? '1K' : asked.size);
  const ratio = asked.ratio ?? ratioFor(making);
  const pricing = price(call, request, model, output, size);
  if (output === 'image') Object.assign(entry, { size, ratio, ...pixelsOf(model.family, ratio, size) });
  const tier = tierOf(request.serviceTier);
  return {
    label: strike ? `fault:${strike.name}` : (shape?.label ?? output),
    ...pricing,
    atModel: true,
    transport: strike?.action.transport,
    answer: async () => {
      const wanted = { prompt: withoutCommands(promptOf(request)), ratio, size, inputs, n: entry.n };
      const pictures =
        output === 'image' ? await orderPictures(context.gallery, options, model, wanted) : { drafts: [] };
      const plain = generateResponse({
        model,
        seed: signerSeed(options.seed, entry.endpoint),
        n: entry.n,
        prompt: wanted.prompt,
        modalities: asked.modalities,
        includeThoughts: request.generationConfig.thinkingConfig?.includeThoughts ?? false,
        tier,
        tokens: pricing.tokens,
        promptTokens: promptTokens(request),
        ...pictures,
      });
      const facts = faultedCall(call);
      const reshaped = preset?.reshape(plain, strike ? withDelay(facts, strike.action) : facts) ?? plain;
      const { body, headers } = dressed(reshaped, tier, entry.endpoint);
      return making.stream ? streamed(body, making.sse, headers) : googleJson(200, body, headers);
    },
  };
}

interface Price {
  readonly billed: boolean;
  readonly tokens: Tokens;
  readonly usd: number;
}

export function price(
  call: ApiCall,
  request: GenerateRequest,
  model: ModelFacts,
  output: Output,
  size: Size,
): Price {
  const label = `${call.context.options.seed} ${call.entry.promptSha256} ${model.id}`;
  const tokens = tokensOf(model, promptTokens(request), output, size, label);
  const tier = call.target.batch ? 'batch' : tierOf(request.serviceTier);
  const usd = output === 'nothing' ? 0 : usdOf(model, tokens, tier);
  return { billed: output === 'image', tokens, usd };
}

function ratioFor({ model, inputs }: Making): string {
  const [first] = inputs;
  return first ? nearestRatio(first.pixels, model.ratios) : '1:1';
}
