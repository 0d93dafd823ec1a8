/**
 * From a stored outcome to a delivery or a verdict. Repeatable without another call (I2): `generate`
 * does it right after the call, `extract` does it again when something was in the way.
 */
import type { Extraction } from '../src/artifacts/extract.ts';
import { extractResponse } from '../src/artifacts/extract.ts';
import { writeProvenance } from '../src/artifacts/provenance.ts';
import type { Delivery, GenerateInput, GenerationResult } from '../src/contract/generation.ts';
import { finishedRecordName } from '../src/contract/names.ts';
import type { Attempt, Cost, FailedAttempt } from '../src/domain/attempt.ts';
import type { Billed, Classification, Verdict } from '../src/domain/classification.ts';
import { classify } from '../src/domain/classify/index.ts';
import type { TokenCounts } from '../src/domain/cost.ts';
import { costFromUsage, picturedTokens, tokenCounts } from '../src/domain/cost.ts';
import type { Evidence, Outcome } from '../src/domain/evidence.ts';
import { isOtherProvider, lossesAt } from '../src/domain/other-provider.ts';
import type { Path } from '../src/domain/path.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { Format } from './attempt-path.ts';
import { formatOf, sentInputs } from './attempt-path.ts';
import type { StoredOutcome } from './attempt-records.ts';
import type { ActivityDeps } from './deps.ts';
import { verdict } from './failures.ts';
import { entryOf } from './model-entry.ts';
import { grownConversation, historyWarnings, pastImages } from './grown-conversation.ts';
import { pathOfInput, routeOf, rungOf } from './prepare-call.ts';
import { deliveryWarnings, imageWarnings, modelWarnings, MOST_LISTED } from './delivery-warnings.ts';
import { plainOutcome, putEvidence } from './outcome-evidence.ts';
import { batchFactor, bookCost, worstUsdOf } from './price.ts';
import { witness } from './witness.ts';

const LONGEST_TEXT = 500;
const LONGEST_TEXT_BYTES = 1_500;
const MOST_TEXTS = 4;
/** Bytes of a name that the provider chose. */
const LONGEST_NAME = 200;

export async function conclude(
  deps: ActivityDeps,
  input: GenerateInput,
  stored: StoredOutcome,
): Promise<Delivery> {
  const path = pathOfInput(deps, input);
  const format = formatOf(input.request, rungOf(input), input.variation);
  const extraction = await extractionOf(deps, stored);
  const outcome = await outcomeOf(deps, stored, extraction);
  const evidence: Evidence = { outcome, model: format.model, modalities: format.modalities };
  const read = classify(evidence);
  const attempt = await attemptOf(deps, input, { path, format, stored, extraction, evidence, read });
  const delivery =
    read.branch === 'success'
      ? await deliver(deps, input, path, format, attempt, extraction as Extraction)
      : undefined;
  // Batches have a quota of their own: what they say of it is nothing about live calls.
  const { classification: _batch, ...spent } = attempt;
  witness(deps, input.generationId, path.route, input.variation.batch === true ? spent : attempt);
  if (delivery === undefined) throw verdict(attempt as FailedAttempt);
  return delivery;
}

async function extractionOf(deps: ActivityDeps, stored: StoredOutcome): Promise<Extraction | undefined> {
  return stored.kind === 'answer' && stored.status === 200
    ? await extractResponse(deps.store, stored.raw.sha256)
    : undefined;
}

async function outcomeOf(
  deps: ActivityDeps,
  stored: StoredOutcome,
  extraction: Extraction | undefined,
): Promise<Outcome> {
  if (stored.kind !== 'answer' || extraction === undefined) return await plainOutcome(deps, stored);
  const { status, headers } = stored;
  return {
    kind: 'answer',
    status,
    headers,
    body: extraction.bodyForClassifier,
    imageChecks: extraction.checks,
  };
}

interface Seen {
  readonly path: Path;
  readonly format: Format;
  readonly stored: StoredOutcome;
  readonly extraction: Extraction | undefined;
  readonly evidence: Evidence;
  readonly read: Verdict;
}

async function attemptOf(deps: ActivityDeps, input: GenerateInput, seen: Seen): Promise<Attempt> {
  const { path, stored, read } = seen;
  const classification: Classification | undefined = read.branch === 'success' ? undefined : read;
  const { cost, tokens } = priceOf(deps, input, seen);
  // Before anything else can fail: whoever repeats this is told that it is booked.
  await bookCost(deps, input, cost, stored.startedAt);
  const evidence = await putEvidence(deps, input, { ...seen, cost });
  return {
    n: input.n,
    move: input.move,
    variation: input.variation,
    route: path.route.name,
    model: path.route.model,
    fingerprint: path.fingerprint,
    startedAt: stored.startedAt,
    tookMs: stored.tookMs,
    billed: read.billed,
    cost,
    evidence,
    ...(tokens === undefined ? {} : { tokens }),
    ...(classification === undefined ? {} : { classification }),
    ...(classification?.branch === 'quota-day' ? { resetAt: Date.now() + deps.broker.msToDailyReset() } : {}),
  };
}

