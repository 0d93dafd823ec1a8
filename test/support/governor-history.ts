/** What the histories of a governor say: its runs, the updates it answered, its workflow tasks that failed. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { ExchangeAnswer, ExchangeRequest } from '../../src/contract/exchange.ts';
import { ENTITY_UPDATES } from '../../src/contract/names.ts';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type Event = NonNullable<History['events']>[number];

/** Temporal's number of the cause: an update came just before a run's end, so the task is done again. */
const UNHANDLED_COMMAND = 1;

/** One answered exchange, as history keeps it. */
export interface KeptExchange {
  /** Epoch milliseconds of its acceptance. */
  readonly at: number;
  readonly request: ExchangeRequest;
  readonly answer: ExchangeAnswer;
  /** Bytes of both payloads. */
  readonly bytes: number;
}

export interface GovernorHistory {
  readonly runs: number;
  readonly events: number;
  /** Bytes of the runs' histories, as Temporal counts them. */
  readonly bytes: number;
  readonly exchanges: readonly KeptExchange[];
  /** Their causes and messages, without UnhandledCommand, which is none of its faults. */
  readonly failedTasks: readonly string[];
}

/** Reads the latest run and those it continues. */
export async function governorHistory(client: Client, workflowId: string): Promise<GovernorHistory> {
  const runs: { readonly events: readonly Event[]; readonly bytes: number }[] = [];
  let runId: string | undefined;
  do {
    const handle: WorkflowHandle = client.workflow.getHandle(workflowId, runId);
    const [{ events }, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    runs.unshift({ events: events ?? [], bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0) });
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
  } while (runId !== undefined && runId !== '');
  const events = runs.flatMap((run) => run.events);
  return {
    runs: runs.length,
    events: events.length,
    bytes: runs.reduce((sum, { bytes }) => sum + bytes, 0),
    exchanges: runs.flatMap((run) => exchangesIn(run.events)),
    failedTasks: events.flatMap(failedTask),
  };
}

function exchangesIn(events: readonly Event[]): readonly KeptExchange[] {
  const accepted = new Map<string, Pick<KeptExchange, 'at' | 'request' | 'bytes'>>();
  return events.flatMap((event): readonly KeptExchange[] => {
    const asked = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest;
    if (asked?.input?.name === ENTITY_UPDATES.exchange) {
      const data = asked.input.args?.payloads?.[0]?.data;
      const id = asked.meta?.updateId ?? '';
      accepted.set(id, { at: tsToMs(event.eventTime), request: read(data), bytes: data?.length ?? 0 });
    }
    const completed = event.workflowExecutionUpdateCompletedEventAttributes;
    const known = accepted.get(completed?.meta?.updateId ?? '');
    const data = completed?.outcome?.success?.payloads?.[0]?.data;
    if (known === undefined || data == null) return [];
    return [{ ...known, answer: read(data), bytes: known.bytes + data.length }];
  });
}

function failedTask({ workflowTaskFailedEventAttributes: failed }: Event): readonly string[] {
  if (failed == null || Number(failed.cause) === UNHANDLED_COMMAND) return [];
  return [`cause ${failed.cause ?? 0}: ${failed.failure?.message ?? ''}`];
}

function read<T>(data: Uint8Array | null | undefined): T {
  return JSON.parse(Buffer.from(data ?? []).toString('utf8')) as T;
}

/**
 * Slots that somebody was leased while they were another's, by governor time: a slot is its time, and is
 * free again only where its process returned it (I6).
 */
export function leasedTwice(
  exchanges: readonly Pick<KeptExchange, 'request' | 'answer'>[],
  model: string,
): readonly number[] {
  const owners = new Map<number, string>();
  return exchanges.flatMap(({ request, answer }) => {
    const lanes = request.lanes.filter((lane) => lane.model === model);
    for (const at of lanes.flatMap(({ returned }) => returned)) {
      if (owners.get(at) === request.process) owners.delete(at);
    }
    const slots = answer.lanes.flatMap((lane) => (lane.model === model ? lane.slots : []));
    return slots.flatMap((ms) => {
      const at = answer.at + ms;
      const owner = owners.get(at) ?? request.process;
      owners.set(at, request.process);
      return owner === request.process ? [] : [at];
    });
  });
}

/** Times by the governor's clock that somebody was leased and nobody returned, ascending. */
export function leasedTimes(
  exchanges: readonly Pick<KeptExchange, 'request' | 'answer'>[],
  model: string,
): readonly number[] {
  const times = new Set<number>();
  for (const { request, answer } of exchanges) {
    const lanes = request.lanes.filter((lane) => lane.model === model);
    for (const at of lanes.flatMap(({ returned }) => returned)) times.delete(at);
    for (const lane of answer.lanes) {
      if (lane.model === model) for (const ms of lane.slots) times.add(answer.at + ms);
    }
  }
  return [...times].sort((a, b) => a - b);
}
