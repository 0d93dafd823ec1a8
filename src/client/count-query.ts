/** How many executions a visibility query finds: the server counts, none is read. Approximate by a moment, like lists. */
import type { ClientContext } from './context.ts';
import { rpc } from './rpc.ts';

/** Throws ServerUnreachable, and what the server says of a query that it does not take. */
export async function countOf(
  { client, deadlineMs }: Pick<ClientContext, 'client' | 'deadlineMs'>,
  query: string,
): Promise<number> {
  const { count } = await rpc(client, deadlineMs, 'count', () => client.workflow.count(query));
  return count;
}
