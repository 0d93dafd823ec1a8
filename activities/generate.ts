/**
 * `gemini.generate`: at most one provider call, and its outcome stored before anything else can fail
 * (I2). Temporal may run it again at any point; the fence decides what a later run may do:
 *
 * | fence | outcome record | this run |
 * |---|---|---|
 * | open | – | takes a slot, closes the fence, calls |
 * | closed | there | goes on from the stored outcome |
 * | closed | – | waits for the run that called; past its timeout: `interrupted` |
 *
 * With `bookOnly` it never calls: an open fence then means that there is nothing to book.
 * Ends in a Delivery, or throws a verdict, `gemini.wait`, `gemini.extract-pending` (all decided by the
 * workflow), or `gemini.store-unavailable` (retried by Temporal).
 */
import { Context } from '@temporalio/activity';
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import type { Delivery, GenerateInput } from '../src/contract/generation.ts';
import type { CallRecord } from '../src/gemini/port.ts';
import type { QuotaBroker, SlotRequest } from '../src/quota/broker.ts';
import type { Fence, StoredOutcome } from './attempt-records.ts';
import { AttemptRecords } from './attempt-records.ts';
import { conclude } from './conclude.ts';
import type { ActivityDeps } from './deps.ts';
import { conflict, extractPending, invalid, nothingToBook, notYet, storeAway } from './failures.ts';
import type { Heartbeat } from './heartbeat.ts';
import { startHeartbeat } from './heartbeat.ts';
import { whileStoreIsAway } from './hold-answer.ts';
import type { PreparedCall } from './prepare-call.ts';
import { loadCall } from './prepare-call.ts';
import type { GrantedSlot } from './slot.ts';
import { isStale, reportSlot, slotRequest, takeSlot } from './slot.ts';

/** Beyond the call timeout: for the answer to be stored by a worker that is still alive. */
const ANSWER_GRACE_MS = 5_000;
const LOOK_AGAIN_MS = 2_000;
/** Less than the grace above: a run that comes later must not give up on a call that is about to go. */
const FRESH_SLOT_WAIT_MS = 4_000;

/** Calls under way in this process, so that a second run of the same attempt joins the first. */
const underWay = new Map<string, Promise<StoredOutcome>>();

export async function generate(deps: ActivityDeps, input: GenerateInput): Promise<Delivery> {
  const heartbeat = startHeartbeat(Context.current(), { phase: 'preparing', n: input.n });
  try {
    const outcome = await outcomeOf(deps, input, heartbeat);
    heartbeat.tell({ phase: 'extracting', n: input.n });
    return await concludeOrPend(deps, input, outcome);
  } finally {
    heartbeat.stop();
  }
}

async function concludeOrPend(
  deps: ActivityDeps,
  input: GenerateInput,
  outcome: StoredOutcome,
): Promise<Delivery> {
  try {
    return await conclude(deps, input, outcome);
  } catch (error) {
    throw error instanceof StoreUnavailable ? extractPending(error) : error;
  }
}

async function outcomeOf(
  deps: ActivityDeps,
  input: GenerateInput,
  heartbeat: Heartbeat,
): Promise<StoredOutcome> {
  const records = new AttemptRecords(deps.store, input.generationId, input.n);
  const key = `${input.generationId}/${input.n}`;
  try {
    const running = underWay.get(key);
    if (running !== undefined) return await running;

    const closed = await records.fence();
    if (closed !== undefined) return await laterRun(records, closed, input, heartbeat);

    if (input.bookOnly === true) throw nothingToBook();
    const call = await loadCall(deps, input, heartbeat.cancelled);
    if (call.problems.length > 0) throw invalid(call.problems);
    return await firstRun(deps, records, call, key, input, heartbeat);
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  }
}

