/** Moves a waiting generation into its batch lane, or out of that or of its quiet hours, by signal: it does it as it can. */
import type { MOVE_SIGNALS } from '../contract/names.ts';
import type { ClientContext } from './context.ts';
import { checkSaid } from './invalid.ts';
import { rpc } from './rpc.ts';

export interface MoveRequest {
  /** Who wants it; at most 100 characters. */
  readonly by: string;
  /** At most 500 characters. */
  readonly why: string;
}

export async function moveGeneration(
  { client, deadlineMs }: ClientContext,
  id: string,
  signal: (typeof MOVE_SIGNALS)[keyof typeof MOVE_SIGNALS],
  { by, why }: MoveRequest,
): Promise<void> {
  checkSaid({ by, why });
  await rpc(client, deadlineMs, `${signal} ${id}`, () =>
    client.workflow.getHandle(id).signal(signal, { identity: by, reason: why }),
  );
}
