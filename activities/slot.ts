/** What a call asks of the quota broker, and what it reports back. */
import type { GenerateInput } from '../src/contract/generation.ts';
import { classify } from '../src/domain/classify/index.ts';
import type { CallRecord } from '../src/gemini/port.ts';
import type { QuotaBroker, Slot, SlotRequest } from '../src/quota/broker.ts';
import type { PreparedCall } from './prepare-call.ts';

export function slotRequest(
  { path, tokens }: PreparedCall,
  { generationId, request }: GenerateInput,
): SlotRequest {
  return {
    generationId,
    route: path.route,
    tokens,
    images: 1,
    urgency: request.urgency,
    ...(request.tenant === undefined ? {} : { tenant: request.tenant }),
  };
}

/** At once, before anything is stored: a 429 must slow the others down even when the store is away. */
export function reportSlot(broker: QuotaBroker, slot: Slot, { outcome }: CallRecord, model: string): void {
  if (outcome.kind === 'broken' && outcome.stage === 'before-send')
    return broker.report(slot, { kind: 'unused' });
  if (outcome.kind !== 'answer' || outcome.status === 200) return broker.report(slot, { kind: 'used' });
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
    return broker.report(slot, { kind: 'used' });
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
