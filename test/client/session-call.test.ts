/** An update of a session that meets a failed workflow task: sent again under its id, and never for ever. */
import type { Client } from '@temporalio/client';
import { ServiceError } from '@temporalio/client';
import { expect, it } from 'vitest';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import type { ClientContext } from '../../src/client/context.ts';
import { NoSessionAnswered } from '../../src/client/session-errors.ts';
import { updateSession } from '../../src/client/session-call.ts';

/** gRPC's number. */
const FAILED_PRECONDITION = 9;
const TASK_FAILED = 'Unable to perform workflow execution update due to unexpected workflow task failure.';

function taskFailed(): ServiceError {
  const cause = Object.assign(new Error(TASK_FAILED), {
    ...{ code: FAILED_PRECONDITION, details: TASK_FAILED, metadata: {} },
  });
  return new ServiceError('Workflow Update failed', { cause });
}

/** The update fails so often, then answers. */
function session(failures: number): { readonly context: ClientContext; readonly ids: string[] } {
  const ids: string[] = [];
  const executeUpdate = async (
    _name: string,
    { updateId }: { readonly updateId: string },
  ): Promise<string> => {
    ids.push(updateId);
    if (ids.length <= failures) throw taskFailed();
    return 'answer';
  };
  const client = {
    withDeadline: async <T>(_until: number, call: () => Promise<T>): Promise<T> => await call(),
    workflow: { getHandle: () => ({ executeUpdate, describe: async () => ({}) }) },
  } as unknown as Client;
  return { context: { client, store: new MemoryArtifactStore(), deadlineMs: 600 }, ids };
}

it('is sent again under the same id, so that it happens once', async () => {
  const { context, ids } = session(2);
  expect(await updateSession(context, 's', 'close')).toBe('answer');
  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(1);
});

it('where tasks fail on and on, says within its deadline that no session answered', async () => {
  const { context, ids } = session(Infinity);
  await expect(updateSession(context, 's', 'close')).rejects.toBeInstanceOf(NoSessionAnswered);
  expect(ids.length).toBeGreaterThan(1);
});
