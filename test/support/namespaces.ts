/** Namespaces of a test's own: task queues with fixed names are nobody else's there. */
import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { sharedDevServer } from './servers.ts';

export interface Server {
  readonly address: string;
  readonly namespace: string;
}

const RETENTION_MS = 24 * 3_600_000;

/** On the dev server that all files of the run share, unless another is given; without search attributes. */
export async function ownNamespace(server?: { readonly address: string }): Promise<Server> {
  const { address } = server ?? (await sharedDevServer());
  const connection = await Connection.connect({ address });
  const namespace = `fleet-${randomUUID()}`;
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs(RETENTION_MS),
    });
  } finally {
    await connection.close();
  }
  return { address, namespace };
}
