/**
 * Waits for results without drowning the server: about 1,200 open long polls per namespace fail with
 * RESOURCE_EXHAUSTED (design section 15). One process keeps at most 100 open; every further wait looks
 * at its execution now and then until a long poll is free.
 */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { GenerationResult } from '../contract/generation.ts';
import { isAway, isCrowded } from './rpc.ts';

export const MOST_LONG_POLLS = 100;
const FIRST_LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 10_000;
/** One long poll; the server ends it earlier when nothing happened. */
const POLL_MS = 60_000;

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

  /** Resolves with the result, or `running` when `until` (epoch ms) passed; throws the run's failure. */
  async wait(id: string, until: number): Promise<Waited> {
    const handle: WorkflowHandle = this.client.workflow.getHandle(id);
    for (let look = FIRST_LOOK_MS; Date.now() < until; look = Math.min(LONGEST_LOOK_MS, look * 1.5)) {
      try {
        if (this.open < this.most || (await this.isClosed(handle, until)))
          return await this.poll(handle, until);
      } catch (error) {
        if (!isCrowded(error) && !isAway(error)) throw error;
      }
      const left = until - Date.now();
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(look, left)));
    }
    return { kind: 'running' };
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
    const { status } = await this.client.withDeadline(until, () => handle.describe());
    return status.name !== 'RUNNING';
  }
}
