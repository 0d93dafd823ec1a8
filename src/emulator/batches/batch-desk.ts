/**
 * The batch jobs of every project, and their course over time: PENDING for a while, then RUNNING, one
 * request after the other, then ended. A job that has not ended when its life is over is EXPIRED; what
 * it has answered by then is paid for, and nobody gets it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileId } from '../files/stored-file.ts';
import { hasEnded } from './batch-job.ts';
import type { BatchItem, BatchJob, BatchState, ItemResult } from './batch-job.ts';

export interface BatchRules {
  readonly seed: string;
  /** All unscaled. */
  readonly queuedMs: number;
  readonly runningMs: number;
  readonly lifetimeMs: number;
  /** By model id, `*` for the rest; absent: no limit. */
  readonly enqueuedTokens: Readonly<Record<string, number>>;
}

export type NewBatchJob = Pick<
  BatchJob,
  'project' | 'model' | 'servedModel' | 'displayName' | 'inputFile' | 'items' | 'tokens' | 'fault' | 'problem'
>;

/** What the desk does not know how to do itself. */
export interface BatchWork {
  readonly serve: (job: BatchJob, item: BatchItem) => Promise<ItemResult>;
  /** Stores the results and says under which name. */
  readonly store: (job: BatchJob) => string;
}

/** The provider's ids are 36 lower-case letters and digits. */
const ID_PARTS = 3;
const INTERNAL = { code: 13, message: 'Internal error encountered.' };

export class BatchDesk {
  readonly #rules: BatchRules;
  #jobs: BatchJob[] = [];
  #made = 0;
  #closing = new AbortController();

  constructor(rules: BatchRules) {
    this.#rules = rules;
  }

  add(asked: NewBatchJob, work: BatchWork, now: number): BatchJob {
    this.#made += 1;
    const parts = [...Array(ID_PARTS).keys()];
    const job: BatchJob = {
      ...asked,
      id: parts.map((part) => fileId(this.#rules.seed, 'batch', this.#made, now, part)).join(''),
      n: this.#made,
      createdAt: now,
      updatedAt: now,
      state: 'PENDING',
      results: [],
    };
    this.#jobs.push(job);
    const { signal } = this.#closing;
    void this.#run(job, work, signal);
    void this.#expire(job, signal);
    return job;
  }

  find(project: string, id: string): BatchJob | undefined {
    return this.#jobs.find((job) => job.project === project && job.id === id);
  }

  /** Newest first. */
  list(project: string): readonly BatchJob[] {
    return this.all().filter((job) => job.project === project);
  }

  all(): readonly BatchJob[] {
    return this.#jobs.toReversed();
  }

  /** Ends a job that has not ended; what is being answered right now is answered and paid for. */
  cancel(job: BatchJob): void {
    this.#end(job, 'CANCELLED');
  }

  /** Takes it off the lists. One that runs goes on. */
  delete(job: BatchJob): void {
    this.#jobs = this.#jobs.filter((one) => one !== job);
  }

  /** Whether so many more tokens of this model may wait. */
  fits(project: string, model: string, tokens: number): boolean {
    const { enqueuedTokens } = this.#rules;
    const limit = enqueuedTokens[model] ?? enqueuedTokens['*'];
    if (limit === undefined) return true;
    const waiting = this.#jobs.filter(
      (job) => job.project === project && job.servedModel === model && !hasEnded(job),
    );
    return waiting.reduce((sum, job) => sum + job.tokens, tokens) <= limit;
  }

  /** Forgets all jobs; those under way stop. */
  reset(): void {
    this.#closing.abort();
    this.#closing = new AbortController();
    this.#jobs = [];
  }

  async #run(job: BatchJob, work: BatchWork, signal: AbortSignal): Promise<void> {
    const { queuedMs, runningMs } = this.#rules;
    try {
      await sleep(queuedMs, undefined, { signal, ref: false });
      if (hasEnded(job)) return;
      if (job.problem !== undefined) return this.#end(job, 'FAILED', { code: 3, message: job.problem });
      if (job.fault === 'fail') return this.#end(job, 'FAILED', INTERNAL);
      if (job.fault === 'expire') return this.#end(job, 'EXPIRED');
      job.state = 'RUNNING';
      job.updatedAt = Date.now();
      if (job.fault === 'hang') return;
      for (const item of job.items) {
        await sleep(runningMs / job.items.length, undefined, { signal, ref: false });
        if (hasEnded(job)) return;
        job.results.push(await work.serve(job, item));
        job.updatedAt = Date.now();
      }
      if (hasEnded(job) || signal.aborted) return;
      if (job.inputFile !== undefined) job.resultFile = work.store(job);
      this.#end(job, 'SUCCEEDED');
    } catch {
      // The desk was cleared; a defect ends the job as the provider's own would.
      this.#end(job, 'FAILED', INTERNAL);
    }
  }

  async #expire(job: BatchJob, signal: AbortSignal): Promise<void> {
    if (job.fault === 'hang') return;
    try {
      await sleep(this.#rules.lifetimeMs, undefined, { signal, ref: false });
    } catch {
      return;
    }
    this.#end(job, 'EXPIRED');
  }

  #end(job: BatchJob, state: BatchState, error?: BatchJob['error']): void {
    if (hasEnded(job)) return;
    const now = Date.now();
    Object.assign(job, { state, updatedAt: now, endedAt: now });
    if (error !== undefined) job.error = error;
  }
}
