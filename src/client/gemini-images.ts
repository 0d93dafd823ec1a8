/**
 * The client: starts generations, waits for them, looks at them. Importable without native code.
 *
 * Requests are validated here and their bytes stored before the start, so that workflow history sees
 * references only (I1). Every call has a deadline.
 */
import type { Client } from '@temporalio/client';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { GenerationInput, GenerationResult } from '../contract/generation.ts';
import { DEFAULT_TASK_QUEUE, MEMO, WORKFLOW_TYPES } from '../contract/names.ts';
import type { ArtifactRef } from '../domain/artifact.ts';
import type { GenerationRequest } from '../domain/request.ts';
import { resolveRequest } from '../domain/resolve-request.ts';
import type { GenerateRequest } from '../schema/request.ts';
import { parseRequest } from '../schema/request.ts';
import type { ConnectOptions } from './connect.ts';
import { connectClient } from './connect.ts';
import type { Description } from './describe.ts';
import { describeGeneration } from './describe.ts';
import { IdempotencyConflict, ServerUnreachable, StillRunning, UnknownGeneration } from './errors.ts';
import { failureOf, isConflict } from './failure-of.ts';
import { generationId, requestDigest } from './generation-id.ts';
import { finishedRecord } from './generation-index.ts';
import type { ListOptions, Listed } from './list.ts';
import { listGenerations } from './list.ts';
import { rpc } from './rpc.ts';
import { storeInputs } from './store-inputs.ts';
import { Waiter } from './waiter.ts';

const DEFAULT_RPC_DEADLINE_MS = 10_000;
const DEFAULT_WAIT_MS = 10 * 60_000;

const PRIORITY: Readonly<Record<GenerationRequest['urgency'], number>> = {
  interactive: 1,
  standard: 3,
  batch: 5,
};

export interface GeminiImagesOptions {
  readonly client: Client;
  /** The same store as the workers': inputs and long prompts go in, images come out. */
  readonly store: ArtifactStore;
  /** @default 'gemini-images' */
  readonly taskQueue?: string;
  /** Deadline of each call to Temporal, in milliseconds. @default 10000 */
  readonly rpcDeadlineMs?: number;
}

export interface WaitOptions {
  /** How long this caller waits; the generation goes on after it. @default 10 minutes */
  readonly waitMs?: number;
}

export interface GenerationHandle {
  readonly id: string;
  result(options?: WaitOptions): Promise<GenerationResult>;
  describe(): Promise<Description>;
  cancel(): Promise<void>;
}

export class GeminiImages {
  private readonly client: Client;
  private readonly store: ArtifactStore;
  private readonly taskQueue: string;
  private readonly rpcDeadlineMs: number;
  private readonly waiter: Waiter;
  private readonly closing: (() => Promise<void>) | undefined;

  constructor(options: GeminiImagesOptions, closing?: () => Promise<void>) {
    this.client = options.client;
    this.store = options.store;
    this.taskQueue = options.taskQueue ?? DEFAULT_TASK_QUEUE;
    this.rpcDeadlineMs = options.rpcDeadlineMs ?? DEFAULT_RPC_DEADLINE_MS;
    this.waiter = new Waiter(options.client);
    this.closing = closing;
  }

  /**
   * Connects by `@temporalio/envconfig` (TEMPORAL_ADDRESS, TLS, API key, profiles), so that Temporal
   * Cloud works. Throws {@link ServerUnreachable} within the deadline.
   */
  static async connect(options: ConnectOptions): Promise<GeminiImages> {
    const { client, close } = await connectClient(options, options.rpcDeadlineMs ?? DEFAULT_RPC_DEADLINE_MS);
    return new GeminiImages({ ...options, client }, close);
  }

  /** Closes the connection that `connect` opened; one that was given stays open. */
  async close(): Promise<void> {
    await this.closing?.();
  }

