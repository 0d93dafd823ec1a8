/** A W3C traceparent is 55 characters. */
const LONGEST = 64;

/** Of another caller's making, and in each call's input: what is longer than any is dropped. */
export function isTraceparent(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST;
}
