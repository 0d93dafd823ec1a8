/**
 * `gemini.checkQuota`, a local activity in memory: resolves names into the snapshot that history keeps
 * (once), checks the request against the catalogue, and says whether the call's turn has come.
 */
import type { CheckQuotaInput, QuotaAnswer } from '../src/contract/generation.ts';
import { catalogueEndpoint } from '../src/domain/catalogue.ts';
import { shapeOn } from '../src/domain/ladder.ts';
import { preflight, tooDear, unknownModel } from '../src/domain/preflight.ts';
import { startingModel } from '../src/domain/quality.ts';
import { MAX_CALL_TIMEOUT_MS } from '../src/domain/request.ts';
import type { Permits, PolicyNumbers, PolicySnapshot, Rung } from '../src/domain/snapshot.ts';
import { worstTextUsd } from '../src/domain/text-model.ts';
import { problemsOf, wireRequestSchema } from '../src/schema/request.ts';
import type { QuotaWait } from '../src/quota/broker.ts';
import { sha256Of, storedInputs } from './attempt-path.ts';
import type { ActivityDeps } from './deps.ts';
import { ladderRoute, rungsOf, startOn } from './ladder.ts';
import { entryOf } from './model-entry.ts';
import { worstUsdAt } from './price.ts';
import { subscribersOf } from './notify.ts';
import { pastTheWait, elsewhereAt, heldAt, routeOfRung, sharesOf, slotFor, waitAt } from './outlook.ts';
import type { RequestProblem } from '../src/domain/request-problem.ts';

export async function checkQuota(deps: ActivityDeps, input: CheckQuotaInput): Promise<QuotaAnswer> {
  if (input.snapshot !== undefined) return outlook(deps, input, input.snapshot);
  const resolved = resolve(deps, input);
  if ('problems' in resolved)
    return { kind: 'invalid', problems: resolved.problems, ...notifyOf(deps, input) };
  return { ...outlook(deps, input, resolved), snapshot: resolved };
}

function outlook(
  deps: ActivityDeps,
  input: CheckQuotaInput,
  snapshot: PolicySnapshot,
): Exclude<QuotaAnswer, { kind: 'invalid' }> {
  const rung = snapshot.rungs[input.variation.rung];
  const route = rung === undefined ? undefined : routeOfRung(deps, rung);
  // Another worker has the route; `generate` is where that shows.
  if (rung === undefined || route === undefined) return { kind: 'go' };
  const told = input.scope === undefined ? {} : { shares: sharesOf(route, input.scope) };
  // Who leaves a degraded route does not wait on it.
  const elsewhere = elsewhereAt(deps, input, snapshot, route);
  if (elsewhere !== undefined) return { ...elsewhere, ...told };
  const money = moneyOutlook(deps, input, snapshot, rung);
  if (money !== undefined) return { ...waitAt(deps, input, snapshot, money), ...told };
  const answer = deps.broker.outlook(slotFor(route, input), { sleeps: true });
  if (answer.kind === 'held') return { ...heldAt(deps, input, snapshot, answer, route), ...told };
  if (answer.kind === 'go') return { ...answer, ...told };
  const away = pastTheWait(deps, input, snapshot, answer);
  return { ...(away ?? waitAt(deps, input, snapshot, answer)), ...told };
}

/** A budget that is known to be used up is waited for here, before any slot. */
function moneyOutlook(
  { wallet }: ActivityDeps,
  { generationId, request, startedAt, variation }: CheckQuotaInput,
  { callTimeoutMs, permits }: PolicySnapshot,
  rung: Rung,
): QuotaWait | undefined {
  const { tenant } = request;
  // At the price of the lane that it is bound for; promoted, its call asks for the other one itself.
  const batch = variation.batch ?? (permits?.batch === 'at-once' && rung.batch !== undefined);
  return wallet.outlook({
    key: generationId,
    usd: worstUsdAt(rung, { ...variation, batch }),
    callTimeoutMs,
    waitedMs: Math.max(0, Date.now() - startedAt),
    ...(tenant === undefined ? {} : { tenant }),
  });
}

