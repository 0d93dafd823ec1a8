/** Updates and queries of a session, each with a deadline, each failure in our words. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { FAILURES } from '../contract/names.ts';
import type { ClientContext } from './context.ts';
import { UnknownGeneration } from './errors.ts';
import { isAway, isUnprepared, rpc } from './rpc.ts';
import { NoSessionAnswered, SessionRefused, UnknownSession } from './session-errors.ts';

/**
 * A worker that was killed keeps the first task after its death for so long, before another one gets it. Whoever
 * gives less time than that does not wait for it.
 */
const STICKY_MS = 10_000;

/** A task that failed is tried again by the server, and what it was asked is lost with it. */
const AGAIN_MS = 200;

export async function updateSession<T>(
  context: ClientContext,
  id: string,
  update: string,
  args: readonly [] | readonly [unknown] = [],
): Promise<T> {
  const { client } = context;
  const { deadlineMs: given } = context;
  const deadlineMs = given < STICKY_MS ? given : given + STICKY_MS;
  const handle = client.workflow.getHandle(id);
  // One id for all sends: the server takes it once.
  const updateId = randomUUID();
  const until = Date.now() + deadlineMs;
  const send = async (): Promise<T> => {
    for (;;) {
      try {
        return args.length === 0
          ? await handle.executeUpdate<T, []>(update, { updateId })
          : await handle.executeUpdate<T, [unknown]>(update, { updateId, args: [args[0]] });
      } catch (error) {
        if (!isUnprepared(error) || Date.now() + AGAIN_MS > until) throw error;
        await pause(AGAIN_MS);
      }
    }
  };
  try {
    return await client.withDeadline(Date.now() + deadlineMs, () => send());
  } catch (error) {
    const answer = refusalIn(error);
    if (answer !== undefined) throw new SessionRefused(id, answer, { cause: error });
    if (error instanceof WorkflowNotFoundError) throw await gone(context, id, error);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isAway(error) || isUnprepared(error)) {
      // Says so where the server itself is away.
      await known(context, id);
      throw new NoSessionAnswered(id, deadlineMs, { cause: error });
    }
    throw error;
  }
}

/** Works with an ended session too, while Temporal keeps it. */
export async function querySession<T>(
  context: ClientContext,
  id: string,
  query: string,
  args: readonly unknown[] = [],
): Promise<T> {
  const { client, deadlineMs } = context;
  try {
    return await client.withDeadline(Date.now() + deadlineMs, () =>
      client.workflow.getHandle(id).query<T, unknown[]>(query, ...args),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError)
      throw new UnknownSession(id, { cause: error });
    if (!isAway(error)) throw error;
    await known(context, id);
    throw new NoSessionAnswered(id, deadlineMs, { cause: error });
  }
}

function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const cause = error.cause as { readonly type?: string; readonly message?: string } | undefined;
  return cause?.type === FAILURES.session ? cause.message : undefined;
}

/** Nothing can be sent to it: because it has ended, or because it never was. */
async function gone(context: ClientContext, id: string, cause: Error): Promise<Error> {
  await known(context, id);
  return new SessionRefused(id, 'the session has ended; fork it to go on', { cause });
}

async function known({ client, deadlineMs }: ClientContext, id: string): Promise<void> {
  await rpc(client, deadlineMs, `describe ${id}`, () => client.workflow.getHandle(id).describe()).catch(
    (error: unknown) => {
      throw error instanceof UnknownGeneration ? new UnknownSession(id, { cause: error }) : error;
    },
  );
}
