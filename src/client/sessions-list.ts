/**
 * Lists edit sessions by visibility and the memo that each one writes: no worker is asked, and a page costs one call
 * however many there are.
 */
import { createHash } from 'node:crypto';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { MEMO, WORKFLOW_TYPES } from '../contract/names.ts';
import type { SessionMemo } from '../contract/session.ts';
import type { ClientContext } from './context.ts';
import { countOf } from './count-query.ts';
import type { GenerationStatus } from './execution-status.ts';
import { invalid } from './invalid.ts';
import { decodePayload } from './payload.ts';
import { rpc } from './rpc.ts';

export interface SessionListOptions {
  /** `open` ones take turns, `ended` ones were closed, expired or stopped. @default both */
  readonly status?: 'open' | 'ended';
  /** @default 20, at most 200 */
  readonly limit?: number;
  /** `next` of the page before. @default the first page */
  readonly after?: string;
}

export interface ListedSession extends Partial<Omit<SessionMemo, 'status' | 'createdAt'>> {
  readonly id: string;
  /** `closing` takes no turn more and waits for those that it has; what ended by itself or was closed is `closed`. */
  readonly status: SessionMemo['status'] | Exclude<GenerationStatus, 'running' | 'completed'>;
  readonly startedAt: string;
  readonly endedAt?: string;
}

/**
 * Those that are open first, then those that ended last; where a session tells nothing but its status, it began on
 * a release that wrote no memo.
 */
export interface SessionListing extends ReadonlyArray<ListedSession> {
  /** In all, on this page and others. */
  readonly total: number;
  /** Absent on the last page. */
  readonly next?: string;
}

type Execution = WorkflowExecutionInfo['raw'];

const MOST = 200;
const CHECK_LENGTH = 8;
const USUAL = 20;
/** A session's earlier runs are no sessions. */
const ALL = `WorkflowType = '${WORKFLOW_TYPES.session}' AND ExecutionStatus != 'ContinuedAsNew'`;
/** By the number that the protocol gives it; that it runs says nothing more. */
const STATUS: Readonly<Record<number, ListedSession['status'] | 'running'>> = {
  1: 'running',
  2: 'closed',
  3: 'failed',
  4: 'cancelled',
  5: 'terminated',
  7: 'timed-out',
};

/** Throws {@link InvalidRequest}, {@link ServerUnreachable}. */
export async function listSessions(
  context: ClientContext,
  { status, limit = USUAL, after }: SessionListOptions,
): Promise<SessionListing> {
  if (status !== undefined && status !== 'open' && status !== 'ended')
    throw invalid('status', status, 'must be open or ended');
  if (!(Number.isInteger(limit) && limit > 0 && limit <= MOST))
    throw invalid('limit', limit, `must be a whole number from 1 to ${MOST}`);
  const query =
    status === undefined ? ALL : `${ALL} AND ExecutionStatus ${status === 'open' ? '=' : '!='} 'Running'`;
  const [total, { executions, nextPageToken }] = await Promise.all([
    countOf(context, query),
    page(context, query, limit, after),
  ]);
  const found = await Promise.all(executions.map((execution) => listedSession(context, execution)));
  return Object.assign(found, {
    total,
    ...(nextPageToken.length === 0 ? {} : { next: sealed(nextPageToken) }),
  });
}

/** A server fails on a token that is none of its own, again and again: it gets only what it gave. */
function sealed(token: Uint8Array): string {
  return `${checkOf(token)}${Buffer.from(token).toString('base64url')}`;
}

function unsealed(after: string): Uint8Array {
  const token = Buffer.from(after.slice(CHECK_LENGTH), 'base64url');
  if (after.slice(0, CHECK_LENGTH) === checkOf(token)) return token;
  throw invalid('after', after, 'must be what a page before gave as `next`');
}

function checkOf(token: Uint8Array): string {
  return createHash('sha256').update(token).digest('hex').slice(0, CHECK_LENGTH);
}

/** Of the SDK's own list only the iterator is public, which cannot go on in another process. */
async function page(
  { client, deadlineMs }: ClientContext,
  query: string,
  pageSize: number,
  after: string | undefined,
): Promise<{ readonly executions: readonly Execution[]; readonly nextPageToken: Uint8Array }> {
  return await rpc(client, deadlineMs, 'list sessions', () =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      ...{ query, pageSize },
      ...(after === undefined ? {} : { nextPageToken: unsealed(after) }),
    }),
  );
}

async function listedSession({ client }: ClientContext, execution: Execution): Promise<ListedSession> {
  const { execution: ids, status: code, startTime, closeTime, memo } = execution;
  const payload = memo?.fields?.[MEMO.session];
  const told = payload == null ? undefined : await decodePayload<SessionMemo>(client, payload);
  const { status, createdAt, ...rest } = told ?? {};
  const state = STATUS[code ?? 0] ?? 'other';
  return {
    ...rest,
    id: ids?.workflowId ?? '',
    status: state === 'running' ? (status ?? 'open') : state,
    startedAt: createdAt === undefined ? iso(startTime) : new Date(createdAt).toISOString(),
    ...(closeTime == null ? {} : { endedAt: iso(closeTime) }),
  };
}

type Time = Execution['startTime'];

function iso(time: Time): string {
  const ms = Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000);
  return new Date(ms).toISOString();
}
