/**
 * The governors' load, as their histories tell it: one accepted update for each exchange of leases. And
 * how often waiting generations woke.
 */
import type { Client } from '@temporalio/client';
import type { Span } from './plan.ts';
import { durationMs } from './plan.ts';

const GOVERNOR_TYPE = 'geminiGovernor';

/** Updates of one governor in the windows that count. */
export interface UpdateRates {
  /** Of the busiest process in any one second, and of the busiest process over the whole time. */
  readonly processPeak: number;
  readonly processMean: number;
  /** Of all processes together in any one second, and over the whole time. */
  readonly fleetPeak: number;
  readonly fleetMean: number;
  /** History that this governor wrote in a minute of real time, in bytes. */
  readonly historyBytesPerMinute: number;
  /** Runs that its history is spread over. */
  readonly runs: number;
}

export interface Update {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly process: string;
}

interface Run {
  readonly workflowId: string;
  readonly runId: string;
  readonly historySize: number;
}

/** By project, in order; all zero where there is no governor. */
export async function updateRates(
  client: Client,
  accounts: readonly { readonly project: string; readonly span: Span }[],
  startAt: number,
): Promise<readonly UpdateRates[]> {
  const runs = await governorRuns(client);
  return await Promise.all(
    accounts.map(async ({ project, span }) => {
      const own = runs.filter(({ workflowId }) => workflowId.includes(project));
      const updates = (await Promise.all(own.map((run) => updatesOf(client, run)))).flat();
      const from = startAt + span.excluded * span.windowMs;
      const to = startAt + durationMs(span);
      const bytes = own.reduce((sum, { historySize }) => sum + historySize, 0);
      return {
        ...ratesOf(
          updates.filter(({ at }) => at >= from && at < to),
          (to - from) / 1_000,
        ),
        historyBytesPerMinute: (bytes * 60_000) / durationMs(span),
        runs: own.length,
      };
    }),
  );
}

export async function governorRuns(client: Client): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for await (const { workflowId, runId } of client.workflow.list({
    query: `WorkflowType = '${GOVERNOR_TYPE}'`,
  })) {
    const { historySize } = await client.workflow.getHandle(workflowId, runId).describe();
    runs.push({ workflowId, runId, historySize: historySize ?? 0 });
  }
  return runs;
}

export async function updatesOf(
  client: Client,
  { workflowId, runId }: Pick<Run, 'workflowId' | 'runId'>,
): Promise<readonly Update[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return (events ?? []).flatMap(({ eventTime, workflowExecutionUpdateAcceptedEventAttributes: accepted }) => {
    if (accepted == null) return [];
    const told = json(accepted.acceptedRequest?.input?.args?.payloads?.[0]) as
      { process?: unknown } | undefined;
    return typeof told?.process === 'string' ? [{ at: epochMs(eventTime), process: told.process }] : [];
  });
}

export function ratesOf(
  updates: readonly Update[],
  seconds: number,
): Pick<UpdateRates, 'processPeak' | 'processMean' | 'fleetPeak' | 'fleetMean'> {
  const byProcess = Map.groupBy(updates, ({ process }) => process);
  const processes = [...byProcess.values()].map((own) => own.map(({ at }) => at));
  return {
    processPeak: Math.max(0, ...processes.map(peakPerSecond)),
    processMean: Math.max(0, ...processes.map(({ length }) => length / seconds)),
    fleetPeak: peakPerSecond(updates.map(({ at }) => at)),
    fleetMean: updates.length / seconds,
  };
}

/** The most that fall into any one second, wherever it begins. */
export function peakPerSecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let peak = 0;
  let first = 0;
  for (const [last, at] of sorted.entries()) {
    while ((sorted[first] as number) <= at - 1_000) first += 1;
    peak = Math.max(peak, last - first + 1);
  }
  return peak;
}

/** Histories that are read at once. */
const AT_ONCE = 10;

/** For each generation: timers for its turn that fired before its call. */
export async function wakesOf(client: Client, ids: readonly string[]): Promise<readonly number[]> {
  const wakes: number[] = [];
  for (let k = 0; k < ids.length; k += AT_ONCE) {
    wakes.push(...(await Promise.all(ids.slice(k, k + AT_ONCE).map((id) => wakesOfOne(client, id)))));
  }
  return wakes;
}

async function wakesOfOne(client: Client, id: string): Promise<number> {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  const forTurns = new Set<string>();
  let fired = 0;
  for (const { eventId, userMetadata, timerStartedEventAttributes, timerFiredEventAttributes } of events ??
    []) {
    const summary = timerStartedEventAttributes == null ? undefined : json(userMetadata?.summary);
    if (typeof summary === 'string' && summary.startsWith('quota:')) forTurns.add(String(eventId));
    if (forTurns.has(String(timerFiredEventAttributes?.startedEventId))) fired += 1;
  }
  return fired;
}

/** What Temporal's default converter made of a value. */
function json(payload: { readonly data?: Uint8Array | null } | null | undefined): unknown {
  if (payload?.data == null) return undefined;
  return JSON.parse(Buffer.from(payload.data).toString('utf8')) as unknown;
}

function epochMs(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6;
}
