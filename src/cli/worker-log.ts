/**
 * The lines that a worker logs: for people, or one JSON object a line for a log collector. What a generation's
 * attempt or end came to is told once, by its workflow and in words of ours; the SDK's own lines about it would
 * repeat it with the provider's words, in which a prompt may stand.
 */
import type { LogEntry } from '@temporalio/worker';
import { WORKFLOW_TYPES } from '../contract/names.ts';
import { isBranch } from '../domain/branch.ts';
import { shortText } from '../domain/short-text.ts';
import { oneLine } from '../words/one-line.ts';

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Bytes of somebody else's text. */
const LONGEST_TEXT = 500;
const FAILURE_PREFIX = 'gemini.';

/** Undefined for what is told elsewhere. */
export function logLine(entry: LogEntry, format: LogFormat): string | undefined {
  if (isTold(entry)) return undefined;
  return format === 'json' ? jsonLine(entry) : textLine(entry);
}

function isTold({ message, meta }: LogEntry): boolean {
  if (message === 'Workflow failed') return meta?.['workflowType'] === WORKFLOW_TYPES.generation;
  if (message !== 'Activity failed') return false;
  const type = field(meta?.['error'], 'type');
  return type.startsWith(FAILURE_PREFIX) && isBranch(type.slice(FAILURE_PREFIX.length));
}

/** `2026-11-28T01:00:00.000Z WARN attempt 2 failed: capacity: the model is overloaded (my-generation)` */
function textLine({ level, message, meta, timestampNanos }: LogEntry): string {
  const why = meta?.['error'] === undefined ? '' : `: ${words(field(meta['error'], 'message'))}`;
  const id: unknown = meta?.['workflowId'];
  return `${time(timestampNanos)} ${level} ${words(message)}${why}${typeof id === 'string' ? ` (${words(id)})` : ''}`;
}

function jsonLine({ level, message, meta = {}, timestampNanos }: LogEntry): string {
  const { error, ...rest } = meta as Readonly<Record<string, unknown>>;
  const told = Object.entries(rest).flatMap(([key, value]) => {
    const plain = plainValue(value);
    return plain === undefined ? [] : [[key, plain] as const];
  });
  return JSON.stringify({
    time: time(timestampNanos),
    level: level.toLowerCase(),
    message: words(message),
    ...Object.fromEntries(told),
    ...(error === undefined ? {} : { error: words(field(error, 'message')), errorType: errorType(error) }),
  });
}

function plainValue(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return words(value);
  if (value === null || value === undefined || typeof value === 'function') return undefined;
  return words(JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? `${each}` : each)));
}

function errorType(error: unknown): string {
  return words(field(error, 'type') || field(error, 'name') || 'Error');
}

/** An error from a workflow's sandbox is none of this realm's. */
function field(error: unknown, name: 'message' | 'type' | 'name'): string {
  const value: unknown = (error as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}

function words(text: string): string {
  return shortText(oneLine(text), LONGEST_TEXT);
}

function time(nanos: bigint): string {
  return new Date(Number(nanos / 1_000_000n)).toISOString();
}