function priceOf(
  deps: ActivityDeps,
  input: GenerateInput,
  { format, extraction, read }: Seen,
): { readonly cost: Cost; readonly tokens?: TokenCounts } {
  const entry = entryOf(deps, routeOf(deps, rungOf(input)), format.model);
  const { billed }: { readonly billed: Billed } = read;
  if (entry === undefined || billed === 'no') return { cost: { sureUsd: 0, possibleUsd: 0 } };
  const { tier, size } = format;
  const call = { tier, ...(size === undefined ? {} : { size }) };
  if (billed === 'yes') {
    const usable = (extraction?.images.length ?? 0) + (extraction?.drafts.length ?? 0);
    // Without usage, what was made is what is charged for, whether it can be used or not.
    const images = extraction?.usage === undefined ? (extraction?.checks.length ?? 0) : usable;
    const usage = extraction?.usage ?? {};
    const usd = costFromUsage(entry, usage, { ...call, images });
    return {
      cost: { sureUsd: usd * batchFactor(entry, input.variation), possibleUsd: 0 },
      tokens: tokenCounts(usage, picturedTokens(entry, size, images)),
    };
  }
  return { cost: { sureUsd: 0, possibleUsd: worstUsdOf(deps, input, format) } };
}

async function deliver(
  deps: ActivityDeps,
  input: GenerateInput,
  path: Path,
  format: Format,
  attempt: Attempt,
  extraction: Extraction,
): Promise<Delivery> {
  const { images, drafts, texts, contents, modelVersion, responseId } = extraction;
  const conversation = await grownConversation(deps, input, path, extraction);
  const answeredAt = attempt.startedAt + attempt.tookMs;
  const entry = entryOf(deps, routeOf(deps, rungOf(input)), format.model);
  const about = [
    ...historyWarnings(conversation),
    ...lossWarnings(deps, input),
    ...modelWarnings(format, extraction, entry, answeredAt),
  ];
  for (const image of images) {
    await writeProvenance(deps.store, image.sha256, {
      generationId: input.generationId,
      requestDigest: input.snapshot.requestDigest,
      modelAsked: format.model,
      modelVersion,
      responseId,
      path,
      tokens: extraction.usage,
      cost: attempt.cost,
      attempts: input.n,
      trail: [...input.before, 'success'],
      parents: [...new Set([...sentInputs(input), ...pastImages(input)].map(({ sha256 }) => sha256))],
      warnings: [...about, ...imageWarnings(format, image)],
      createdAt: new Date(answeredAt).toISOString(),
    });
  }
  const delivery: Delivery = {
    attempt,
    images: images.slice(0, MOST_LISTED),
    drafts: drafts.slice(0, MOST_LISTED),
    texts: texts
      .slice(0, MOST_TEXTS)
      .map((text) => shortText(text.slice(0, LONGEST_TEXT), LONGEST_TEXT_BYTES)),
    warnings: deliveryWarnings(format, extraction, about),
    ...(contents === undefined ? {} : { contents }),
    ...(conversation === undefined ? {} : { conversation }),
    ...(modelVersion === undefined ? {} : { modelVersion: shortText(modelVersion, LONGEST_NAME) }),
    ...(responseId === undefined ? {} : { responseId: shortText(responseId, LONGEST_NAME) }),
    ...(format.size === undefined ? {} : { size: format.size }),
  };
  await deps.store.createRecord(finishedRecordName(input.generationId), {
    requestDigest: input.snapshot.requestDigest,
    result: finished(input, delivery),
  });
  return delivery;
}

/** Another provider's picture is not quite what was asked, however the caller came to it. */
function lossWarnings(deps: ActivityDeps, input: GenerateInput): readonly string[] {
  const { request, variation } = input;
  const rung = rungOf(input);
  const route = routeOf(deps, rung);
  const entry = entryOf(deps, route, rung.model);
  if (entry === undefined || !isOtherProvider(route.gemini.account)) return [];
  const size = variation.size ?? rung.sizes[0] ?? entry.defaultSize;
  return lossesAt(entry, request, size).map((loss) => `${route.name}: ${loss}`);
}

/** What a caller gets beyond Temporal's retention: the images, without the trail's details. */
function finished(input: GenerateInput, { attempt, ...delivery }: Delivery): GenerationResult {
  return {
    id: input.generationId,
    route: attempt.route,
    model: attempt.model,
    cost: attempt.cost,
    trail: [],
    ...(input.promptChange === undefined ? {} : { promptChange: input.promptChange }),
    ...(input.approval === undefined ? {} : { decisions: [input.approval] }),
    ...delivery,
  };
}
