/** Who waits in this process for a slot, and the turn that a request has among them. */
import type { Held, QuotaWait, Slot, SlotRequest } from './broker.ts';
import { URGENCIES } from './broker.ts';
import type { Turn } from './turn-queue.ts';

export interface Caller extends Turn {
  /** When it joined the queue this time. */
  readonly since: number;
  /** It waits here no longer than this. */
  readonly until: number;
  readonly request: SlotRequest;
  readonly settle: (answer: Slot | QuotaWait | Held) => void;
}

/**
 * @param ticket When it first asked, as far as it says so; one that is remembered from before may be older.
 * @param nextSeq Asked only for one that is not remembered.
 */
export function turnOf(
  request: SlotRequest,
  ticket: number,
  remembered: Turn | undefined,
  nextSeq: () => number,
): Turn {
  return {
    generationId: request.generationId,
    urgency: Math.max(0, URGENCIES.indexOf(request.urgency)),
    tenant: request.tenant ?? '',
    ticket: Math.min(ticket, remembered?.ticket ?? Infinity),
    seq: remembered?.seq ?? nextSeq(),
    tokens: atLeast0(request.tokens),
    images: atLeast0(request.images),
  };
}

/** A number from elsewhere as a count: what is none counts nothing. */
export function atLeast0(value: number): number {
  return value > 0 && Number.isFinite(value) ? value : 0;
}
