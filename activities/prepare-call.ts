/**
 * Everything a call needs, loaded and checked before a slot is taken: prompt, inputs decoded once,
 * tokens counted where the estimate is near the model's limit. Nothing here is billed.
 */
import { checkInput } from '../src/artifacts/check-input.ts';
import { historyOf, readConversation } from '../src/artifacts/conversation.ts';
import type { GenerateInput } from '../src/contract/generation.ts';
import type { Conversation, HistoryContent } from '../src/domain/conversation.ts';
import { historyUse, pastOn, withoutOldest } from '../src/domain/conversation.ts';
import { estimateTokens } from '../src/domain/cost.ts';
import type { Path } from '../src/domain/path.ts';
import { needsCountTokens, tooManyTokens } from '../src/domain/preflight.ts';
import type { UploadedInput } from '../src/domain/request.ts';
import type { Rung } from '../src/domain/snapshot.ts';
import type { CallInput, ImageCall } from '../src/gemini/port.ts';
import type { Format } from './attempt-path.ts';
import { formatOf, pathOf, safetySettingsOf, sentInputs } from './attempt-path.ts';
import type { ActivityDeps, ConfiguredRoute } from './deps.ts';
import { routeNamed } from './deps.ts';
import { lostArtifact } from './lost-artifact.ts';
import { entryOf } from './model-entry.ts';
import { filesOf } from './file-list.ts';
import { promptText } from './prompt.ts';
import type { RequestProblem } from '../src/domain/request-problem.ts';

/** By digest: where an image lies in the provider's file storage. */
type Files = ReadonlyMap<string, Pick<UploadedInput, 'uri'>>;

const COUNT_TOKENS_TIMEOUT_MS = 20_000;

export interface PreparedCall {
  readonly route: ConfiguredRoute;
  readonly path: Path;
  readonly call: ImageCall;
  readonly callTimeoutMs: number;
  readonly tokens: number;
  readonly problems: readonly RequestProblem[];
}

export function rungOf({ snapshot, variation }: Pick<GenerateInput, 'snapshot' | 'variation'>): Rung {
  const rung = snapshot.rungs[variation.rung];
  if (rung === undefined) throw new RangeError(`rung ${variation.rung} is not in the snapshot`);
  return rung;
}

/** Throws where this worker lacks the route: another worker of the queue may have it. */
export function routeOf(deps: ActivityDeps, rung: Rung): ConfiguredRoute {
  const route = routeNamed(deps, rung.route);
  if (route === undefined) throw new Error(`route ${rung.route} is not configured on this worker`);
  return route;
}

export function pathOfInput(deps: ActivityDeps, input: GenerateInput): Path {
  const rung = rungOf(input);
  return pathOf(
    routeOf(deps, rung),
    input.request,
    input.variation,
    formatOf(input.request, rung, input.variation),
    sentInputs(input),
    historyUse(input.request.conversation, rung, input.variation),
  );
}

export async function loadCall(
  deps: ActivityDeps,
  input: GenerateInput,
  signal: AbortSignal,
): Promise<PreparedCall> {
  const rung = rungOf(input);
  const route = routeOf(deps, rung);
  const format = formatOf(input.request, rung, input.variation);
  const stored = await readable('prompt', () => promptText(deps.store, input.request, input.variation));
  const prompt = typeof stored === 'string' ? stored : '';
  const listed = await readable('conversation', () => filesOf(deps.store, input));
  const files: Files = isProblem(listed) ? new Map() : listed;
  const { inputs, problems: badInputs } = await loadInputs(deps, input, files);
  const history = await loadHistory(deps, input, files);
  const problems = [stored, listed, history].filter(isProblem).concat(badInputs);
  const call = imageCall(input, format, prompt, inputs, isProblem(history) ? undefined : history);
  const callTimeoutMs = input.variation.callTimeoutMs ?? input.snapshot.callTimeoutMs;
  const past = pastOn(input.request.conversation, rung, input.variation);
  const estimate = estimateTokens(prompt.length, inputs.length) + (past?.tokens ?? 0);
  const prepared = { route, path: pathOfInput(deps, input), call, callTimeoutMs };
  if (problems.length > 0) return { ...prepared, tokens: estimate, problems };

  const entry = entryOf(deps, route, rung.model);
  const sizes = {
    promptChars: prompt.length,
    promptBlank: prompt.trim() === '',
    modalities: format.modalities,
    inputs: sentInputs(input),
    ...(past === undefined ? {} : { past }),
  };
  if (entry === undefined || !needsCountTokens(sizes, entry))
    return { ...prepared, tokens: estimate, problems: [] };
  const tokens = await countTokens(route, call, input, signal);
  const tooMany = tokens === undefined ? undefined : tooManyTokens(tokens, entry, past !== undefined);
  return { ...prepared, tokens: tokens ?? estimate, problems: tooMany === undefined ? [] : [tooMany] };
}

