/** The batch jobs of all projects as the emulator's own API shows them. */
import type { BatchState } from './batch-job.ts';
import type { BatchDesk } from './batch-desk.ts';

export interface BatchShown {
  readonly name: string;
  readonly project: string;
  readonly displayName: string;
  readonly model: string;
  readonly state: BatchState;
  readonly createTime: string;
  readonly requests: number;
  readonly answered: number;
  /** `files/<id>` */
  readonly inputFile?: string;
  readonly resultFile?: string;
}

export function batchStates(desk: BatchDesk): readonly BatchShown[] {
  return desk.all().map((job) => ({
    name: `batches/${job.id}`,
    project: job.project,
    displayName: job.displayName,
    model: job.model,
    state: job.state,
    createTime: new Date(job.createdAt).toISOString(),
    requests: job.items.length,
    answered: job.results.length,
    ...(job.inputFile === undefined ? {} : { inputFile: job.inputFile }),
    ...(job.resultFile === undefined ? {} : { resultFile: job.resultFile }),
  }));
}
