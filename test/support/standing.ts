/** Holds, grants and degraded routes as a governor would tell them: only what a test says differs. */
import type { HeldAnswer, QuotaAnswer } from '../../src/contract/generation.ts';
import type { Degraded, Grant, Hold } from '../../src/contract/standing.ts';
import type { PolicySnapshot, Rung } from '../../src/domain/snapshot.ts';
import { FLASH, PRO } from './attempts.ts';

export const ACCOUNT = 'google/ai-studio/shop';
export const BACKUP: Rung = { ...PRO, route: 'backup', kind: 'route-out' };
export const ALLOWED: Rung = FLASH;

/** As this release's worker makes it, where a person may be asked. */
export const LOOKING = {
  version: 2,
  permits: { ask: true, looks: true },
  rungs: [PRO, BACKUP],
} satisfies Partial<PolicySnapshot>;

export function hold(given: Partial<Hold> = {}): Hold {
  return {
    id: 'h-3',
    scope: { kind: 'credential', key: '1a2b3c4d5e6f7a8b' },
    branch: 'permission',
    reason: 'key-leaked',
    message: 'Your API key was reported as leaked.',
    since: 1_000,
    evidence: 'e'.repeat(64),
    calls: 4,
    phase: 'held',
    ...given,
  };
}

export const PAUSE = hold({
  id: 'h-4',
  branch: 'operator',
  reason: 'paused',
  message: 'the bill is being looked at',
  by: 'ann',
  calls: 0,
});

/** What `checkQuota` answers on a route that is held. */
export function heldBy(given: Partial<Hold> = {}, more: Partial<HeldAnswer> = {}): HeldAnswer {
  const held = hold(given);
  return {
    kind: 'held',
    hold: held,
    why: `held: ${held.message}`,
    evidence: held.evidence ?? 'd'.repeat(64),
    account: ACCOUNT,
    stopped: [0],
    ...more,
  };
}

export function degraded(given: Partial<Degraded> = {}): Degraded {
  const route = { credential: '1a2b3c4d5e6f7a8b', model: PRO.model, tier: 'standard' } as const;
  return { route, since: 1_000, share: 0.42, calls: 130, ...given };
}

export function grant(given: Partial<Grant> = {}): Grant {
  return {
    id: 'g-7',
    cause: { branch: 'permission', scope: hold().scope },
    route: 'backup',
    until: Number.MAX_SAFE_INTEGER,
    maxCostUsd: 100,
    spentUsd: 0.4,
    uses: 1,
    by: 'ann',
    why: 'the sale is live',
    evidence: 'e'.repeat(64),
    grantedAt: 2_000,
    ...given,
  };
}

/** So many answers in a row. */
export function times(count: number, answer: QuotaAnswer): QuotaAnswer[] {
  return Array.from({ length: count }, () => answer);
}
