/**
 * `gemini.checkQuota`, a local activity in memory: resolves names into the snapshot that history keeps
 * (once), checks the request against the catalogue, and says whether the call's turn has come.
 */
import type { CheckQuotaInput, QuotaAnswer } from '../src/contract/generation.ts';
import { nearestModels } from '../src/domain/catalogue.ts';
import { estimateTokens } from '../src/domain/cost.ts';
import { preflight } from '../src/domain/preflight.ts';
import { MAX_CALL_TIMEOUT_MS } from '../src/domain/request.ts';
import type { PolicyNumbers, PolicySnapshot } from '../src/domain/snapshot.ts';
import { problemsOf, wireRequestSchema } from '../src/schema/request.ts';
import { sha256Of, storedInputs } from './attempt-path.ts';
import type { ActivityDeps } from './deps.ts';
import { routeNamed } from './deps.ts';
import { ladder, preflightShape } from './ladder.ts';
import { entryOf } from './model-entry.ts';
import type { RequestProblem } from '../src/domain/request-problem.ts';

export async function checkQuota(deps: ActivityDeps, input: CheckQuotaInput): Promise<QuotaAnswer> {
  if (input.snapshot !== undefined) return outlook(deps, input, input.snapshot);
  const resolved = resolve(deps, input);
  if ('problems' in resolved) return { kind: 'invalid', problems: resolved.problems };
  return { ...outlook(deps, input, resolved), snapshot: resolved };
}

function outlook(
  deps: ActivityDeps,
  input: CheckQuotaInput,
  snapshot: PolicySnapshot,
): Exclude<QuotaAnswer, { kind: 'invalid' }> {
  const rung = snapshot.rungs[input.variation.rung];
  const route = rung === undefined ? undefined : routeNamed(deps, rung.route);
  // Another worker has the route; `generate` is where that shows.
  if (rung === undefined || route === undefined) return { kind: 'go' };
  const { prompt, urgency, tenant } = input.request;
  const inputs = storedInputs(input);
  const answer = deps.broker.outlook({
    generationId: input.generationId,
    route: { name: rung.route, account: route.gemini.account, model: rung.model, tier: rung.tier },
    tokens: estimateTokens(typeof prompt === 'string' ? prompt.length : prompt.bytes, inputs.length),
    images: 1,
    urgency,
    waitedMs: Math.max(0, Date.now() - input.startedAt),
    ...(tenant === undefined ? {} : { tenant }),
  });
  return answer.kind === 'wait' ? answer : { kind: 'go' };
}

function resolve(
  deps: ActivityDeps,
  input: CheckQuotaInput,
): PolicySnapshot | { readonly problems: readonly RequestProblem[] } {
  const { request } = input;
  const wire = wireProblems(request);
  if (wire.length > 0) return { problems: wire };

  const route = deps.routes[0];
  const model = request.model ?? deps.chain[0];
  const asked = entryOf(deps, route, model);
  if (asked === undefined) return { problems: [unknownModel(deps, model)] };

  const inputs = storedInputs(input);
  const problems = preflight(preflightShape(request, inputs, request.size), asked);
  if (problems.length > 0) return { problems };

  const { maxAttempts, maxPaidCalls, maxCostUsd, callTimeoutMs, modalities } = request;
  const rungs = ladder(deps, route, asked, request, inputs);
  const firstUsd = rungs[0]?.worstUsd[0] ?? 0;
  if (maxCostUsd !== undefined && firstUsd > maxCostUsd) return { problems: [tooDear(maxCostUsd, firstUsd)] };
  const searchAttributes = deps.searchAttributes();
  return {
    version: 1,
    requestDigest: sha256Of(request),
    deadlineAt: input.startedAt + request.deadlineMs,
    timeScale: deps.timeScale,
    maxAttempts,
    maxPaidCalls,
    callTimeoutMs,
    maxCallTimeoutMs: MAX_CALL_TIMEOUT_MS,
    imageOnly: !modalities.includes('TEXT'),
    rungs,
    policies: retestingNumbers(deps.numbers),
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    ...(searchAttributes.length === 0 ? {} : { searchAttributes }),
  };
}

/** What equals the default of a stop-branch is left out, which keeps a clean history small. */
function retestingNumbers(numbers: ActivityDeps['numbers']): PolicySnapshot['policies'] {
  return Object.fromEntries(
    Object.entries(numbers).filter(
      ([, { retests, proof, queueMs }]: [string, PolicyNumbers]) =>
        retests > 0 || proof > 1 || queueMs !== undefined,
    ),
  );
}

/** A caller in another language skipped the client's border; the same rules hold here. */
function wireProblems(request: CheckQuotaInput['request']): readonly RequestProblem[] {
  const text = typeof request.prompt === 'string' ? request.prompt : 'stored';
  const parsed = wireRequestSchema.safeParse({ ...request, prompt: text });
  return parsed.success ? [] : problemsOf(parsed.error, request);
}

function tooDear(maxCostUsd: number, firstUsd: number): RequestProblem {
  const least = `at least ${firstUsd.toFixed(3)}`;
  return {
    reason: 'argument',
    field: 'maxCostUsd',
    value: String(maxCostUsd),
    allowed: least,
    message: `one call may cost ${firstUsd.toFixed(3)} USD, drafts and thinking included: give ${least}, or leave it out`,
  };
}

function unknownModel(deps: ActivityDeps, model: string): RequestProblem {
  const near = nearestModels(deps.catalogue, model);
  const known = deps.catalogue.map((entry) => entry.model).join(', ');
  const hint = near.length === 0 ? '' : `; did you mean ${near[0]}?`;
  return {
    reason: 'unsupported',
    field: 'model',
    value: model,
    allowed: known,
    message: `${model} is not in the worker's catalogue${hint} (known: ${known})`,
  };
}
