/**
 * `gemini.upload`: puts the inputs into the file storage of the rung's project, waits until they can be
 * used, and remembers them in the store, so that a run that comes later uploads nothing twice. Free of
 * charge. What the provider says against it is a verdict with an attempt of its own (I3).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { checkInput } from '../src/artifacts/check-input.ts';
import { ArtifactCorrupt, ArtifactMissing, StoreUnavailable } from '../src/artifacts/errors.ts';
import type { UploadInput } from '../src/contract/generation.ts';
import type { FailedAttempt } from '../src/domain/attempt.ts';
import { classify } from '../src/domain/classify/index.ts';
import { finding } from '../src/domain/finding.ts';
import type { StoredInput, UploadedInput } from '../src/domain/request.ts';
import type { CallRecord, UploadedFile } from '../src/gemini/port.ts';
import { storedInputs } from './attempt-path.ts';
import type { ActivityDeps, ConfiguredRoute } from './deps.ts';
import { invalid, storeAway, verdict } from './failures.ts';
import { stored } from './fenced-call.ts';
import type { Heartbeat } from './heartbeat.ts';
import { startHeartbeat } from './heartbeat.ts';
import { plainOutcome, putEvidence } from './outcome-evidence.ts';
import { OWN_FILE_PREFIX } from './own-files.ts';
import { pathOfInput, routeOf, rungOf } from './prepare-call.ts';

const UPLOAD_TIMEOUT_MS = 4 * 60_000;
const LOOK_TIMEOUT_MS = 20_000;
/** How long a file may be processed before it counts as not ready; the branch `file` waits further. */
const PROCESSING_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
/** As Google says: where an answer names no end, a file lives two days. */
const LIFETIME_MS = 48 * 3_600_000;

export async function upload(deps: ActivityDeps, input: UploadInput): Promise<readonly UploadedInput[]> {
  const heartbeat = startHeartbeat(Context.current(), { phase: 'uploading', n: input.n });
  try {
    const uploaded: UploadedInput[] = [];
    const route = routeOf(deps, rungOf(input));
    for (const [i, each] of storedInputs(input).entries()) {
      const twin = uploaded.find(({ sha256 }) => sha256 === each.sha256);
      uploaded.push(twin ?? (await uploadOne(deps, route, input, each, `inputs[${i}]`, heartbeat)));
    }
    return uploaded;
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  } finally {
    heartbeat.stop();
  }
}

async function uploadOne(
  deps: ActivityDeps,
  route: ConfiguredRoute,
  input: UploadInput,
  { sha256, mime }: StoredInput,
  field: string,
  heartbeat: Heartbeat,
): Promise<UploadedInput> {
  // Of this attempt: a worker that died halfway has left it, and the next one goes on from there.
  const name = `attempts/${input.generationId}/${input.n}/files/${sha256}`;
  const before = (await deps.store.readRecord(name)) as UploadedInput | undefined;
  if (before !== undefined) return before;

  const bytes = await readInput(deps, sha256, field);
  const options = { signal: heartbeat.cancelled, attemptId: `${input.generationId}/${input.n}` };
  const displayName = `${OWN_FILE_PREFIX}${sha256.slice(0, 16)}`;
  const answer = await route.gemini.files.upload(
    { bytes, mime, displayName },
    { ...options, timeoutMs: UPLOAD_TIMEOUT_MS },
  );
  if (answer.kind === 'failed') throw await refusal(deps, input, answer.record);
  const file = await whenReady(deps, route, input, answer.value, heartbeat);
  const uploaded: UploadedInput = {
    sha256,
    mime,
    uri: file.uri,
    name: file.name,
    expiresAt: file.expiresAt ?? Date.now() + LIFETIME_MS,
  };
  await deps.store.createRecord(name, uploaded);
  return uploaded;
}

