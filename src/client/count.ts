/** How many generations there are, by visibility: one question, however many they are. */
import { WORKFLOW_TYPES } from '../contract/names.ts';
import type { Branch } from '../domain/branch.ts';
import { BRANCHES, isBranch } from '../domain/branch.ts';
import type { PhaseName } from '../domain/phase.ts';
import type { ClientContext } from './context.ts';
import { invalid } from './invalid.ts';
import { STATUS } from './list.ts';
import { isInvalidArgument, rpc } from './rpc.ts';

export interface CountOptions {
  /** @default all */
  readonly status?: keyof typeof STATUS;
  /** Only those in one of these phases; what is on its happy path tells none. */
  readonly phases?: readonly PhaseName[];
  /** Only those that this branch stops now, or whose last verdict is in it. */
  readonly branch?: Branch;
}

const PHASE = /^[a-z-]+$/;

/**
 * Undefined where the namespace lacks the search attribute that is needed. A second behind, as visibility is.
 * Throws InvalidRequest, ServerUnreachable.
 */
export async function countGenerations(
  { client, deadlineMs }: ClientContext,
  { status, phases, branch }: CountOptions,
): Promise<number | undefined> {
  if (status !== undefined && !Object.hasOwn(STATUS, status)) {
    throw invalid('status', status, `must be one of ${Object.keys(STATUS).join(', ')}`);
  }
  if (branch !== undefined && !isBranch(branch)) {
    throw invalid('branch', branch, `must be one of ${BRANCHES.join(', ')}`);
  }
  if (phases?.length === 0 || phases?.some((phase) => !PHASE.test(phase)) === true) {
    throw invalid('phases', phases, 'must name phases, such as held');
  }
  const query = [
    `WorkflowType = '${WORKFLOW_TYPES.generation}'`,
    ...(status === undefined ? [] : [`ExecutionStatus = '${STATUS[status]}'`]),
    ...(phases === undefined ? [] : [`GeminiPhase IN (${phases.map((phase) => `'${phase}'`).join(', ')})`]),
    ...(branch === undefined ? [] : [`GeminiBranch = '${branch}'`]),
  ].join(' AND ');
  try {
    const { count } = await rpc(client, deadlineMs, 'count generations', () => client.workflow.count(query));
    return count;
  } catch (error) {
    if (isInvalidArgument(error) && (phases !== undefined || branch !== undefined)) return undefined;
    throw error;
  }
}
