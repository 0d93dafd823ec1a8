/** What a call asks of the quota broker, and what it reports back. */
import type { GenerateInput } from '../src/contract/generation.ts';
import type { Branch } from '../src/domain/branch.ts';
import { classify } from '../src/domain/classify/index.ts';
import type { Outcome } from '../src/domain/evidence.ts';
import type { CallRecord } from '../src/gemini/port.ts';
import type { Held, QuotaBroker, QuotaWait, Slot, SlotRequest, SlotUse } from '../src/quota/broker.ts';
import type { Heartbeat } from './heartbeat.ts';
import { tellSlot } from './measures.ts';
import type { PreparedCall } from './prepare-call.ts';

/** What the quota is told of; other failures say nothing of it. */
const LIMITED: readonly Branch[] = ['quota-minute', 'quota-day', 'quota-unknown', 'spend-window'];

export function slotRequest(
  { path, tokens }: PreparedCall,
  { generationId, request, startedAt, insists }: GenerateInput,
): SlotRequest {
  return {
    generationId,
    route: path.route,
    tokens,
    images: 1,
    urgency: request.urgency,
    waitedMs: Date.now() - startedAt,
    ...(request.tenant === undefined ? {} : { tenant: request.tenant }),
    ...(insists === undefined ? {} : { insists }),
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
): Promise<GrantedSlot | QuotaWait | Held> {
  const slot = await broker.acquire(request, {
    signal: heartbeat.cancelled,
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
  });
  if (slot.kind !== 'slot') return slot;
  const at = performance.now();
  tellSlot('granted', slot.route);
  return { slot, at };
}

/** Nothing is sent by it. */
export function giveBack(broker: QuotaBroker, { slot }: GrantedSlot, why: 'unused' | 'expired'): void {
  broker.report(slot, { kind: 'unused' });
  tellSlot(why, slot.route);
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
  const use = useOf(outcome, model, sentAfterMs);
  broker.report(slot, use);
  tellSlot(use.kind === 'used' ? 'sent' : use.kind, slot.route);
}

function useOf(outcome: CallRecord['outcome'], model: string, sentAfterMs: number): SlotUse {
  if (outcome.kind === 'broken' && outcome.stage === 'before-send') return { kind: 'unused' };
  if (outcome.kind === 'answer' && outcome.status === 200) return { kind: 'used', sentAfterMs };
  const read = classify({ outcome: plain(outcome), model });
  if (read.branch === 'success') return { kind: 'used', sentAfterMs };
  const { branch, reason, message, violations = [], retryAfterMs } = read;
  const verdict = { branch, reason, message };
  if (!LIMITED.includes(branch)) return { kind: 'used', sentAfterMs, verdict };
  return {
    kind: 'limited',
    violations,
    sentAfterMs,
    verdict,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function plain(outcome: CallRecord['outcome']): Outcome {
  if (outcome.kind === 'broken') return outcome;
  const { status, headers, body } = outcome;
  return { kind: 'answer', status, headers, body: parsed(body) };
}

function parsed(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
