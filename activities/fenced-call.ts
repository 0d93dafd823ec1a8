/**
 * At most one provider call for an attempt, and its outcome stored before anything else can fail (I2).
 * Temporal may run an activity again at any point; the fence decides what a later run may do:
 *
 * | fence | outcome record | this run |
 * |---|---|---|
 * | open | – | reserves the price, takes a slot, closes the fence, calls |
 * | closed | there | goes on from the stored outcome |
 * | closed | – | waits for the run that called; past its timeout: `lost` |
 *
 * With `bookOnly` it never calls: an open fence then means that there is nothing to book. Throws
 * `gemini.wait` where no slot is free soon or a budget is used up, `gemini.store-unavailable`, and what `ready` throws.
 */
import { StoreUnavailable } from '../src/artifacts/errors.ts';
import type { GenerateInput } from '../src/contract/generation.ts';
import { SLOT_EXPIRED } from '../src/domain/evidence.ts';
import type { CallOptions, CallRecord } from '../src/gemini/port.ts';
import type { QuotaBroker, SlotRequest } from '../src/quota/broker.ts';
import type { Reservation } from '../src/quota/wallet.ts';
import type { Fence, StoredOutcome } from './attempt-records.ts';
import { AttemptRecords } from './attempt-records.ts';
import type { ActivityDeps } from './deps.ts';
import { conflict, nothingToBook, notYet, storeAway } from './failures.ts';
import type { Heartbeat } from './heartbeat.ts';
import { whileStoreIsAway } from './hold-answer.ts';
import { tellStored } from './measures.ts';
import { callKey } from './price.ts';
import type { GrantedSlot } from './slot.ts';
import { giveBack, isStale, reportSlot, takeSlot } from './slot.ts';
import { tracedCall } from './traces.ts';

/** Everything that is known of a call before its slot is taken. */
export interface ReadyCall {
  readonly fingerprint: string;
  readonly callTimeoutMs: number;
  /** At most, for the tenant's budget. */
  readonly worstUsd: number;
  readonly slot: SlotRequest;
  send(options: CallOptions): Promise<CallRecord>;
}

export type Fenced = Pick<GenerateInput, 'generationId' | 'n' | 'bookOnly'> & {
  readonly snapshot: Pick<GenerateInput['snapshot'], 'requestDigest'>;
};

/** Beyond the call timeout: for the answer to be stored by a worker that is still alive. */
const ANSWER_GRACE_MS = 5_000;
const LOOK_AGAIN_MS = 2_000;
/** Less than the grace above: a run that comes later must not give up on a call that is about to go. */
const FRESH_SLOT_WAIT_MS = 4_000;
const AHEAD_OF_ALL_MS = 7 * 24 * 3_600_000;

/** Calls under way in this process, so that a second run of the same attempt joins the first. */
const underWay = new Map<string, Promise<StoredOutcome>>();

/** @param ready Loads and checks what is sent; not asked for when the call was made before. */
export async function outcomeOfCall(
  deps: ActivityDeps,
  input: Fenced,
  heartbeat: Heartbeat,
  ready: () => Promise<ReadyCall>,
): Promise<StoredOutcome> {
  const records = new AttemptRecords(deps.store, input.generationId, input.n);
  try {
    const running = underWay.get(callKey(input));
    if (running !== undefined) return await running;

    const closed = await records.fence();
    if (closed !== undefined) return await laterRun(records, closed, input, heartbeat);

    if (input.bookOnly === true) throw nothingToBook();
    return await firstRun(deps, records, await ready(), input, heartbeat);
  } catch (error) {
    throw error instanceof StoreUnavailable ? storeAway(error) : error;
  }
}

async function firstRun(
  deps: ActivityDeps,
  records: AttemptRecords,
  call: ReadyCall,
  input: Fenced,
  heartbeat: Heartbeat,
): Promise<StoredOutcome> {
  const money = await reserved(deps, call, input, heartbeat);
  let granted: GrantedSlot | undefined;
  try {
    granted = await slotAndFence(deps, records, call, input, heartbeat);
  } finally {
    if (granted === undefined) money.release();
  }
  if (granted === undefined)
    return await laterRun(records, (await records.fence()) as Fence, input, heartbeat);

  const running = callAndStore(deps, records, call, granted, input, heartbeat);
  underWay.set(callKey(input), running);
  try {
    return await running;
  } finally {
    underWay.delete(callKey(input));
  }
}

