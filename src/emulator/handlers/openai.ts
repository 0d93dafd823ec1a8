/**
 * An OpenAI-compatible provider beside Gemini: its own keys, models, prices and words, the same pictures,
 * faults and ledger. Outcomes are decisions; nothing is drawn before the decision is booked.
 */
import type { Answer } from '../answer.ts';
import { faultedCall, refused, serveApiCall, struckAnswer } from '../api-call.ts';
import type { ApiCall, ApiMethod, Decision } from '../api-call.ts';
import type { EmulatorContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { parsePromptCommands, withoutCommands } from '../faults/prompt-commands.ts';
import { presetOf } from '../faults/presets.ts';
import {
  bearerOf,
  inOpenAiForm,
  moderationBlocked,
  openAiError,
  openAiJson,
  rateLimited,
  refuseBearer,
} from '../openai/answers.ts';
import { pictureFor } from '../openai/picture.ts';
import type { OpenAiCall } from '../openai/read.ts';
import { readOpenAiCall } from '../openai/read.ts';
import { sha256 } from '../random.ts';
import { judgePrompt } from '../safety.ts';

export type OpenAiMethod = 'images.generate' | 'images.edit' | 'chat.completions';

const API_VERSION = 'v1';
const PROMPT_SHOWN = 200;
const WORDS = 'I can describe a picture, but I made none.';

/** Whose API a request to a path of both is for. */
export function isOpenAiRequest({ request }: Exchange): boolean {
  return bearerOf(request.headers.authorization) !== undefined;
}

export async function openAiImage(
  exchange: Exchange,
  context: EmulatorContext,
  method: OpenAiMethod,
): Promise<void> {
  let asked: OpenAiCall;
  await serve(exchange, context, method, {
    maxBytes: 64 * 1024 * 1024,
    read: async (call) => {
      const read = await readOpenAiCall(method, call.body, call.headers['content-type'] ?? '');
      if (typeof read === 'string') return refused(openAiError(400, read));
      asked = read;
      return learn(call, read);
    },
    decide: (call) => Promise.resolve(decide(call, asked, method)),
  });
}

export async function openAiModels(exchange: Exchange, context: EmulatorContext): Promise<void> {
  const data = context.options.openai.models.map((id) => ({ id, object: 'model', owned_by: 'emulator' }));
  const answer = openAiJson(200, { object: 'list', data });
  await serve(exchange, context, 'models.list', {
    decide: () => Promise.resolve({ label: 'models', answer }),
  });
}

/** A picture that an answer linked to. */
export async function openAiResult(
  exchange: Exchange,
  { results }: EmulatorContext,
  name: string,
): Promise<void> {
  await exchange.readBody(0);
  const picture = results.find(name);
  await exchange.send(
    picture === undefined
      ? { status: 404, headers: { 'content-type': 'application/xml' }, body: '<Code>BlobNotFound</Code>' }
      : { status: 200, headers: { 'content-type': picture.mime }, body: picture.bytes },
  );
}

async function serve(
  exchange: Exchange,
  context: EmulatorContext,
  method: string,
  { decide: decideCall, ...rest }: ApiMethod,
): Promise<void> {
  const { keys } = context.options.openai;
  await serveApiCall(
    exchange,
    context,
    { method, apiVersion: API_VERSION },
    {
      ...rest,
      keyOf: ({ headers }) => bearerOf(headers.authorization),
      refuseKey: (key) => refuseBearer(key, keys),
      dress: inOpenAiForm,
      decide: decideCall,
    },
  );
}

/** Fills in the ledger and what faults match on; the one refusal here is a command that does not read. */
function learn(call: ApiCall, { model, prompt, width, height, inputs }: OpenAiCall): Decision | undefined {
  const { entry, context } = call;
  const promptSha256 = sha256(prompt);
  Object.assign(entry, { model, prompt: prompt.slice(0, PROMPT_SHOWN), promptSha256, width, height });
  entry.inputs = inputs.map(({ sha256: digest, mime, bytes }) => ({ sha256: digest, mime, bytes }));
  try {
    call.faultable = {
      ...call.faultable,
      ...{ model, output: 'image', modalities: ['TEXT', 'IMAGE'], prompt, promptSha256 },
      promptAttempt: context.faults.countPrompt(promptSha256),
      commands: parsePromptCommands(prompt),
    };
    return undefined;
  } catch (error) {
    return refused(openAiError(400, `Emulator prompt command: ${(error as Error).message}`));
  }
}

function decide(call: ApiCall, asked: OpenAiCall, method: OpenAiMethod): Decision {
  const { context, entry } = call;
  const { options } = context;
  const { model, prompt } = asked;
  if (!options.openai.models.includes(model)) {
    const message = `The model '${model}' does not exist or you do not have access to it.`;
    return refused(openAiError(404, message, 'invalid_request_error', 'model_not_found'));
  }
  entry.servedModel = model;
  const over = context.quota.take(model, { tokens: Math.ceil(prompt.length / 4), images: 1 }, Date.now());
  if (over)
    return refused(rateLimited(model, over.retryAfterMs), `quota:${over.violations.at(-1)?.dimension}`);
  const strike = context.faults.strike('model', call.faultable);
  const error = strike && struckAnswer(strike, faultedCall(call));
  const price = { billed: true, usd: options.openai.usdPerImage };
  if (error) return error.billed === true ? { ...error, ...price } : error;
  const attempt = call.faultable.promptAttempt ?? 1;
  if (!strike && judgePrompt(prompt, attempt, options.seed, options.safety))
    return refused(moderationBlocked(), 'safety:moderation');
  const shape = strike?.action.preset === undefined ? undefined : presetOf(strike.action.preset);
  const draws = shape?.kind !== 'shape' || shape.picture;
  return {
    label: strike ? `fault:${strike.name}` : draws ? 'image' : 'text',
    ...(draws ? price : {}),
    atModel: true,
    transport: strike?.action.transport,
    answer: () => made(call, asked, method, draws),
  };
}

async function made(call: ApiCall, asked: OpenAiCall, method: OpenAiMethod, draws: boolean): Promise<Answer> {
  const { context, entry, headers } = call;
  const { results, chat } = context.options.openai;
  const created = Math.floor(Date.now() / 1000);
  let image: { readonly base64: string } | { readonly url: string } | undefined;
  if (draws) {
    const prompt = withoutCommands(asked.prompt);
    const picture = await pictureFor(context, { ...asked, prompt }, entry.n);
    const name = `${entry.n}.png`;
    if (results === 'url') context.results.keep(name, picture);
    image =
      results === 'base64'
        ? { base64: picture.bytes.toString('base64') }
        : { url: `http://${headers.host ?? 'localhost'}/openai-results/${name}` };
  }
  if (method !== 'chat.completions') {
    const item = image && ('url' in image ? image : { b64_json: image.base64 });
    return openAiJson(200, { created, data: item ? [item] : [] });
  }
  const url = image && ('url' in image ? image.url : `data:image/png;base64,${image.base64}`);
  const content = url === undefined ? WORDS : chat === 'markdown' ? `Here it is: ![image](${url})` : '';
  const images = url === undefined || chat === 'markdown' ? {} : { images: [chatImage(url)] };
  const message = { role: 'assistant', content, ...images };
  const { model } = asked;
  const id = `chatcmpl-${entry.n}`;
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  return openAiJson(200, { id, object: 'chat.completion', created, model, choices });
}

function chatImage(url: string): object {
  return { type: 'image_url', image_url: { url } };
}
