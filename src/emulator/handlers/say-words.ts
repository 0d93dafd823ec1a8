/**
 * A text model's answer: the words of its job, or those a fault puts in their place, as plain text or as
 * the JSON that was asked for. Words cost their tokens and never book an image; a block costs nothing.
 */
import { googleJson } from '../answer.ts';
import { faultedCall, withDelay } from '../api-call.ts';
import type { ApiCall, Decision } from '../api-call.ts';
import type { Strike } from '../faults/book.ts';
import type { ShapePreset } from '../faults/preset.ts';
import { presetOf } from '../faults/presets.ts';
import type { TextModelFacts } from '../models.ts';
import { promptOf } from '../request/read.ts';
import type { GenerateRequest } from '../request/read.ts';
import { promptTokens } from '../request/tokens.ts';
import type { ResponseBody } from '../response/body.ts';
import { responseId } from '../response/generate-response.ts';
import { streamed } from '../response/stream.ts';
import { judgePrompt } from '../safety.ts';
import { jobOf } from '../text/job.ts';
import type { TextJob } from '../text/job.ts';
import { wordsFor } from '../text/words.ts';
import { tierOf, usageMetadata, usdOf, wordTokensOf } from '../usage.ts';
import { dressed } from '../vertex/response.ts';

export interface Saying {
  readonly model: TextModelFacts;
  readonly strike: Strike | undefined;
  /** The error that the strike is, where it is one. */
  readonly error: Decision | undefined;
  readonly stream: boolean;
  readonly sse: boolean;
}

export function sayWords(call: ApiCall, request: GenerateRequest, saying: Saying): Decision {
  const { model, strike, error } = saying;
  if (error && !error.billed) return error;
  const { options } = call.context;
  const job = jobOf(request);
  const blocked = blockOf(call, request, strike);
  const limit = request.generationConfig.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  const whole = wordsOf(job, strike);
  const words = whole.slice(0, limit * 4);
  const prompt = promptTokens(request);
  const tier = tierOf(request.serviceTier);
  const tokens = wordTokensOf(
    model,
    prompt,
    blocked ? '' : words,
    `${options.seed} ${call.entry.promptSha256} ${model.id}`,
  );
  // A front that lost the words has them charged all the same.
  if (error) return { ...error, tokens, usd: usdOf(model, tokens, tier) };
  const plain: ResponseBody = {
    candidates: [
      {
        content: { parts: [{ text: words }], role: 'model' },
        finishReason: words.length < whole.length ? 'MAX_TOKENS' : 'STOP',
        index: 0,
      },
    ],
    usageMetadata: usageMetadata(tokens, prompt, tier),
    modelVersion: model.id,
    responseId: responseId(options.seed, call.entry.n),
  };
  const facts = faultedCall(call);
  const reshaped = blocked?.preset.reshape(plain, strike ? withDelay(facts, strike.action) : facts) ?? plain;
  const { body, headers } = dressed(reshaped, tier, call.entry.endpoint);
  const task = job.task === 'none' ? 'text' : `text:${job.task}`;
  return {
    label: strike ? `fault:${strike.name}` : (blocked?.label ?? task),
    tokens,
    usd: blocked ? 0 : usdOf(model, tokens, tier),
    atModel: true,
    transport: strike?.action.transport,
    answer: saying.stream ? streamed(body, saying.sse, headers) : googleJson(200, body, headers),
  };
}

function wordsOf(job: TextJob, strike: Strike | undefined): string {
  const preset = strike?.action.preset ? presetOf(strike.action.preset) : undefined;
  return preset?.kind === 'text' ? preset.words(job) : wordsFor(job);
}

interface Block {
  readonly label: string;
  readonly preset: ShapePreset;
}

/** A shape that takes the words away: a fault, or the verdict that a prohibited prompt meets everywhere. */
function blockOf(call: ApiCall, request: GenerateRequest, strike: Strike | undefined): Block | undefined {
  const { options } = call.context;
  if (strike?.action.preset) return shapeOf(strike.action.preset, `fault:${strike.name}`);
  const verdict = judgePrompt(promptOf(request), 1, options.seed, options.safety);
  // Only pictures are withheld for how they look.
  return verdict === 'prohibited-content' ? shapeOf(verdict, `safety:${verdict}`) : undefined;
}

function shapeOf(name: Parameters<typeof presetOf>[0], label: string): Block | undefined {
  const preset = presetOf(name);
  return preset.kind === 'shape' ? { label, preset } : undefined;
}
