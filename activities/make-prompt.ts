/**
 * `gemini.makePrompt`: asks a text model for the prompt of a remedy. A call like any other: fenced,
 * slotted, stored, recorded, paid for. An answer that gives no usable prompt is a preparation that
 * failed; a provider that gives no answer is a verdict, thrown as ever.
 */
import { Context } from '@temporalio/activity';
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import type { MadePrompts, MakePromptInput } from '../src/contract/generation.ts';
import type { Attempt, Cost } from '../src/domain/attempt.ts';
import type { Verdict } from '../src/domain/classification.ts';
import { classify } from '../src/domain/classify/index.ts';
import type { TokenCounts, Usage } from '../src/domain/cost.ts';
import { estimateTokens } from '../src/domain/cost.ts';
import type { Evidence, Outcome } from '../src/domain/evidence.ts';
import { accountId } from '../src/domain/path.ts';
import { readResponse } from '../src/domain/response-parts.ts';
import { instructionFor, taskText } from '../src/domain/text-task/instruction.ts';
import { sha256Of } from './attempt-path.ts';
import type { StoredOutcome } from './attempt-records.ts';
import type { ActivityDeps, ConfiguredRoute } from './deps.ts';
import { routeNamed } from './deps.ts';
import { storeAway, verdict } from './failures.ts';
import type { ReadyCall } from './fenced-call.ts';
import { outcomeOfCall } from './fenced-call.ts';
import { startHeartbeat } from './heartbeat.ts';
import { plainOutcome, putEvidence } from './outcome-evidence.ts';
import { bookCost } from './price.ts';
import { promptText } from './prompt.ts';
import { keepPrompts } from './prompt-record.ts';
import { tracedAttempt } from './traces.ts';
import { witness } from './witness.ts';

const CALL_TIMEOUT_MS = 60_000;
/** Room for thinking besides the answer. */
const MAX_OUTPUT_TOKENS = 8_192;

export async function makePrompt(deps: ActivityDeps, input: MakePromptInput): Promise<MadePrompts> {
  return await tracedAttempt(input, () => madePrompts(deps, input));
}

async function madePrompts(deps: ActivityDeps, input: MakePromptInput): Promise<MadePrompts> {
  const heartbeat = startHeartbeat(Context.current(), { phase: 'preparing', n: input.n });
  try {
    const original = await promptText(deps.store, input.request, input.variation);
    const call = readyCall(deps, input, original);
    const stored = await outcomeOfCall(deps, input, heartbeat, async () => call);
    return await concludeText(deps, input, call, original, stored);
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  } finally {
    heartbeat.stop();
  }
}

function routeOf(deps: ActivityDeps, { text }: MakePromptInput): ConfiguredRoute {
  const route = routeNamed(deps, text.route);
  if (route === undefined) throw new Error(`route ${text.route} is not configured on this worker`);
  return route;
}

function readyCall(deps: ActivityDeps, input: MakePromptInput, original: string): ReadyCall {
  const { remedy, text, against, request, startedAt, generationId } = input;
  const route = routeOf(deps, input);
  const { account } = route.gemini;
  const system = instructionFor(remedy, against.branch);
  const asked = taskText(original);
  return {
    fingerprint: sha256Of([accountId(account), text.model, system, asked]),
    callTimeoutMs: CALL_TIMEOUT_MS,
    worstUsd: text.worstUsd,
    slot: {
      generationId,
      route: { name: route.name, account, model: text.model, tier: 'standard' },
      tokens: estimateTokens(system.length + asked.length, 0),
      images: 0,
      urgency: request.urgency,
      waitedMs: Math.max(0, Date.now() - startedAt),
      ...(request.tenant === undefined ? {} : { tenant: request.tenant }),
    },
    send: (options) =>
      route.gemini.generateText(
        { model: text.model, system, text: asked, maxOutputTokens: MAX_OUTPUT_TOKENS, json: true },
        options,
      ),
  };
}

async function concludeText(
  deps: ActivityDeps,
  input: MakePromptInput,
  { fingerprint, slot }: ReadyCall,
  original: string,
  stored: StoredOutcome,
): Promise<MadePrompts> {
  const { n, move, variation, text } = input;
  const outcome = await plainOutcome(deps, stored);
  const evidence: Evidence = { outcome, model: text.model, modalities: ['TEXT'] };
  const read = classify(evidence);
  const { cost, tokens } = priceOf(deps, input, read, outcome);
  await bookCost(deps, input, cost, stored.startedAt);
  const attempt = async (note?: string): Promise<Attempt> => ({
    n,
    move,
    variation,
    route: text.route,
    model: text.model,
    fingerprint,
    startedAt: stored.startedAt,
    tookMs: stored.tookMs,
    billed: read.billed,
    cost,
    ...(tokens === undefined ? {} : { tokens }),
    ...(note === undefined ? {} : { note }),
    evidence: await putEvidence(deps, input, {
      stored,
      evidence,
      read,
      cost,
      path: { fingerprint },
      ...(note === undefined ? {} : { note }),
    }),
  });
  // To the classifier an answer of words is an image call without an image; here it is what was asked.
  if (read.branch !== 'success' && read.branch !== 'no-image') {
    const failed = { ...(await attempt()), classification: read };
    witness(deps, input.generationId, slot.route, failed);
    throw verdict(failed);
  }
  const preparation = await keepPrompts(deps, input, original, wordsOf(outcome));
  const note = preparation.ok ? `${input.remedy}: ready` : preparation.why;
  const ready = await attempt(note);
  witness(deps, input.generationId, slot.route, ready);
  return { attempt: ready, preparation };
}

function wordsOf(outcome: Outcome): string {
  if (outcome.kind !== 'answer') return '';
  return readResponse(outcome.body)
    .texts.map(({ text }) => text)
    .join('');
}

function priceOf(
  deps: ActivityDeps,
  { text }: MakePromptInput,
  { billed }: Verdict,
  outcome: Outcome,
): { readonly cost: Cost; readonly tokens?: TokenCounts } {
  if (billed === 'no') return { cost: { sureUsd: 0, possibleUsd: 0 } };
  if (billed === 'possible' || outcome.kind !== 'answer')
    return { cost: { sureUsd: 0, possibleUsd: text.worstUsd } };
  const { usageMetadata } = (outcome.body ?? {}) as { readonly usageMetadata?: Usage };
  const { promptTokenCount: prompt = 0, totalTokenCount: total = prompt } = usageMetadata ?? {};
  const tokens = { prompt, image: 0, text: Math.max(0, total - prompt) };
  const { inputPerMTok, outputPerMTok } = deps.textModel.price;
  const sureUsd = (prompt * inputPerMTok + tokens.text * outputPerMTok) / 1_000_000;
  return { cost: { sureUsd, possibleUsd: 0 }, tokens };
}
