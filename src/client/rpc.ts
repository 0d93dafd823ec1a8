/** Every call to Temporal has a deadline, and what went wrong is said in our words. */
import type { Client } from '@temporalio/client';
import { isGrpcServiceError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { ServerUnreachable, UnknownGeneration } from './errors.ts';

/** gRPC status codes, as the protocol fixes them. */
const CANCELLED = 1;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;
const UNAVAILABLE = 14;

export function grpcCode(error: unknown): number | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}

/** The server did not answer in time, or is not there. */
export function isAway(error: unknown): boolean {
  const code = grpcCode(error);
  return code === DEADLINE_EXCEEDED || code === UNAVAILABLE || code === CANCELLED;
}

/** Too many open polls in the namespace: never a generation's failure. */
export function isCrowded(error: unknown): boolean {
  return grpcCode(error) === RESOURCE_EXHAUSTED;
}

/** An update met a workflow task that failed, or a query a task queue that nobody has polled for a while. */
export function isUnprepared(error: unknown): boolean {
  return grpcCode(error) === FAILED_PRECONDITION;
}

/** A query or an argument that this server does not understand. */
export function isInvalidArgument(error: unknown): boolean {
  return grpcCode(error) === INVALID_ARGUMENT;
}

export async function rpc<T>(
  client: Client,
  deadlineMs: number,
  what: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + deadlineMs, call);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new UnknownGeneration(error.workflowId);
    if (isAway(error) || isCrowded(error)) {
      throw new ServerUnreachable(
        `${what}: Temporal did not answer within ${deadlineMs} ms; check TEMPORAL_ADDRESS and that the server runs`,
        { cause: error },
      );
    }
    throw error;
  }
}
