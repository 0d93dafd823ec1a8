/**
 * What one run's Temporal history says: how it stands, each attempt with the moment it was booked, the
 * delivered images, the payloads it carries. Nothing here is known from anywhere else.
 */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import type {
  Delivery,
  GenerationFailure,
  GenerationInput,
  GenerationResult,
  Revival,
} from '../../src/contract/generation.ts';
import type { Attempt } from '../../src/domain/attempt.ts';

export type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type Event = NonNullable<History['events']>[number];
type Timestamp = Event['eventTime'];

export interface BookedAttempt {
  readonly attempt: Attempt;
  /** Epoch milliseconds at which the server wrote the event that holds it. */
  readonly bookedAt: number;
}

export interface RunHistory {
  readonly events: number;
  /** The largest payload of any event, activity results, summaries and failure details included. */
  readonly maxPayloadBytes: number;
  readonly attempts: readonly BookedAttempt[];
  /** Epoch milliseconds of the first and the last event. */
  readonly startedAt: number;
  readonly lastAt: number;
  readonly result?: GenerationResult;
  readonly failure?: GenerationFailure;
  /** Present when this run brought a dead letter back. */
  readonly revival?: Revival;
}

export type Decode = (payload: Payload | null | undefined) => Promise<unknown>;

/** Reads payloads as this client does, codecs included. */
export function decoderOf(client: Client): Decode {
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter;
  return async (payload) => {
    if (payload === null || payload === undefined) return undefined;
    let payloads = [payload];
    for (const codec of payloadCodecs.toReversed()) payloads = await codec.decode(payloads);
    return (payloadConverter ?? defaultPayloadConverter).fromPayload<unknown>(payloads[0] as Payload);
  };
}

export async function readHistory(history: History, decode: Decode): Promise<RunHistory> {
  const events = history.events ?? [];
  const attempts: BookedAttempt[] = [];
  let result: GenerationResult | undefined;
  let failure: GenerationFailure | undefined;
  const input = await firstOf<Partial<GenerationInput>>(
    events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads,
    decode,
  );
  for (const event of events) {
    const attempt = await attemptOf(event, decode);
    if (attempt !== undefined) attempts.push({ attempt, bookedAt: milliseconds(event.eventTime) });
    result ??= await firstOf<GenerationResult>(
      event.workflowExecutionCompletedEventAttributes?.result?.payloads,
      decode,
    );
    failure ??= await firstOf<GenerationFailure>(
      event.workflowExecutionFailedEventAttributes?.failure?.applicationFailureInfo?.details?.payloads,
      decode,
    );
  }
  return {
    events: events.length,
    maxPayloadBytes: Math.max(0, ...events.flatMap((event) => [...payloadSizes(event)])),
    attempts,
    startedAt: milliseconds(events[0]?.eventTime),
    lastAt: milliseconds(events.at(-1)?.eventTime),
    ...(result === undefined ? {} : { result }),
    ...(failure === undefined ? {} : { failure }),
    ...(input?.revival === undefined ? {} : { revival: input.revival }),
  };
}

/** A verdict is an activity's failure; a delivery and a text call's prompts are its result. All carry the attempt. */
async function attemptOf(event: Event, decode: Decode): Promise<Attempt | undefined> {
  const delivery = await firstOf<Partial<Delivery>>(
    event.activityTaskCompletedEventAttributes?.result?.payloads,
    decode,
  );
  const verdict = await firstOf<{ readonly attempt?: Attempt }>(
    event.activityTaskFailedEventAttributes?.failure?.applicationFailureInfo?.details?.payloads,
    decode,
  );
  return delivery?.attempt ?? verdict?.attempt;
}

async function firstOf<T>(
  payloads: readonly Payload[] | null | undefined,
  decode: Decode,
): Promise<T | undefined> {
  return ((await decode(payloads?.[0])) ?? undefined) as T | undefined;
}

function milliseconds(time: Timestamp): number {
  return Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6);
}

/** Whatever an event carries, under any attribute. */
function* payloadSizes(value: unknown): Generator<number> {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return;
  const { data, metadata } = value as { readonly data?: unknown; readonly metadata?: unknown };
  if (data instanceof Uint8Array && metadata !== undefined) {
    yield data.byteLength;
    return;
  }
  for (const part of Object.values(value)) yield* payloadSizes(part);
}
