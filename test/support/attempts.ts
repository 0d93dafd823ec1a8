/** Attempts and snapshots for policy tests: only what a test says differs from a plain generation. */
import type { Attempt, FailedAttempt, Move, Variation } from '../../src/domain/attempt.ts';
import type { Billed, Classification } from '../../src/domain/classification.ts';
import type { Branch } from '../../src/domain/branch.ts';
import { finding } from '../../src/domain/finding.ts';
import type { ReasonOf } from '../../src/domain/reason.ts';
import type { PolicySnapshot, Rung } from '../../src/domain/snapshot.ts';
import { defaultNumbers } from '../../src/policies/index.ts';

export const NOW = Date.UTC(2026, 10, 21, 12);

export const PRO: Rung = {
  route: 'default',
  model: 'gemini-3-pro-image',
  tier: 'standard',
  kind: 'asked',
  sizes: ['1K'],
  worstUsd: [0.4],
};
export const FLASH: Rung = { ...PRO, model: 'gemini-nano-banana-2.1', kind: 'fallback', worstUsd: [0.1] };

export function snapshot(given: Partial<PolicySnapshot> = {}): PolicySnapshot {
  return {
    version: 1,
    requestDigest: 'digest',
    deadlineAt: NOW + 24 * 3_600_000,
    timeScale: 1,
    maxAttempts: 12,
    maxPaidCalls: 5,
    callTimeoutMs: 180_000,
    maxCallTimeoutMs: 600_000,
    imageOnly: false,
    rungs: [PRO],
    policies: defaultNumbers(),
    ...given,
  };
}

const BILLED: Partial<Record<Branch, Billed>> = { 'no-image': 'yes', interrupted: 'possible' };

export function failed<B extends Branch>(
  branch: B,
  reason: ReasonOf<B>,
  given: {
    readonly n?: number;
    readonly move?: Move;
    readonly variation?: Variation;
    readonly billed?: Billed;
    readonly retryAfterMs?: number;
    readonly fingerprint?: string;
    readonly resetAt?: number;
    readonly possibleUsd?: number;
  } = {},
): FailedAttempt {
  const {
    n = 1,
    move = { kind: n === 1 ? 'first' : 'retest' },
    variation = { rung: 0 },
    retryAfterMs,
  } = given;
  const billed = given.billed ?? BILLED[branch] ?? 'no';
  const classification: Classification = finding(branch, reason, {
    rule: 'test',
    certainty: 'named',
    billed,
    message: `${branch} happened`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  return {
    n,
    move,
    variation,
    route: 'default',
    model: variation.rung === 0 ? PRO.model : FLASH.model,
    fingerprint: given.fingerprint ?? `path-${variation.rung}-${variation.size ?? ''}`,
    startedAt: NOW,
    tookMs: 1_000,
    billed,
    cost: { sureUsd: 0, possibleUsd: given.possibleUsd ?? 0 },
    classification,
    ...(given.resetAt === undefined ? {} : { resetAt: given.resetAt }),
  };
}

/** The same failure n times in a row on one path. */
export function inARow(count: number, attempt: FailedAttempt): readonly Attempt[] {
  return Array.from({ length: count }, (_, i) => ({
    ...attempt,
    n: i + 1,
    move: { kind: i === 0 ? 'first' : 'retest' },
  }));
}