async function firstRun(
  deps: ActivityDeps,
  records: AttemptRecords,
  prepared: PreparedCall,
  key: string,
  input: GenerateInput,
  heartbeat: Heartbeat,
): Promise<StoredOutcome> {
  const request = slotRequest(prepared, input);
  const granted = await takeSlot(deps.broker, request, heartbeat);
  if ('kind' in granted) throw notYet(granted);

  let mayCall = false;
  try {
    mayCall = await records.closeFence({
      requestDigest: input.snapshot.requestDigest,
      fingerprint: prepared.path.fingerprint,
      sentAt: Date.now(),
      callTimeoutMs: prepared.callTimeoutMs,
      worker: `${process.pid}`,
    });
  } finally {
    if (!mayCall) deps.broker.report(granted.slot, { kind: 'unused' });
  }
  if (!mayCall) {
    const closed = (await records.fence()) as Fence;
    return await laterRun(records, closed, input, heartbeat);
  }

  const running = callAndStore(deps, records, prepared, granted, request, key, input.n, heartbeat);
  underWay.set(key, running);
  try {
    return await running;
  } finally {
    underWay.delete(key);
  }
}

async function callAndStore(
  deps: ActivityDeps,
  records: AttemptRecords,
  { route, call, callTimeoutMs }: PreparedCall,
  granted: GrantedSlot,
  request: SlotRequest,
  key: string,
  n: number,
  heartbeat: Heartbeat,
): Promise<StoredOutcome> {
  const fresh = await freshSlot(deps.broker, granted, request, heartbeat).catch(() => undefined);
  if (fresh === undefined) return await records.settle(NOT_SENT());
  heartbeat.tell({ phase: 'calling', n });
  const sentAfterMs = performance.now() - fresh.at;
  const record = await route.gemini.generate(call, {
    timeoutMs: callTimeoutMs,
    signal: heartbeat.cancelled,
    attemptId: key,
  });
  reportSlot(deps.broker, fresh.slot, record, call.model, sentAfterMs);
  return await whileStoreIsAway(async () => records.settle(await stored(deps, record)), n, heartbeat.tell);
}

/** Closing the fence took so long (a slow store) that the slot's time at the provider has passed. */
async function freshSlot(
  broker: QuotaBroker,
  granted: GrantedSlot,
  request: SlotRequest,
  heartbeat: Heartbeat,
): Promise<GrantedSlot | undefined> {
  if (!isStale(granted)) return granted;
  broker.report(granted.slot, { kind: 'unused' });
  const again = await takeSlot(broker, request, heartbeat, FRESH_SLOT_WAIT_MS);
  return 'kind' in again ? undefined : again;
}

const NOT_SENT = (): StoredOutcome => ({
  kind: 'broken',
  stage: 'before-send',
  by: 'unknown',
  error: { name: 'Error', message: 'the slot expired while the fence was being closed; nothing was sent' },
  startedAt: Date.now(),
  tookMs: 0,
});

async function stored(
  deps: ActivityDeps,
  { outcome, startedAt, tookMs }: CallRecord,
): Promise<StoredOutcome> {
  if (outcome.kind === 'broken') return { ...outcome, startedAt, tookMs };
  const { status, headers, body } = outcome;
  const raw = await deps.store.put(body, headers['content-type'] ?? 'application/octet-stream');
  return { kind: 'answer', status, headers, raw, startedAt, tookMs };
}

/** The fence is closed: another run made the call, so this one must not, whatever became of it (I13). */
async function laterRun(
  records: AttemptRecords,
  fence: Fence,
  input: GenerateInput,
  heartbeat: Heartbeat,
): Promise<StoredOutcome> {
  // The fingerprint would not do: it names the credential of the worker that runs now, and a paid answer
  // must not be thrown away because the key was rotated meanwhile.
  if (fence.requestDigest !== input.snapshot.requestDigest) throw conflict(input.generationId);
  heartbeat.tell({ phase: 'awaiting-answer', n: input.n, why: 'another run of this attempt made the call' });
  const lostAt = fence.sentAt + fence.callTimeoutMs + ANSWER_GRACE_MS;
  for (;;) {
    const outcome = await records.outcome();
    if (outcome !== undefined) return outcome;
    const left = lostAt - Date.now();
    if (left <= 0 || heartbeat.cancelled.aborted) {
      return await records.settle({
        kind: 'lost',
        startedAt: fence.sentAt,
        tookMs: Date.now() - fence.sentAt,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_AGAIN_MS, left)));
  }
}