/** The conversation as it is sent on this rung; undefined where none is. */
async function loadHistory(
  deps: ActivityDeps,
  input: GenerateInput,
  files: Files,
): Promise<readonly HistoryContent[] | RequestProblem | undefined> {
  return await readable('conversation', async () => {
    const conversation = await sentConversation(deps, input);
    if (conversation === undefined) return undefined;
    return await historyOf(deps.store, conversation, (sha256) => files.get(sha256)?.uri);
  });
}

/** Without the images that are left out on this rung; undefined where the conversation is not sent there. */
export async function sentConversation(
  { store }: ActivityDeps,
  { request, snapshot, variation }: Pick<GenerateInput, 'request' | 'snapshot' | 'variation'>,
): Promise<Conversation | undefined> {
  const { conversation } = request;
  const rung = rungOf({ snapshot, variation });
  if (conversation?.past === undefined || historyUse(conversation, rung, variation) !== 'verbatim')
    return undefined;
  const whole = await readConversation(store, conversation.past.sha256);
  return rung.without === undefined ? whole : withoutOldest(whole, rung.without);
}

function isProblem(value: unknown): value is RequestProblem {
  return typeof value === 'object' && value !== null && 'reason' in value;
}

/** Decoded on the first attempt only: the store verifies the same bytes by their hash afterwards. */
async function loadInputs(
  deps: ActivityDeps,
  input: GenerateInput,
  files: Files,
): Promise<{ readonly inputs: readonly CallInput[]; readonly problems: readonly RequestProblem[] }> {
  const inputs: CallInput[] = [];
  const problems: RequestProblem[] = [];
  for (const [i, { sha256, mime }] of sentInputs(input).entries()) {
    const field = `inputs[${i}]`;
    const file = files.get(sha256);
    if (file !== undefined) {
      // Checked when it was uploaded.
      inputs.push({ sha256, mime, uri: file.uri });
      continue;
    }
    const bytes = await readable(field, () => deps.store.get(sha256));
    const problem =
      bytes instanceof Uint8Array ? await (input.n === 1 ? checkInput(bytes, field) : undefined) : bytes;
    if (problem !== undefined) problems.push(problem);
    if (bytes instanceof Uint8Array) inputs.push({ sha256, mime, bytes });
  }
  return { inputs, problems };
}

async function readable<T>(field: string, read: () => Promise<T>): Promise<T | RequestProblem> {
  try {
    return await read();
  } catch (error) {
    const lost = lostArtifact(field, error);
    if (lost === undefined) throw error;
    return lost;
  }
}

/** Undefined when counting failed: the call itself will tell then. */
async function countTokens(
  route: ConfiguredRoute,
  call: ImageCall,
  { generationId, n }: GenerateInput,
  signal: AbortSignal,
): Promise<number | undefined> {
  return await route.gemini
    .countTokens(call, { timeoutMs: COUNT_TOKENS_TIMEOUT_MS, signal, attemptId: `${generationId}/${n}` })
    .catch(() => undefined);
}

function imageCall(
  { request, variation }: GenerateInput,
  format: Format,
  prompt: string,
  inputs: readonly CallInput[],
  history: readonly HistoryContent[] | undefined,
): ImageCall {
  const { thinking, systemInstruction, temperature, seed, maxOutputTokens } = request;
  const safetySettings = safetySettingsOf(request, variation);
  return {
    ...format,
    prompt,
    inputs,
    ...(history === undefined ? {} : { history }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(safetySettings === undefined ? {} : { safetySettings }),
    ...(systemInstruction === undefined ? {} : { systemInstruction }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
}
