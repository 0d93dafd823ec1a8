/**
 * From a recorded exchange to what was asked for. The SDK's own reading is not used: it takes an error
 * inside a 200 for an empty list.
 */
import type { CallOptions, CallRecord, PortAnswer } from './port.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** More pages than any account fills; beyond it a provider that turns in circles is told no more. */
const MOST_PAGES = 100;

/** @param read Undefined where the object is not what was asked for. */
export function readAnswer<T>(
  record: CallRecord,
  read: (answer: JsonObject) => T | undefined,
): PortAnswer<T> {
  const { outcome } = record;
  const answer =
    outcome.kind === 'answer' && outcome.status >= 200 && outcome.status < 300
      ? jsonObject(outcome.body)
      : undefined;
  const value = answer === undefined ? undefined : read(answer);
  return value === undefined ? { kind: 'failed', record } : { kind: 'ok', value };
}

/** Whether an answer that may be empty is one, and not an error with status 200. */
export function isError(answer: JsonObject): boolean {
  return answer['error'] != null;
}

/**
 * All pages of a list, one exchange each, within the one deadline of `options`.
 *
 * @param field The answer's name for its items; one without it is an empty page.
 * @param ask Makes the exchange for one page.
 */
export async function readPages<T>(
  field: string,
  read: (item: JsonObject) => T | undefined,
  options: CallOptions,
  ask: (pageToken: string | undefined, options: CallOptions) => Promise<CallRecord>,
): Promise<PortAnswer<readonly T[]>> {
  const deadline = performance.now() + options.timeoutMs;
  const items: T[] = [];
  let pageToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const left = Math.max(0, Math.ceil(deadline - performance.now()));
    const record = await ask(pageToken, { ...options, timeoutMs: left });
    const answer = readAnswer(record, (object) => (isError(object) ? undefined : object));
    if (answer.kind === 'failed') return answer;
    const listed = answer.value[field];
    for (const item of Array.isArray(listed) ? (listed as unknown[]) : []) {
      const value = isObject(item) ? read(item) : undefined;
      if (value !== undefined) items.push(value);
    }
    const next = textOf(answer.value, 'nextPageToken');
    if (next === undefined || next === pageToken) break;
    pageToken = next;
  }
  return { kind: 'ok', value: items };
}

/** Undefined for a field that is missing, empty or no text. */
export function textOf(object: JsonObject, field: string): string | undefined {
  const value = object[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** 64-bit numbers come as text. */
export function numberOf(object: JsonObject, field: string): number | undefined {
  const value = object[field];
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function objectOf(object: JsonObject, field: string): JsonObject | undefined {
  const value = object[field];
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** No body at all says as little as `{}`: some relays answer a delete that way. */
export function jsonObject(body: Uint8Array): JsonObject | undefined {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(
      Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'),
    );
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