async function readInput(deps: ActivityDeps, sha256: string, field: string): Promise<Uint8Array> {
  try {
    const bytes = await deps.store.get(sha256);
    const problem = await checkInput(bytes, field);
    if (problem !== undefined) throw invalid([problem]);
    return bytes;
  } catch (error) {
    if (!(error instanceof ArtifactMissing || error instanceof ArtifactCorrupt)) throw error;
    const { name: value, message } = error;
    const allowed = 'an artifact that is whole in the store';
    throw invalid([{ reason: 'bad-input', field, value, allowed, message }]);
  }
}

/** PROCESSING is waited for; FAILED is the file's fault, still PROCESSING at the end the provider's. */
async function whenReady(
  deps: ActivityDeps,
  route: ConfiguredRoute,
  input: UploadInput,
  first: UploadedFile,
  heartbeat: Heartbeat,
): Promise<UploadedFile> {
  let file = first;
  const options = { signal: heartbeat.cancelled, attemptId: `${input.generationId}/${input.n}` };
  for (const until = Date.now() + PROCESSING_MS; file.state !== 'ACTIVE';) {
    const why = `${file.name} is ${file.state}`;
    heartbeat.tell({ phase: 'uploading', n: input.n, why });
    if (file.state === 'FAILED')
      throw await fileVerdict(deps, input, 'failed', `${why}: ${file.error ?? 'no reason given'}`);
    if (Date.now() >= until)
      throw await fileVerdict(deps, input, 'not-ready', `${why} after ${PROCESSING_MS / 1_000} s`);
    await pause(LOOK_EVERY_MS, undefined, { signal: heartbeat.cancelled }).catch(() => undefined);
    const answer = await route.gemini.files.get(file.name, { ...options, timeoutMs: LOOK_TIMEOUT_MS });
    if (answer.kind === 'failed') throw await refusal(deps, input, answer.record);
    file = answer.value;
  }
  return file;
}

/** What the provider said, classified and kept like any other answer. */
async function refusal(deps: ActivityDeps, input: UploadInput, record: CallRecord): Promise<Error> {
  const kept = await stored(deps, record);
  const outcome = await plainOutcome(deps, kept);
  const { model } = rungOf(input);
  const read = classify({ outcome, model });
  const classification =
    read.branch === 'success' || read.branch === 'no-image'
      ? unreadable()
      : { ...read, billed: 'no' as const };
  return await failedUpload(deps, input, { kept, classification, outcome });
}

function unreadable(): FailedAttempt['classification'] {
  return finding('gateway-fault', 'not-gemini', {
    rule: 'upload-answer',
    certainty: 'guessed',
    billed: 'no',
    message: 'the answer to an upload is none that the Files API gives',
  });
}

async function fileVerdict(
  deps: ActivityDeps,
  input: UploadInput,
  reason: 'failed' | 'not-ready',
  message: string,
): Promise<Error> {
  const now = Date.now();
  const error = { name: 'FileState', message };
  const kept = { kind: 'broken', stage: 'sent', by: 'unknown', error, startedAt: now, tookMs: 0 } as const;
  const classification = finding('file', reason, {
    rule: 'file-state',
    certainty: 'named',
    billed: 'no',
    message,
  });
  const outcome = { kind: 'text', text: message } as const;
  return await failedUpload(deps, input, { kept, classification, outcome });
}

async function failedUpload(
  deps: ActivityDeps,
  input: UploadInput,
  seen: {
    readonly kept: Parameters<typeof putEvidence>[2]['stored'];
    readonly classification: FailedAttempt['classification'];
    readonly outcome: Parameters<typeof putEvidence>[2]['evidence']['outcome'];
  },
): Promise<Error> {
  const { kept, classification, outcome } = seen;
  const path = pathOfInput(deps, input);
  const cost = { sureUsd: 0, possibleUsd: 0 };
  const evidence = { outcome, model: path.route.model };
  return verdict({
    n: input.n,
    move: input.move,
    variation: input.variation,
    route: path.route.name,
    model: path.route.model,
    fingerprint: path.fingerprint,
    startedAt: kept.startedAt,
    tookMs: kept.tookMs,
    billed: 'no',
    cost,
    classification,
    evidence: await putEvidence(deps, input, { stored: kept, evidence, read: classification, cost, path }),
  });
}
