/** Readers for option values; each refuses with a sentence that says what is allowed. */
import { InvalidArgumentError } from 'commander';
import { durationMs } from '../words/duration.ts';

const DURATION_CURE = 'Give a number with its unit: 500ms, 30s, 10m, 1h30m, 2d.';

export function duration(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new InvalidArgumentError(DURATION_CURE);
  return ms;
}

const TIME_CURE =
  'Give a duration from now, such as 30m or 2h, or a time to come, such as 2027-01-31T18:00Z.';

/** `2h` from now, or an ISO time; what has no zone is local. */
export function timeToCome(text: string): Date {
  const ms = durationMs(text);
  const at = ms === undefined ? (/^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN) : Date.now() + ms;
  if (Number.isNaN(at) || at <= Date.now()) throw new InvalidArgumentError(TIME_CURE);
  return new Date(at);
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

export function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('Give a number from 0.');
  return value;
}

export function port(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('Give a port from 1 to 65535, or 0 for any free one.');
  }
  return value;
}

export function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InvalidArgumentError(`It is not JSON: ${(error as Error).message}`);
  }
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
