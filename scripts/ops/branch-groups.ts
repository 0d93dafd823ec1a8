/** Branches by how loudly an operator is told of them, for the alert rules and the runbook. */
import type { Branch } from '../../src/domain/branch.ts';
import { BRANCHES, isStopBranch } from '../../src/domain/branch.ts';
import { isLimited } from '../../src/governor/standing/verdict.ts';

/** The model looked at the request, and gave no image. */
const CONTENT: readonly Branch[] = ['no-image', 'safety-prompt', 'safety-image', 'policy'];

export const LIMITED = BRANCHES.filter(isLimited);
export const SAFETY = ['safety-prompt', 'safety-image'] as const satisfies readonly Branch[];
/** Trouble that may pass by itself: overload, faults, timeouts, connections. */
export const RETRYABLE = BRANCHES.filter(
  (branch) =>
    !isStopBranch(branch) && !isLimited(branch) && !CONTENT.includes(branch) && branch !== 'unknown',
);
