/** A batch job: what is kept of it, and how the wire shows it, as a long-running operation. */
import type { BatchFault } from '../faults/preset.ts';
import { timestamp } from '../files/stored-file.ts';

export type BatchState = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'EXPIRED';

/** One request: a line of the input file, or an inlined one. */
export interface BatchItem {
  /** From 1. */
  readonly line: number;
  readonly key?: string;
  /** Given back with an inlined response. */
  readonly metadata?: unknown;
  /** A generateContent body. */
  readonly request: Buffer;
}

export type ItemResult =
  | { readonly response: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly details?: unknown } };

export interface BatchJob {
  /** Its name is `batches/<id>`. */
  readonly id: string;
  /** Rises with every job: pages are told by it. */
  readonly n: number;
  readonly project: string;
  /** As the path named it. */
  readonly model: string;
  readonly servedModel: string;
  readonly displayName: string;
  /** `files/<id>`; absent where the requests came inline. */
  readonly inputFile?: string;
  readonly items: readonly BatchItem[];
  /** What its input takes of the quota for enqueued tokens until it has ended. */
  readonly tokens: number;
  readonly fault?: BatchFault | undefined;
  /** Why it cannot run at all. */
  readonly problem?: string | undefined;
  /** Epoch milliseconds, like all times here. */
  readonly createdAt: number;
  updatedAt: number;
  endedAt?: number;
  state: BatchState;
  /** In the order of the items, as far as it came. */
  readonly results: ItemResult[];
  /** `files/<id>` */
  resultFile?: string;
  error?: { readonly code: number; readonly message: string };
}

export function hasEnded({ state }: BatchJob): boolean {
  return state !== 'PENDING' && state !== 'RUNNING';
}

const TYPE = 'type.googleapis.com/google.ai.generativelanguage.v1main';

/** @param whole Lists leave inlined responses out; a single job has them twice, as the provider does. */
export function batchResource(job: BatchJob, whole: boolean): Readonly<Record<string, unknown>> {
  const { state, results, error } = job;
  const output = state === 'SUCCEEDED' ? outputOf(job, whole) : undefined;
  const failed = results.filter((result) => 'error' in result).length;
  const counts = {
    requestCount: job.items.length,
    successfulRequestCount: results.length - failed,
    failedRequestCount: failed,
    pendingRequestCount: job.items.length - results.length,
  };
  const shown = Object.entries(counts).filter(([, count]) => count > 0);
  return {
    name: `batches/${job.id}`,
    metadata: {
      '@type': `${TYPE}.GenerateContentBatch`,
      model: `models/${job.model}`,
      displayName: job.displayName,
      ...(job.inputFile === undefined ? {} : { inputConfig: { fileName: job.inputFile } }),
      ...(output === undefined ? {} : { output }),
      createTime: timestamp(job.createdAt, 9),
      ...(job.endedAt === undefined ? {} : { endTime: timestamp(job.endedAt, 9) }),
      updateTime: timestamp(job.updatedAt, 9),
      batchStats: Object.fromEntries(shown.map(([name, count]) => [name, String(count)])),
      state: `BATCH_STATE_${state}`,
      name: `batches/${job.id}`,
    },
    ...(hasEnded(job) ? { done: true } : {}),
    ...(output === undefined
      ? {}
      : { response: { '@type': `${TYPE}.GenerateContentBatchOutput`, ...output } }),
    ...(error === undefined ? {} : { error }),
  };
}

function outputOf({ items, results, inputFile, resultFile }: BatchJob, whole: boolean) {
  if (inputFile !== undefined) return { responsesFile: resultFile };
  if (!whole) return undefined;
  const inlinedResponses = results.map((result, at) => {
    const metadata = items[at]?.metadata;
    return { ...result, ...(metadata === undefined ? {} : { metadata }) };
  });
  return { inlinedResponses: { inlinedResponses } };
}
