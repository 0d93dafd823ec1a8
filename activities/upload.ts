/**
 * `gemini.upload`: puts the inputs into the file storage of the rung's project, waits until they can be
 * used, and remembers them in the store, so that a run that comes later uploads nothing twice. Free of
 * charge. What the provider says against it is a verdict with an attempt of its own (I3).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { checkInput } from '../src/artifacts/check-input.ts';
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import type { UploadInput } from '../src/contract/generation.ts';
import { imagesOf, oldestBeyond, pastOn } from '../src/domain/conversation.ts';
import { roomInline } from '../src/domain/preflight.ts';
import type { FileList, StoredInput, UploadedInput } from '../src/domain/request.ts';
import type { CallOptions, UploadedFile } from '../src/gemini/port.ts';
import { sentInputs } from './attempt-path.ts';
import type { ActivityDeps, ConfiguredRoute } from './deps.ts';
import { invalid, storeAway } from './failures.ts';
import type { Heartbeat } from './heartbeat.ts';
import { startHeartbeat } from './heartbeat.ts';
import { whileStoreIsAway } from './hold-answer.ts';
import { OWN_FILE_PREFIX } from './own-files.ts';
import { putFileList } from './file-list.ts';
import { lostArtifact } from './lost-artifact.ts';
import { routeOf, rungOf, sentConversation } from './prepare-call.ts';
import { UploadRecords } from './upload-records.ts';
import { fileVerdict, refusal } from './upload-verdict.ts';

const UPLOAD_TIMEOUT_MS = 4 * 60_000;
const LOOK_TIMEOUT_MS = 20_000;
/** How long a file may be processed before it counts as not ready; the branch `file` waits further. */
const PROCESSING_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
/** As Google says: where an answer names no end, a file lives two days. */
const LIFETIME_MS = 48 * 3_600_000;

/** A conversation may have a hundred; each is read into memory. */
const AT_ONCE = 4;

export async function upload(
  deps: ActivityDeps,
  input: UploadInput,
): Promise<readonly UploadedInput[] | FileList> {
  const heartbeat = startHeartbeat(Context.current(), { phase: 'uploading', n: input.n });
  try {
    const all = await wanted(deps, input);
    const uploaded = await uploadEach(deps, input, all, heartbeat);
    const files = all.flatMap(({ image }) => uploaded.get(image.sha256) ?? []);
    return input.request.conversation === undefined
      ? files
      : await putFileList(deps.store, [...uploaded.values()]);
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  } finally {
    heartbeat.stop();
  }
}

/** Each image once, a few at a time. After a failure nothing more is begun, and what was begun is waited for. */
async function uploadEach(
  deps: ActivityDeps,
  input: UploadInput,
  all: readonly Wanted[],
  heartbeat: Heartbeat,
): Promise<ReadonlyMap<string, UploadedInput>> {
  const route = routeOf(deps, rungOf(input));
  const uploaded = new Map<string, UploadedInput>();
  const left = [...new Map(all.map((each) => [each.image.sha256, each])).values()];
  const take = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      uploaded.set(next.image.sha256, await uploadOne(deps, route, input, next, heartbeat));
  };
  const hands = Array.from({ length: AT_ONCE }, () =>
    take().catch((error: unknown) => {
      left.length = 0;
      throw error;
    }),
  );
  await Promise.allSettled(hands);
  await Promise.all(hands);
  return uploaded;
}

interface Wanted {
  readonly image: StoredInput;
  /** Where the request has it. */
  readonly field: string;
}

/** All inputs; of a conversation as many of the oldest images as must go, so that what is new stays in the request. */
async function wanted(deps: ActivityDeps, input: UploadInput): Promise<readonly Wanted[]> {
  const own = sentInputs(input).map((image, i): Wanted => ({ image, field: `inputs[${i}]` }));
  const conversation = await sentConversation(deps, input);
  if (conversation === undefined) return own;
  const { prompt, conversation: ref } = input.request;
  const past = pastOn(ref, rungOf(input), input.variation);
  const said = imagesOf(conversation).map((image): Wanted => ({ image, field: 'conversation' }));
  const all = [...said, ...own];
  const room = roomInline(typeof prompt === 'string' ? prompt.length : prompt.bytes, past);
  const beyond = new Set(
    oldestBeyond(
      all.map(({ image }) => image),
      room,
    ).map(({ sha256 }) => sha256),
  );
  return all.filter(({ image }) => beyond.has(image.sha256));
}

