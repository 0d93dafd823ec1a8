/**
 * Waits for results without drowning the server: about 1,200 open long polls per namespace fail with
 * RESOURCE_EXHAUSTED (design section 15). One process keeps at most 100 open; every further wait looks
 * at its execution now and then until a long poll is free.
 */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { GenerationResult } from '../contract/generation.ts';
import { pauseFor } from './clock.ts';
import { isAway, isCrowded } from './rpc.ts';

export const MOST_LONG_POLLS = 100;
const FIRST_LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 10_000;
/** One long poll; the server ends it earlier when nothing happened. */
const POLL_MS = 60_000;
const LOOK_DEADLINE_MS = 10_000;
const NEVER = new AbortController().signal;

export type Waited =
  { readonly kind: 'result'; readonly result: GenerationResult } | { readonly kind: 'running' };

export class Waiter {
  private readonly client: Client;
  private readonly most: number;
  private open = 0;

  constructor(client: Client, most = MOST_LONG_POLLS) {
    this.client = client;
    this.most = most;
  }

  /**
   * Resolves with the result, or `running` when `until` (epoch ms) passed or the signal was aborted; throws
   * the run's failure.
   */
  async wait(id: string, until: number, signal: AbortSignal = NEVER): Promise<Waited> {
    const handle: WorkflowHandle = this.client.workflow.getHandle(id);
    const isOver = (): boolean => signal.aborted || Date.now() >= until;
    for (let look = FIRST_LOOK_MS; !isOver(); look = Math.min(LONGEST_LOOK_MS, look * 1.5)) {
      try {
        const isFree = this.open < this.most;
        const waited = await this.abortable(signal, async () =>
          isFree || (await this.isClosed(handle, until)) ? await this.poll(handle, until) : undefined,
        );
        if (waited !== undefined) return waited;
      } catch (error) {
        if (!isCrowded(error) && !isAway(error)) throw error;
      }
      const left = until - Date.now();
      if (left > 0) await pauseFor(Math.min(look, left), signal);
    }
    return { kind: 'running' };
  }

  /**
   * With a signal of its own, because Temporal's client leaves its listeners on the one that it is given. A call
   * that is aborted ends as one that is away.
   */
  private async abortable<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    const own = new AbortController();
    const abort = (): void => own.abort();
    signal.addEventListener('abort', abort);
    try {
      return await this.client.withAbortSignal(own.signal, call);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private async poll(handle: WorkflowHandle, until: number): Promise<Waited> {
    this.open += 1;
    try {
      const deadline = Math.min(until, Date.now() + POLL_MS);
      const result = (await this.client.withDeadline(deadline, () => handle.result())) as GenerationResult;
      return { kind: 'result', result };
    } finally {
      this.open -= 1;
    }
  }

  private async isClosed(handle: WorkflowHandle, until: number): Promise<boolean> {
    const deadline = Math.min(until, Date.now() + LOOK_DEADLINE_MS);
    const { status } = await this.client.withDeadline(deadline, () => handle.describe());
    return status.name !== 'RUNNING';
  }
}
