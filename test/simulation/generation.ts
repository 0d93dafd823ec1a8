/** One generation, as far as quota goes: what it asks for, and how often it had to. */
import type { ServiceTier } from '../../src/domain/path.ts';
import type { SlotRequest } from '../../src/quota/broker.ts';
import type { Placed } from './queue-law.ts';

export interface Generation extends Placed {
  readonly urgency: SlotRequest['urgency'];
  readonly tier: ServiceTier;
  readonly tokens: number;
  /** When its workflow began, by the server's clock. */
  readonly startedAt: number;
  /** Process that it comes back to, where it is loyal. */
  home?: string;
  /** Sleeps before its first turn. */
  wakes: number;
  /** Calls that did not go well. */
  failures: number;
  isOver: boolean;
}

export const ACCOUNT = {
  provider: 'google',
  endpoint: 'ai-studio',
  baseUrl: 'https://generativelanguage.googleapis.com',
  project: 'shop',
  credential: 'ab12ab12ab12ab12',
} as const;

/** @param now By the clock of the process that asks. */
export function slotRequest(generation: Generation, now: number): SlotRequest {
  const { id, model, tier, tokens, urgency, tenant, startedAt } = generation;
  return {
    generationId: id,
    route: { name: 'main', account: ACCOUNT, model, tier },
    tokens,
    images: 1,
    urgency,
    tenant,
    waitedMs: now - startedAt,
  };
}
