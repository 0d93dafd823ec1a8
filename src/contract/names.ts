/**
 * Names on the wire: part of the public contract for callers in other languages, so they never
 * change within a major version. Prefixed, because a user's own `generation` or `generate` would
 * silently shadow ours.
 */
export const WORKFLOW_TYPES = { generation: 'geminiGeneration' } as const;

export const DEFAULT_TASK_QUEUE = 'gemini-images';

export const QUERIES = { describe: 'gemini.describe' } as const;

/** Memo keys; readable with every worker down. */
export const MEMO = {
  requestDigest: 'geminiRequestDigest',
  /** {@link MemoState}, written once a generation has left its happy path. */
  state: 'geminiState',
} as const;

/** Why a generation waits or ended, for a reader without a worker. */
export interface MemoState {
  readonly phase: string;
  readonly why: string;
  readonly until?: number;
  /** `branch/reason` of the last attempts, oldest first. */
  readonly verdicts: readonly string[];
}

/** Failure types beside `gemini.<branch>`; Temporal's UI shows them. */
export const FAILURES = {
  /** No slot soon enough: details are a QuotaWait, the workflow sleeps. */
  wait: 'gemini.wait',
  /** The store is full, read-only or away; Temporal retries. */
  store: 'gemini.store-unavailable',
  /** The raw response is stored, its images are not yet: `extract` finishes. */
  extractPending: 'gemini.extract-pending',
  /** The fence of this attempt belongs to another request under the same id (I11). */
  conflict: 'gemini.conflict',
} as const;

const BRANCH_PREFIX = 'gemini.';

export function failureType(branch: string): string {
  return BRANCH_PREFIX + branch;
}

/** The store's record of a delivered generation; makes idempotency keys outlive Temporal's retention. */
export function finishedRecordName(generationId: string): string {
  return `generations/${generationId}/finished`;
}
