/**
 * generateContent and streamGenerateContent: validation, signatures, quota, faults at the model, safety,
 * then the picture, or a text model's words. Outcomes are decisions; nothing is drawn before the decision is booked.
 */
import { invalidArgument } from '../answer.ts';
import { faultedCall, refused, serveApiCall, struckAnswer } from '../api-call.ts';
import type { ApiCall, Decision } from '../api-call.ts';
import type { EmulatorContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { parsePromptCommands } from '../faults/prompt-commands.ts';
import { quotaExceeded } from '../quota-errors.ts';
import { sha256 } from '../random.ts';
import { digestInputs, readInputs, historyBefore } from '../request/inputs.ts';
import { firstFile } from '../request/files.ts';
import type { FileAccess } from '../request/files.ts';
import { findModel } from '../request/model.ts';
import { lastUserTurn, promptOf, readGenerateRequest, unknownFields } from '../request/read.ts';
import type { GenerateRequest, ReadRequest } from '../request/read.ts';
import { promptTokens } from '../request/tokens.ts';
import { askedFor, refuseRequest } from '../request/validate.ts';
import { streamedError } from '../response/stream.ts';
import { refuseSignatures, signerSeed } from '../signatures.ts';
import type { VertexPlace } from '../vertex/place.ts';
import { vertexQuotaExceeded } from '../vertex/refusals.ts';
import { makeAnswer, price } from './make-answer.ts';
import { shapeFor } from './answer-shape.ts';
import { sayWords } from './say-words.ts';

export interface GenerateTarget {
  readonly apiVersion: string;
  readonly model: string;
  readonly stream: boolean;
  readonly vertex?: VertexPlace;
}

const PROMPT_SHOWN = 200;

export async function generateContent(
  exchange: Exchange,
  context: EmulatorContext,
  target: GenerateTarget,
): Promise<void> {
  const sse = exchange.url.searchParams.get('alt') === 'sse';
  let asked: ReadRequest & { kind: 'request' };
  const method = target.stream ? 'streamGenerateContent' : 'generateContent';
  await serveApiCall(
    exchange,
    context,
    { ...target, method },
    {
      read: (call) => {
        const read = readGenerateRequest(call.body);
        if (read.kind === 'refused') return refused(read.answer);
        asked = read;
        return learn(call, read.request);
      },
      decide: async (call) =>
        asked.unknown.length > 0
          ? refused(unknownFields(asked.unknown))
          : decide(call, asked.request, target.stream, sse),
      ...(target.stream ? { dress: (answer) => streamedError(answer, sse) } : {}),
    },
  );
}

/** Fills in the ledger and what faults match on; the one refusal here is a command that does not read. */
export function learn(call: ApiCall, request: GenerateRequest): Decision | undefined {
  const { entry, context } = call;
  const prompt = promptOf(request);
  const { output } = call.faultable;
  const asked = askedFor(request, output);
  entry.prompt = prompt.slice(0, PROMPT_SHOWN);
  entry.promptSha256 = sha256(prompt);
  entry.modalities = asked.modalities;
  if (output === 'image') entry.size = asked.size;
  if (asked.ratio !== undefined) entry.ratio = asked.ratio;
  entry.inputs = digestInputs(lastUserTurn(request), filesOf(call));
  const history = historyBefore(request);
  if (history !== undefined) entry.history = history;
  const promptAttempt = context.faults.countPrompt(entry.promptSha256);
  try {
    const commands = parsePromptCommands(prompt);
    const { promptSha256 } = entry;
    call.faultable = {
      ...call.faultable,
      ...{ prompt, promptSha256, promptAttempt, commands },
      modalities: asked.modalities,
      ...(output === 'image' ? { size: asked.size } : {}),
      file: firstFile(request),
    };
    return undefined;
  } catch (error) {
    return refused(invalidArgument(`Emulator prompt command: ${(error as Error).message}`));
  }
}

/** What a request that was let through leads to. Requests of a batch take no quota of live calls. */
export async function decide(
  call: ApiCall,
  request: GenerateRequest,
  stream: boolean,
  sse: boolean,
): Promise<Decision> {
  const { context, target, entry } = call;
  const { options } = context;
  const found = findModel(target.model ?? '', target, options);
  if (found.kind === 'refused') return refused(found.answer);
  const { model } = found;
  entry.servedModel = model.id;
  const tokens = promptTokens(request);
  const problem = refuseRequest(request, model, tokens.total);
  if (problem) return refused(problem);
  const inputs = await readInputs(request, lastUserTurn(request), filesOf(call));
  if (inputs.kind === 'refused') return refused(inputs.answer);
  if (options.signatureChecks && model.output === 'image' && model.family === 'gemini-3') {
    const unsigned = refuseSignatures(request, {
      seed: signerSeed(options.seed, entry.endpoint),
      model: model.id,
      files: filesOf(call),
    });
    if (unsigned) return refused(unsigned);
  }
  const asked = askedFor(request, model.output);
  const draws =
    model.output === 'image' && (asked.modalities.includes('IMAGE') || model.family === 'gemini-2.5');
  // The clock again: reading the body may have taken a while, and windows need times in order.
  const over = target.batch
    ? undefined
    : context.quota.take(
        target.vertex ? `vertex/${model.id}` : model.id,
        { tokens: tokens.total, images: draws ? 1 : 0 },
        Date.now(),
      );
  if (over) {
    const worst = over.violations.at(-1)?.dimension ?? 'rpm';
    const answer = target.vertex
      ? vertexQuotaExceeded(model.id, worst)
      : quotaExceeded(model.id, over.violations, over.retryAfterMs);
    return refused(answer, `quota:${worst}`);
  }
  const strike = context.faults.strike('model', call.faultable);
  const error = strike && struckAnswer(strike, faultedCall(call));
  if (model.output === 'text') return sayWords(call, request, { model, strike, error, stream, sse });
  if (error) {
    if (!error.billed) return error;
    // The model's work was done and charged; only its answer is not the model's.
    return { ...error, ...price(call, request, model, 'image', asked.size) };
  }
  const shape = shapeFor(call, request, model, draws, strike);
  return makeAnswer(call, request, {
    model,
    inputs: inputs.images,
    asked,
    draws,
    strike,
    shape,
    stream,
    sse,
  });
}

function filesOf({ context, project }: ApiCall): FileAccess {
  return { shelf: context.files, project, now: Date.now() };
}
