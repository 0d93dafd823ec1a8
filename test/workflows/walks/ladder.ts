/** A ladder and permissions on which every remedy is possible, and the script of a walk on it. */
import type { UploadedInput } from '../../../src/domain/request.ts';
import type { Preparation } from '../../../src/domain/preparation.ts';
import type { PolicySnapshot, Rung } from '../../../src/domain/snapshot.ts';
import { FLASH, PRO } from '../../support/attempts.ts';
import type { Script } from '../../support/scripted-activities.ts';
import type { Walk } from './walk.ts';

const asked: Rung = { ...PRO, sizes: ['4K', '2K', '1K'], worstUsd: [1, 0.5, 0.4] };
const { sizes, worstUsd } = asked;

export const BACKUP: Rung = { ...asked, route: 'backup', kind: 'route-out' };
const OTHERS: readonly Rung[] = [
  { ...asked, kind: 'tier', tier: 'priority' },
  { ...FLASH, sizes, worstUsd },
  { ...asked, kind: 'endpoint', route: 'elsewhere' },
  BACKUP,
];

export const LADDER: readonly Rung[] = [asked, ...OTHERS];
/** The inputs are too large for a request where it was asked, and not where it may go. */
export const FILES: readonly Rung[] = [{ ...asked, upload: true }, ...OTHERS];

export const EVERYTHING = {
  version: 2,
  permits: {
    ask: true,
    rewrite: 'auto',
    simplify: true,
    endpoints: true,
    pastGateways: true,
    smallerInputs: true,
    looserSafety: true,
    history: true,
  },
  text: { route: 'default', model: 'gemini-text', worstUsd: 0.01 },
  rungs: LADDER,
} as const satisfies Partial<PolicySnapshot>;

/** More calls than any walk may make. */
export const MANY = 30;

const UPLOADED: readonly UploadedInput[] = [
  { sha256: '1'.repeat(64), mime: 'image/png', uri: 'u', name: 'files/1', expiresAt: Date.UTC(9999, 0) },
];

function prompt(digit: string, change: string) {
  return { prompt: { sha256: digit.repeat(64), bytes: 20 }, change };
}

export const SIMPLER: Preparation = {
  remedy: 'simplify',
  ok: true,
  prompts: [prompt('2', 'keeps 0 of 2 requirements'), prompt('3', 'keeps 1 of 2 requirements')],
  techniques: ['core-first'],
  record: '4'.repeat(64),
};

export const REWRITTEN: Preparation = {
  remedy: 'rewrite',
  ok: true,
  prompts: [prompt('5', 'generic description')],
  techniques: ['generic-description'],
  record: '6'.repeat(64),
};

const SHRUNK: Preparation = {
  remedy: 'smaller-inputs',
  ok: true,
  inputs: [],
  change: '1 input to 1024 px',
};

const DELETED: Preparation = { remedy: 'delete-files', ok: true, change: '3 stale files' };

/** @param given `failures` calls fail, and one gives an image; without `asks` nobody may be asked. */
export function scriptOf(
  { evidence, resets, uploadFails, snapshot, stages }: Walk,
  given: { readonly startedAt: number; readonly failures: number; readonly asks: boolean },
): Script {
  const failures = Array.from({ length: given.failures }, (_, i) => {
    const reset = resets?.[Math.min(i, resets.length - 1)];
    return reset === undefined ? evidence : { ...evidence, resetAt: given.startedAt + reset };
  });
  const { ask: _ask, ...silent } = EVERYTHING.permits;
  const isRewritten = stages.some(({ told }) => told === 'rewrite');
  return {
    calls: [...failures, 'image'],
    snapshot: { ...EVERYTHING, ...(given.asks ? {} : { permits: silent }), ...snapshot },
    uploads: Array.from({ length: MANY }, () => (uploadFails === true ? evidence : UPLOADED)),
    prompts: [isRewritten ? REWRITTEN : SIMPLER],
    shrunk: [SHRUNK],
    deleted: [DELETED],
  };
}
