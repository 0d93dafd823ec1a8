/** What a call asks of the quota broker, and what it reports back. */
import type { GenerateInput } from '../src/contract/generation.ts';
import { classify } from '../src/domain/classify/index.ts';
import type { CallRecord } from '../src/gemini/port.ts';
import type { QuotaBroker, QuotaWait, Slot, SlotRequest } from '../src/quota/broker.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { PreparedCall } from './prepare-call.ts';

export function slotRequest(
  { path, tokens }: PreparedCall,
  { generationId, request, startedAt }: GenerateInput,
): SlotRequest {
  return {
    generationId,
    route: path.route,
    tokens,
    images: 1,
    urgency: request.urgency,
    waitedMs: Math.max(0, Date.now() - startedAt),
    ...(request.tenant === undefined ? {} : { tenant: request.tenant }),
  };
}

/** A slot with the moment it was granted; it is a time at the provider, so an old one is no slot. */
export interface GrantedSlot {
  readonly slot: Slot;
  /** Of `performance.now()`. */
  readonly at: number;
}

export async function takeSlot(
  broker: QuotaBroker,
  request: SlotRequest,
  heartbeat: Heartbeat,
  maxWaitMs?: number,
): Promise<GrantedSlot | QuotaWait> {
  const slot = await broker.acquire(request, {
    signal: heartbeat.cancelled,
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
  });
  return slot.kind === 'wait' ? slot : { slot, at: performance.now() };
}

export function isStale({ slot, at }: GrantedSlot): boolean {
  return slot.validMs !== undefined && performance.now() - at > slot.validMs;
}

/** At once, before anything is stored: a 429 must slow the others down even when the store is away. */
export function reportSlot(
  broker: QuotaBroker,
  slot: Slot,
  { outcome }: CallRecord,
  model: string,
  sentAfterMs: number,
): void {
  if (outcome.kind === 'broken' && outcome.stage === 'before-send')
    return broker.report(slot, { kind: 'unused' });
  if (outcome.kind !== 'answer' || outcome.status === 200)
    return broker.report(slot, { kind: 'used', sentAfterMs });
  const { status, headers, body } = outcome;
  const verdict = classify({
    outcome: { kind: 'answer', status, headers, body: parsed(body) },
    model,
  });
  if (
    verdict.branch !== 'quota-minute' &&
    verdict.branch !== 'quota-day' &&
    verdict.branch !== 'quota-unknown'
  ) {
    return broker.report(slot, { kind: 'used', sentAfterMs });
  }
  const { violations = [], retryAfterMs } = verdict;
  broker.report(slot, {
    kind: 'limited',
    violations,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function parsed(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
