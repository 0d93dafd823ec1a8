/** What the activities of a batch job have in common: the port, and what a failed call to it comes to. */
import type { JobInput } from '../src/contract/lane.ts';
import type { Branch } from '../src/domain/branch.ts';
import { isStopBranch } from '../src/domain/branch.ts';
import type { Classification } from '../src/domain/classification.ts';
import { classify } from '../src/domain/classify/index.ts';
import { readable } from '../src/domain/finding.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { BatchPort } from '../src/gemini/batch-port.ts';
import type { CallRecord } from '../src/gemini/port.ts';
import type { StoredOutcome } from './attempt-records.ts';
import type { ActivityDeps } from './deps.ts';
import { routeNamed } from './deps.ts';
import { stored } from './fenced-call.ts';
import { plainOutcome } from './outcome-evidence.ts';

/** Of a creation, a look, a cancellation. */
export const BATCH_CALL_MS = 60_000;
/** Of a file, up or down. */
export const BATCH_FILE_MS = 60 * 60_000;
/** Bytes of a failure's words in history. */
const LONGEST_WHY = 300;

/** Stop-branches that pass by themselves: files expire, and who stopped a call here was not asked to. */
const PASSES: ReadonlySet<Branch> = new Set<Branch>(['quota-storage', 'cancelled']);

/** Throws where this worker lacks the route: another worker of the queue may have it. */
export function batchesOf(deps: ActivityDeps, { route: name }: Pick<JobInput, 'route'>): BatchPort {
  const batches = routeNamed(deps, name)?.gemini.batches;
  if (batches === undefined) throw new Error(`route ${name} is not configured for batches on this worker`);
  return batches;
}

export interface BatchRefusal {
  readonly outcome: StoredOutcome;
  /** A stop-branch: another try comes to the same. */
  readonly isFinal: boolean;
  /** Nobody knows whether it was done. */
  readonly isUnsure: boolean;
  readonly why: string;
  readonly branch?: Branch;
  readonly retryAfterMs?: number;
}

export async function refusalOf(
  deps: ActivityDeps,
  { model }: Pick<JobInput, 'model'>,
  record: CallRecord,
): Promise<BatchRefusal> {
  const outcome = await stored(deps, record);
  const read = classify({ outcome: await plainOutcome(deps, outcome), model });
  const isUnsure =
    read.branch === 'success' ||
    (record.outcome.kind === 'broken' && record.outcome.stage !== 'before-send') ||
    (record.outcome.kind === 'answer' && read.billed !== 'no');
  if (read.branch === 'success') return { outcome, isFinal: false, isUnsure, why: 'an answer that is none' };
  const { retryAfterMs } = read;
  return {
    ...{
      outcome,
      isUnsure,
      branch: read.branch,
      isFinal: isStopBranch(read.branch) && !PASSES.has(read.branch),
      why: words(read),
    },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function words(read: Classification): string {
  return shortText(readable(read), LONGEST_WHY);
}