  /**
   * Starts a generation and returns at once. With an `idempotencyKey` the same request is the same
   * generation however often it is started, beyond Temporal's retention too (I11).
   *
   * Throws {@link InvalidRequest}, {@link IdempotencyConflict}, {@link ServerUnreachable}.
   */
  async start(request: GenerateRequest): Promise<GenerationHandle> {
    const { idempotencyKey, inputs, prompt, ...rest } = parseRequest(request);
    const stored = await storeInputs(this.store, prompt, inputs ?? []);
    const resolved = resolveRequest({ ...rest, ...stored });
    const id = generationId(idempotencyKey, resolved.tenant);
    const digest = requestDigest(resolved);

    if (idempotencyKey !== undefined) {
      const finished = await finishedRecord(this.store, id);
      if (finished !== undefined) {
        if (finished.requestDigest !== digest) throw new IdempotencyConflict(id);
        return this.handle(id);
      }
    }
    await this.startWorkflow(id, resolved, digest);
    if (idempotencyKey !== undefined) await this.assertSameRequest(id, digest);
    return this.handle(id);
  }

  /**
   * Starts a generation and waits for its images.
   *
   * Throws what {@link start} throws, {@link GenerationFailed} when it ended unserved, and
   * {@link StillRunning} when `waitMs` passed first (nothing is lost: ask `result(id)` later).
   */
  async generate(request: GenerateRequest, options?: WaitOptions): Promise<GenerationResult> {
    const { id } = await this.start(request);
    return await this.result(id, options);
  }

  /** Waits for a generation that was started before, by this process or any other. */
  async result(id: string, { waitMs = DEFAULT_WAIT_MS }: WaitOptions = {}): Promise<GenerationResult> {
    try {
      const waited = await this.waiter.wait(id, Date.now() + waitMs);
      if (waited.kind === 'result') return waited.result;
    } catch (error) {
      if (error instanceof WorkflowFailedError) {
        throw isConflict(error) ? new IdempotencyConflict(id) : failureOf(id, error);
      }
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      const finished = await finishedRecord(this.store, id);
      if (finished !== undefined) return finished.result;
      throw new UnknownGeneration(id);
    }
    throw new StillRunning(await this.describe(id));
  }

  /** Phase, why and until when, attempts, cost; works with all workers down, then with less detail. */
  async describe(id: string): Promise<Description> {
    return await describeGeneration(this.client, id, this.rpcDeadlineMs);
  }

  /** Newest first. */
  async list(options: ListOptions = {}): Promise<readonly Listed[]> {
    return await listGenerations(this.client, options, this.rpcDeadlineMs);
  }

  /** Streams an artifact's bytes; the stream errors at its end when they do not match their hash. */
  async open(ref: Pick<ArtifactRef, 'sha256'>): Promise<ReadableStream<Uint8Array>> {
    return await this.store.open(ref.sha256);
  }

  /** Asks for cancellation; a call under way is aborted, and what it may have cost is booked (I10). */
  async cancel(id: string): Promise<void> {
    await rpc(this.client, this.rpcDeadlineMs, `cancel ${id}`, () =>
      this.client.workflow.getHandle(id).cancel(),
    );
  }

  private handle(id: string): GenerationHandle {
    return {
      id,
      result: (options) => this.result(id, options),
      describe: () => this.describe(id),
      cancel: () => this.cancel(id),
    };
  }

  private async startWorkflow(id: string, request: GenerationRequest, digest: string): Promise<void> {
    const input: GenerationInput = { request };
    const { urgency, tenant, hidePrompt, prompt, model } = request;
    const words =
      hidePrompt || typeof prompt !== 'string' ? 'prompt hidden' : prompt.slice(0, 120).replaceAll('\n', ' ');
    try {
      await rpc(this.client, this.rpcDeadlineMs, `start ${id}`, () =>
        this.client.workflow.start(WORKFLOW_TYPES.generation, {
          workflowId: id,
          taskQueue: this.taskQueue,
          args: [input],
          memo: { [MEMO.requestDigest]: digest },
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
          staticSummary: `${model ?? 'default model'}: ${words}`,
          priority: {
            priorityKey: PRIORITY[urgency],
            ...(tenant === undefined ? {} : { fairnessKey: tenant }),
          },
        }),
      );
    } catch (error) {
      if (error instanceof ServerUnreachable) {
        const advice = `whether it started is unknown, ask result('${id}')`;
        throw new ServerUnreachable(`${error.message}; ${advice}`, { cause: error.cause, id });
      }
      // Closed and still retained: the same generation, whose outcome `result` returns.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  private async assertSameRequest(id: string, digest: string): Promise<void> {
    const { memo } = await rpc(this.client, this.rpcDeadlineMs, `describe ${id}`, () =>
      this.client.workflow.getHandle(id).describe(),
    );
    if (memo?.[MEMO.requestDigest] !== digest) throw new IdempotencyConflict(id);
  }
}
