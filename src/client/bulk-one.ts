/**
 * One generation of a bulk, from its start to its end: found where it was started before (I11), waited for
 * through outages, and left running where the caller goes.
 */
import { InvalidRequest, parseRequest } from '../schema/request.ts';
import type { BulkLine, BulkOutcome } from './bulk-item.ts';
import { checkKey, idempotencyKeyOf, variantKey } from './bulk-item.ts';
import { latestExecution, newestDeadRecord } from './dead-letter.ts';
import { GenerationFailed, IdempotencyConflict, ServerUnreachable, UnknownGeneration } from './errors.ts';
import { generationId } from './generation-id.ts';
import { finishedRecord } from './generation-index.ts';
import { invalid } from './invalid.ts';
import type { ClientMeans } from './means.ts';
import { outcomeOf } from './outcome.ts';
import { isAbsence, outlive } from './outlive.ts';
import { isInvalidArgument } from './rpc.ts';
import { startFirst } from './start-first.ts';

export interface BulkMeans extends ClientMeans {
  /** Of the bulk. */
  readonly id: string;
  readonly signal: AbortSignal;
  readonly onAway: (why: string | undefined) => void;
  /** The budget is used up: nothing new is started. */
  isClosed(): boolean;
}

export interface OneEnded {
  readonly generationId?: string;
  readonly outcome: BulkOutcome;
}

const SLICE_MS = 600_000;

/** Throws only what concerns the whole bulk, such as a namespace that does not exist. */
export async function runOne(
  means: BulkMeans,
  { key, request }: BulkLine,
  variant: number,
): Promise<OneEnded> {
  let id: string;
  const idempotencyKey = idempotencyKeyOf(means.id, variantKey(key, variant));
  try {
    checkKey(key);
    const { tenant, idempotencyKey: own } = parseRequest(request);
    if (own !== undefined) {
      throw invalid('idempotencyKey', own, "is made of the bulk's id and the line's key: leave it out");
    }
    id = generationId(idempotencyKey, tenant);
  } catch (error) {
    if (error instanceof InvalidRequest) return { outcome: { kind: 'invalid', error } };
    throw error;
  }
  const course = new Course(means, id, { ...request, idempotencyKey });
  return { generationId: id, outcome: await course.run() };
}

class Course {
  readonly #means: BulkMeans;
  readonly #id: string;
  readonly #request: BulkLine['request'];
  /** A start was sent, whether or not it was confirmed. */
  #sent = false;

  constructor(means: BulkMeans, id: string, request: BulkLine['request']) {
    this.#means = means;
    this.#id = id;
    this.#request = request;
  }

  async run(): Promise<BulkOutcome> {
    const { signal } = this.#means;
    if (signal.aborted) return { kind: 'not-started', why: 'aborted' };
    try {
      // Without a look, what an earlier run left running would be told as never started.
      if (this.#means.isClosed() && !(await this.#outlive(() => this.#wasStarted())))
        return { kind: 'not-started', why: 'budget' };
      return await this.#startAndWait();
    } catch (error) {
      if (error instanceof GenerationFailed) return { kind: 'failure', failure: error };
      if (error instanceof InvalidRequest || error instanceof IdempotencyConflict)
        return { kind: 'invalid', error };
      if (signal.aborted && isAbsence(error))
        return this.#sent ? { kind: 'running' } : { kind: 'not-started', why: 'aborted' };
      throw error;
    }
  }

  async #startAndWait(): Promise<BulkOutcome> {
    await this.#outlive(() => this.#start());
    try {
      return await this.#wait();
    } catch (error) {
      if (!(error instanceof UnknownGeneration)) throw error;
      // A server that came back without its memory: fences and outcomes are in the store, so nothing is paid twice.
      await this.#outlive(() => this.#start());
      return await this.#wait();
    }
  }

  async #start(): Promise<void> {
    const { context, taskQueue } = this.#means;
    try {
      await startFirst(context, taskQueue, this.#request);
      this.#sent = true;
    } catch (error) {
      if (error instanceof ServerUnreachable && error.started === 'unknown') this.#sent = true;
      // A server's own limits, such as that of a payload, concern this request alone.
      if (isInvalidArgument(error))
        throw invalid('request', this.#id, `is refused by Temporal: ${wordsOf(error)}`);
      throw error;
    }
  }

  async #wait(): Promise<BulkOutcome> {
    const { context, waiter, signal } = this.#means;
    for (;;) {
      const until = Date.now() + SLICE_MS;
      const result = await this.#outlive(() => outcomeOf(context, waiter, this.#id, { until, signal }));
      if (result !== undefined) return { kind: 'result', result };
      if (signal.aborted) return { kind: 'running' };
    }
  }

  async #wasStarted(): Promise<boolean> {
    const { context } = this.#means;
    return (
      (await latestExecution(context, this.#id)) !== undefined ||
      (await finishedRecord(context.store, this.#id)) !== undefined ||
      (await newestDeadRecord(context.store, this.#id)) !== undefined
    );
  }

  async #outlive<T>(call: () => Promise<T>): Promise<T> {
    return await outlive(call, this.#means);
  }
}

function wordsOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
