/**
 * Sends a person's decision: as the update `decide`, which is refused on the spot, or as a signal, which
 * waits for a worker and is judged then (I12).
 */
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { ArtifactStore } from '../artifacts/store.ts';
import { FAILURES, UPDATES } from '../contract/names.ts';
import { SIGNAL_OF } from '../contract/signal-of.ts';
import type { Choice } from '../domain/ask.ts';
import type { DecisionRecord } from '../domain/decision.ts';
import type { RequestChange } from './changed-field.ts';
import { changedField } from './changed-field.ts';
import type { ClientContext } from './context.ts';
import { describeGeneration } from './describe.ts';
import type { Refusal } from './errors.ts';
import { DecisionRefused, NoWorkerAnswered } from './errors.ts';
import { statusOf } from './execution-status.ts';
import { checkSaid, invalid } from './invalid.ts';
import { isAway, rpc } from './rpc.ts';

export interface DecisionRequest {
  readonly choice: Choice;
  /** Who decides; at most 100 characters. */
  readonly by: string;
  /** At most 500 characters. */
  readonly why: string;
  /**
   * SHA-256 of the evidence the person saw, or its first 12 characters and more. Left out, it is what
   * `describe` shows now: right for a person at a prompt, wrong for a program that shows evidence to
   * somebody and sends their answer minutes later. Pass what they saw.
   */
  readonly evidence?: string;
  /** With `route-out`: which of the routes offered; may be left out where there is one. */
  readonly route?: string;
  /** With `change`: exactly one field of the request. */
  readonly change?: RequestChange;
}

/** As JSON, in a signal or an update; a longer prompt is stored and sent as a reference. */
const LONGEST_VALUE = 8 * 1024;

interface Payload {
  readonly by: string;
  readonly why: string;
  readonly evidence: string;
  readonly route?: string;
  readonly change?: Readonly<Record<string, unknown>>;
}

export async function decideGeneration(
  context: ClientContext,
  id: string,
  given: DecisionRequest,
  later: boolean,
): Promise<DecisionRecord | undefined> {
  const { client, deadlineMs } = context;
  const payload = await payloadOf(context, id, given);
  const { choice } = given;
  if (!later) return await update(context, id, { choice, ...payload });
  try {
    await client.withDeadline(Date.now() + deadlineMs, () =>
      client.workflow.getHandle(id).signal(SIGNAL_OF[choice], payload),
    );
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw await ended(context, id);
    return await rpc(client, deadlineMs, `decide ${id}`, () => Promise.reject(error as Error));
  }
}

async function payloadOf(context: ClientContext, id: string, given: DecisionRequest): Promise<Payload> {
  const { choice, by, why, route, change } = given;
  if (SIGNAL_OF[choice] === undefined) {
    throw invalid('choice', choice, `must be one of ${Object.keys(SIGNAL_OF).join(', ')}`);
  }
  checkSaid(given);
  if (choice !== 'change' && change !== undefined) {
    throw invalid('change', Object.keys(change), `goes with the choice 'change', not with '${choice}'`);
  }
  if (choice !== 'route-out' && route !== undefined) {
    throw invalid('route', route, `goes with the choice 'route-out', not with '${choice}'`);
  }
  if (given.evidence !== undefined && !/^[0-9a-f]{12,64}$/.test(given.evidence)) {
    throw invalid('evidence', given.evidence, 'must be the SHA-256 that `show` prints, or its beginning');
  }
  const changed = choice === 'change' ? await changeOf(context.store, change ?? {}) : undefined;
  const evidence = given.evidence ?? (await evidenceNow(context, id));
  return {
    by,
    why,
    evidence,
    ...(route === undefined ? {} : { route }),
    ...(changed === undefined ? {} : { change: changed }),
  };
}

async function changeOf(
  store: ArtifactStore,
  change: RequestChange,
): Promise<Readonly<Record<string, unknown>>> {
  const { field, value } = await changedField(store, change);
  if (JSON.stringify(value).length > LONGEST_VALUE) {
    throw invalid(field, value, `must be at most ${LONGEST_VALUE} characters of JSON to be sent as a change`);
  }
  return { [field]: value };
}

async function evidenceNow({ client, deadlineMs }: ClientContext, id: string): Promise<string> {
  const { ask, status } = await describeGeneration(client, id, deadlineMs);
  if (ask !== undefined) return ask.evidence;
  const answer = status === 'running' ? 'nothing is asked at the moment' : endedWords(status);
  throw new DecisionRefused(id, { outcome: 'refused', answer });
}

async function update(
  context: ClientContext,
  id: string,
  payload: Payload & { readonly choice: Choice },
): Promise<DecisionRecord> {
  const { client, deadlineMs } = context;
  try {
    return await client.withDeadline(Date.now() + deadlineMs, () =>
      client.workflow.getHandle(id).executeUpdate<DecisionRecord, [unknown]>(UPDATES.decide, {
        args: [payload],
      }),
    );
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal !== undefined) throw new DecisionRefused(id, refusal, { cause: error });
    if (error instanceof WorkflowNotFoundError) throw await ended(context, id);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isAway(error)) {
      // Says so where the server itself is away.
      await rpc(client, deadlineMs, `decide ${id}`, () => client.workflow.getHandle(id).describe());
      throw new NoWorkerAnswered(id, deadlineMs, { cause: error });
    }
    throw error;
  }
}

function refusalIn(error: unknown): Refusal | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const cause = error.cause as { readonly type?: string; readonly details?: readonly unknown[] } | undefined;
  return cause?.type === FAILURES.decision ? (cause.details?.[0] as Refusal | undefined) : undefined;
}

/** Nothing can be sent to it: because it has ended, or because it never was. */
async function ended({ client, deadlineMs }: ClientContext, id: string): Promise<DecisionRefused> {
  const execution = await rpc(client, deadlineMs, `describe ${id}`, () =>
    client.workflow.getHandle(id).describe(),
  );
  const answer = endedWords(statusOf(execution.status.name));
  return new DecisionRefused(id, { outcome: 'refused', answer });
}

function endedWords(status: string): string {
  return status === 'completed'
    ? 'it has ended: its images were delivered'
    : `it has ended (${status}): revive it to try again`;
}
