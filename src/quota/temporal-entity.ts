/**
 * A durable entity over Temporal: asked by update, started where it is not there. One that was closed by
 * hand is succeeded by a run that knows what it knew, read from the closed run; where that cannot be read,
 * the successor is told that something was lost.
 */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { ENTITY_QUERIES, ENTITY_TASK_QUEUE } from '../contract/names.ts';

export interface Entity {
  readonly workflowType: string;
  readonly workflowId: string;
  /** What a successor is started with, beside what is carried over. */
  readonly input: Readonly<Record<string, unknown>>;
}

export interface EntityUpdate {
  readonly name: string;
  /** Repeated under the same id it is answered once. */
  readonly id: string;
  readonly argument: object;
}

/** Of each call to Temporal. */
const DEADLINE_MS = 5_000;

export class TemporalEntity {
  readonly #client: Client;
  readonly #entity: Entity;
  readonly #deadlineMs: number;

  constructor(client: Client, entity: Entity, deadlineMs = DEADLINE_MS) {
    this.#client = client;
    this.#entity = entity;
    this.#deadlineMs = deadlineMs;
  }

  /** Rejects with Temporal's error when it is not answered within the deadline. */
  async update<T>(update: EntityUpdate): Promise<T> {
    try {
      return await this.#updateRunning<T>(update);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      await this.#start();
      return await this.#updateRunning<T>(update);
    }
  }

  /** Undefined where it never was. Rejects with Temporal's error when it is not answered within the deadline. */
  async query<T>(name: string): Promise<T | undefined> {
    try {
      const handle = this.#client.workflow.getHandle(this.#entity.workflowId);
      return await this.#inTime(() => handle.query<T>(name));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  async #updateRunning<T>({ name, id, argument }: EntityUpdate): Promise<T> {
    const handle = this.#client.workflow.getHandle(this.#entity.workflowId);
    return await this.#inTime(() =>
      handle.executeUpdate<T, [object]>(name, { args: [argument], updateId: id }),
    );
  }

  /** Apart from the update: of fifty that update with start at once none is answered for 25 s (measured). */
  async #start(): Promise<void> {
    const { workflowType, workflowId, input } = this.#entity;
    const carried = await this.#carriedOver();
    if (carried === 'running') return;
    await this.#inTime(() =>
      this.#client.workflow.start(workflowType, {
        workflowId,
        taskQueue: ENTITY_TASK_QUEUE,
        args: [{ ...input, ...carried }],
        // Two processes may find out at the same time: the first one's run is the other's too.
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `one for the whole fleet: ${workflowId}`,
      }),
    );
  }

  async #carriedOver(): Promise<{ readonly state?: unknown; readonly lost?: true } | 'running'> {
    const { workflowId } = this.#entity;
    let runId: string;
    try {
      const latest = await this.#inTime(() => this.#client.workflow.getHandle(workflowId).describe());
      if (latest.status.name === 'RUNNING') return 'running';
      runId = latest.runId;
    } catch (error) {
      // Never was, or so long ago that its windows and its day are over.
      if (error instanceof WorkflowNotFoundError) return {};
      throw error;
    }
    try {
      const closed = this.#client.workflow.getHandle(workflowId, runId);
      return { state: await this.#inTime(() => closed.query<unknown>(ENTITY_QUERIES.state)) };
    } catch {
      return { lost: true };
    }
  }

  async #inTime<T>(call: () => Promise<T>): Promise<T> {
    return await this.#client.withDeadline(Date.now() + this.#deadlineMs, call);
  }
}
