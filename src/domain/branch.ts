/**
 * The failure branches: which class of failure a piece of evidence belongs to.
 *
 * Each branch owns one policy (`src/policies/<branch>.ts`), one row of the README's table and a
 * closed union of reasons (`reason.ts`). Adding a branch here makes the compiler name every place
 * that must answer for it. `success` is not a branch: it is the absence of one.
 */
export const BRANCHES = [
  'quota-minute',
  'quota-day',
  'quota-zero',
  'spend-window',
  'billing',
  'quota-storage',
  'quota-unknown',
  'capacity',
  'internal',
  'gateway-fault',
  'timeout',
  'network',
  'interrupted',
  'no-image',
  'safety-prompt',
  'safety-image',
  'policy',
  'permission',
  'region',
  'gateway-denial',
  'invalid-request',
  'signature',
  'file',
  'model-gone',
  'cancelled',
  'unknown',
] as const;

export type Branch = (typeof BRANCHES)[number];

/**
 * Branches whose same path is never retried (I4): the same request would fail the same way, or
 * sending it again would be wrong in itself.
 */
export const STOP_BRANCHES = [
  'quota-zero',
  'billing',
  'quota-storage',
  'safety-prompt',
  'policy',
  'permission',
  'region',
  'gateway-denial',
  'invalid-request',
  'signature',
  'file',
  'model-gone',
  'cancelled',
] as const satisfies readonly Branch[];

export type StopBranch = (typeof STOP_BRANCHES)[number];

export function isStopBranch(branch: Branch): branch is StopBranch {
  return (STOP_BRANCHES as readonly Branch[]).includes(branch);
}

export function isBranch(value: unknown): value is Branch {
  return (BRANCHES as readonly unknown[]).includes(value);
}