/** Before the slot: a call that may not be paid must not take another's turn. Settled by what it comes to. */
async function reserved(
  { wallet }: ActivityDeps,
  { worstUsd, callTimeoutMs, slot }: ReadyCall,
  input: Fenced,
  heartbeat: Heartbeat,
): Promise<Reservation> {
  const { tenant, waitedMs } = slot;
  const money = await wallet.reserve(
    {
      key: callKey(input),
      usd: worstUsd,
      callTimeoutMs,
      ...(tenant === undefined ? {} : { tenant }),
      ...(waitedMs === undefined ? {} : { waitedMs }),
    },
    { signal: heartbeat.cancelled },
  );
  if (money.kind === 'wait') throw notYet(money);
  return money;
}

/** Undefined where another run of this attempt was first to close the fence. */
async function slotAndFence(
  deps: ActivityDeps,
  records: AttemptRecords,
  call: ReadyCall,
  input: Fenced,
  heartbeat: Heartbeat,
): Promise<GrantedSlot | undefined> {
  const granted = await takeSlot(deps.broker, call.slot, heartbeat);
  if ('kind' in granted) throw notYet(granted);

  let mayCall = false;
  try {
    mayCall = await records.closeFence({
      requestDigest: input.snapshot.requestDigest,
      fingerprint: call.fingerprint,
      sentAt: Date.now(),
      callTimeoutMs: call.callTimeoutMs,
      worker: `${process.pid}`,
    });
  } finally {
    if (!mayCall) giveBack(deps.broker, granted, 'unused');
  }
  return mayCall ? granted : undefined;
}

async function callAndStore(
  deps: ActivityDeps,
  records: AttemptRecords,
  call: ReadyCall,
  granted: GrantedSlot,
  input: Fenced,
  heartbeat: Heartbeat,
): Promise<StoredOutcome> {
  const { n } = input;
  const fresh = await freshSlot(deps.broker, granted, call.slot, heartbeat).catch(() => undefined);
  if (fresh === undefined) return await records.settle(NOT_SENT());
  heartbeat.tell({ phase: 'calling', n });
  const sentAfterMs = performance.now() - fresh.at;
  const record = await tracedCall(call.slot.route, () =>
    call.send({
      timeoutMs: call.callTimeoutMs,
      signal: heartbeat.cancelled,
      attemptId: callKey(input),
    }),
  );
  reportSlot(deps.broker, fresh.slot, record, call.slot.route.model, sentAfterMs);
  const outcome = await whileStoreIsAway(
    async () => records.settle(await stored(deps, record)),
    n,
    heartbeat.tell,
  );
  tellStored(outcome);
  return outcome;
}

/** Closing the fence took so long (a slow store) that the slot's time at the provider has passed. */
async function freshSlot(
  broker: QuotaBroker,
  granted: GrantedSlot,
  request: SlotRequest,
  heartbeat: Heartbeat,
): Promise<GrantedSlot | undefined> {
  if (!isStale(granted)) return granted;
  giveBack(broker, granted, 'expired');
  // Its turn had come: the next slot that this process has is its own, whoever waits here.
  const first = { ...request, waitedMs: (request.waitedMs ?? 0) + AHEAD_OF_ALL_MS };
  const again = await takeSlot(broker, first, heartbeat, FRESH_SLOT_WAIT_MS);
  return 'kind' in again ? undefined : again;
}

const NOT_SENT = (): StoredOutcome => ({
  kind: 'broken',
  stage: 'before-send',
  // A store that is too slow is like a line that is: nothing left us, and it is tried again by itself.
  by: 'network',
  error: {
    name: 'Error',
    code: SLOT_EXPIRED,
    message: 'the slot expired while the fence was being closed; nothing was sent',
  },
  startedAt: Date.now(),
  tookMs: 0,
});

/** A call's record with its body in the store, where it is safe from everything that comes after. */
export async function stored(
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
  input: Fenced,
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