function resolve(
  deps: ActivityDeps,
  input: CheckQuotaInput,
): PolicySnapshot | { readonly problems: readonly RequestProblem[] } {
  const { request } = input;
  const wire = wireProblems(request);
  if (wire.length > 0) return { problems: wire };

  const route = deps.routes[0];
  const inputs = storedInputs(input);
  const model = startingModel(startOn(deps, request, inputs));
  const asked = entryOf(deps, route, model);
  if (asked === undefined) {
    return { problems: [unknownModel(deps.catalogue, model, catalogueEndpoint(route.gemini.account))] };
  }

  const problems = preflight(shapeOn(request, inputs, request.size, ladderRoute(route), asked), asked);
  if (problems.length > 0) return { problems };

  const { maxAttempts, maxPaidCalls, maxCostUsd, callTimeoutMs, modalities } = request;
  const rungs = rungsOf(deps, asked, request, inputs);
  const firstUsd = rungs[0]?.worstUsd[0] ?? 0;
  if (maxCostUsd !== undefined && firstUsd > maxCostUsd) return { problems: [tooDear(maxCostUsd, firstUsd)] };
  const searchAttributes = deps.searchAttributes();
  return {
    version: 2,
    requestDigest: sha256Of(request),
    deadlineAt: input.startedAt + request.deadlineMs,
    timeScale: deps.timeScale,
    maxAttempts,
    maxPaidCalls,
    callTimeoutMs,
    maxCallTimeoutMs: MAX_CALL_TIMEOUT_MS,
    imageOnly: !modalities.includes('TEXT'),
    tallies: true,
    rungs,
    policies: retestingNumbers(deps.numbers),
    ...remediesOf(deps, request, inputs.length, rungs),
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    ...(searchAttributes.length === 0 ? {} : { searchAttributes }),
    ...subscribersOf(deps.webhooks, request),
  };
}

/** Only what is allowed and has its means, which keeps a clean history small. */
function remediesOf(
  { routes, textModel }: ActivityDeps,
  { allow, routeOut, conversation, urgency }: CheckQuotaInput['request'],
  inputs: number,
  rungs: readonly Rung[],
): Pick<PolicySnapshot, 'permits' | 'text'> {
  const permits: Permits = {
    ...(allow.inputs && inputs > 0 ? { smallerInputs: true } : {}),
    ...(allow.endpoints.length > 0 ? { endpoints: true } : {}),
    ...(rungs.some(({ kind }) => kind === 'fallback') ? { pastGateways: true } : {}),
    ...(allow.safetySettings.length > 0 ? { looserSafety: true } : {}),
    ...(allow.simplify ? { simplify: true } : {}),
    ...(allow.rewrite === 'never' ? {} : { rewrite: allow.rewrite }),
    ...(rungs.some(({ batch }) => batch !== undefined)
      ? { batch: urgency === 'batch' ? 'at-once' : 'demoted' }
      : {}),
    ...(conversation?.past === undefined ? {} : { history: true }),
    ...(routeOut === 'ask' ? { ask: true, looks: true } : {}),
  };
  const needsText = permits.simplify === true || permits.rewrite !== undefined;
  if (!needsText) return { permits };
  const { model } = textModel;
  return { permits, text: { route: routes[0].name, model, worstUsd: worstTextUsd(textModel) } };
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

/** What is wrong with it may be its very tags. */
function notifyOf(
  { webhooks }: ActivityDeps,
  { request }: CheckQuotaInput,
): ReturnType<typeof subscribersOf> {
  return subscribersOf(webhooks, { tags: Array.isArray(request.tags) ? request.tags : [] });
}

/** A caller in another language skipped the client's border; the same rules hold here. */
function wireProblems(request: CheckQuotaInput['request']): readonly RequestProblem[] {
  const parsed = wireRequestSchema.safeParse(request);
  return parsed.success ? [] : problemsOf(parsed.error, request);
}
