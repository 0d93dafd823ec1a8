/** Sends an operator's command to a governor, as an update: taken at once, or refused with words. */
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { GovernorView } from '../contract/exchange.ts';
import { ENTITY_UPDATES, FAILURES, governorWorkflowId } from '../contract/names.ts';
import type { GovernorCommand } from '../contract/standing.ts';
import { parseCommand } from '../schema/governor-command.ts';
import type { ClientContext } from './context.ts';
import { governorIds } from './governors.ts';
import { NoGovernorAnswered, RouteCommandRefused, UnknownGovernor } from './governors-errors.ts';
import { nearNames } from './near-names.ts';
import { isAway, rpc } from './rpc.ts';

/**
 * Resolves with the governor's standing after it. Throws {@link RouteCommandRefused},
 * {@link UnknownGovernor}, {@link NoGovernorAnswered}, InvalidRequest, ServerUnreachable.
 *
 * @param governor `google/ai-studio/my-project`
 */
export async function sendCommand(
  context: ClientContext,
  governor: string,
  given: GovernorCommand,
): Promise<GovernorView> {
  const { client, deadlineMs } = context;
  const command = parseCommand(given);
  const handle = client.workflow.getHandle(governorWorkflowId(governor));
  try {
    return await client.withDeadline(Date.now() + deadlineMs, () =>
      handle.executeUpdate<GovernorView, [GovernorCommand]>(ENTITY_UPDATES.command, { args: [command] }),
    );
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal !== undefined) throw new RouteCommandRefused(governor, refusal, { cause: error });
    if (error instanceof WorkflowNotFoundError) {
      throw new UnknownGovernor(governor, nearNames(governor, await governorIds(context)));
    }
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isAway(error)) {
      // Says so where the server itself is away.
      await rpc(client, deadlineMs, `command ${governor}`, () => handle.describe());
      throw new NoGovernorAnswered(governor, deadlineMs, { cause: error });
    }
    throw error;
  }
}

function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const cause = error.cause as { readonly type?: string; readonly message?: string } | undefined;
  return cause?.type === FAILURES.command ? cause.message : undefined;
}