async function uploadOne(
  deps: ActivityDeps,
  route: ConfiguredRoute,
  input: UploadInput,
  { image: { sha256, mime }, field }: Wanted,
  heartbeat: Heartbeat,
): Promise<UploadedInput> {
  const shelf = new UploadRecords(deps.store, input, route.name, sha256);
  for (let before = await shelf.next(); before !== undefined; before = await shelf.next()) {
    const { file, isActive } = before;
    if (isActive) return file;
    const answer = await route.gemini.files.get(file.name, lookOptions(input, heartbeat));
    if (answer.kind === 'failed') {
      // What a session uploaded weeks ago is expired, and no reason to fail for.
      if (shelf.isSession) continue;
      throw await refusal(deps, input, answer.record);
    }
    await whenReady(deps, route, input, answer.value, heartbeat);
    return file;
  }
  const bytes = await readInput(deps, sha256, field);
  const displayName = `${OWN_FILE_PREFIX}${sha256.slice(0, 16)}`;
  const answer = await route.gemini.files.upload(
    { bytes, mime, displayName },
    { ...lookOptions(input, heartbeat), timeoutMs: UPLOAD_TIMEOUT_MS },
  );
  if (answer.kind === 'failed') throw await refusal(deps, input, answer.record);
  const { uri, name, state, expiresAt = Date.now() + LIFETIME_MS } = answer.value;
  const uploaded: UploadedInput = { sha256, mime, uri, name, expiresAt };
  // A store that is away must not make us upload the same bytes again and again.
  await whileStoreIsAway(() => shelf.keep(uploaded, state === 'ACTIVE'), input.n, heartbeat.tell);
  await whenReady(deps, route, input, answer.value, heartbeat);
  return uploaded;
}

function lookOptions({ generationId, n }: UploadInput, { cancelled: signal }: Heartbeat): CallOptions {
  return { signal, attemptId: `${generationId}/${n}`, timeoutMs: LOOK_TIMEOUT_MS };
}

async function readInput(deps: ActivityDeps, sha256: string, field: string): Promise<Uint8Array> {
  try {
    const bytes = await deps.store.get(sha256);
    const problem = await checkInput(bytes, field);
    if (problem !== undefined) throw invalid([problem]);
    return bytes;
  } catch (error) {
    const lost = lostArtifact(field, error);
    throw lost === undefined ? error : invalid([lost]);
  }
}

/** PROCESSING is waited for; FAILED is the file's fault, still PROCESSING at the end the provider's. */
async function whenReady(
  deps: ActivityDeps,
  route: ConfiguredRoute,
  input: UploadInput,
  first: UploadedFile,
  heartbeat: Heartbeat,
): Promise<void> {
  let file = first;
  for (const until = Date.now() + PROCESSING_MS; file.state !== 'ACTIVE';) {
    const why = `${file.name} is ${file.state}`;
    heartbeat.tell({ phase: 'uploading', n: input.n, why });
    if (file.state === 'FAILED')
      throw await fileVerdict(deps, input, 'failed', `${why}: ${file.error ?? 'no reason given'}`);
    if (Date.now() >= until)
      throw await fileVerdict(deps, input, 'not-ready', `${why} after ${PROCESSING_MS / 1_000} s`);
    await pause(LOOK_EVERY_MS, undefined, { signal: heartbeat.cancelled }).catch(() => undefined);
    const answer = await route.gemini.files.get(file.name, lookOptions(input, heartbeat));
    if (answer.kind === 'failed') throw await refusal(deps, input, answer.record);
    file = answer.value;
  }
}
