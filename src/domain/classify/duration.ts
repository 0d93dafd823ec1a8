/**
 * How long the provider said to wait. Its hint is kept in milliseconds and capped (int64 max is a
 * cap, not a wait); a malformed hint loses its timing and nothing else (I5).
 */
import { LONGEST_HINT_MS } from '../hint.ts';
import type { Json } from './json.ts';
import { arrayOf, integerOf, isRecord } from './json.ts';

/** Characters of the longest spelling worth reading, such as `4 hours 59 minutes 27.724879759 s`. */
const LONGEST_DURATION = 60;

const UNIT_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};
const PIECE = '(\\d+(?:\\.\\d+)?)\\s*(d|h|ms|m|s)(?:ays?|ours?|rs?|in(?:ute)?s?|ec(?:ond)?s?)?(?![a-z])';
const PIECES = new RegExp(PIECE, 'g');
const WHOLE = new RegExp(`^(?:${PIECE}\\s*)+$`);
const AT_START = new RegExp(`^(?:${PIECE}\\s*)+`);

/** `34s`, `0.5s`, `900.2ms`, `4h59m27.7s`, `1h 2m`, `30 seconds` → ms; else undefined. */
export function durationMs(text: string): number | undefined {
  const whole = text.trim().toLowerCase();
  if (whole.length > LONGEST_DURATION) return undefined;
  if (!WHOLE.test(whole)) return undefined;
  let total = 0;
  for (const [, amount, unit] of whole.matchAll(PIECES)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return capped(total);
}

function capped(ms: number): number | undefined {
  return Number.isFinite(ms) && ms >= 0 ? Math.min(Math.ceil(ms), LONGEST_HINT_MS) : undefined;
}

/** RetryInfo's `retryDelay`: a string, or `{ seconds, nanos }` as some SDKs print it. */
export function retryDelayMs(value: unknown): number | undefined {
  if (typeof value === 'string') return durationMs(/^\s*[\d.]+\s*$/.test(value) ? `${value.trim()}s` : value);
  if (typeof value === 'number') return capped(value * 1000);
  if (!isRecord(value)) return undefined;
  const seconds = Number(value['seconds'] ?? 0);
  const nanos = integerOf(value['nanos']) ?? 0;
  return capped(seconds * 1000 + nanos / 1e6);
}

const SAID_IN_WORDS = [
  /(?:retry|try again|available again) (?:in|after) /i,
  /(?:quota|limit)s? will reset (?:after|in) /i,
  /\bresets? (?:after|in) /i,
];
const IN_LITERALS = [
  /retry_?delay['"\\]*\s*[:=]\s*['"\\]*([\d.]+\s*(?:ms|s)?)/i,
  /retry_delay\s*\{\s*seconds:\s*(\d+)/i,
  /retry[_-]after(?:_seconds)?['"\\]*\s*[:=]\s*['"\\]*(\d+(?:\.\d+)?)\b/i,
];

/** Every hint that a text carries: sentences, and literals where the JSON could not be read. */
export function hintsInText(text: string): number[] {
  const hints: (number | undefined)[] = [];
  for (const phrase of SAID_IN_WORDS) {
    const found = phrase.exec(text);
    if (found === null) continue;
    const from = found.index + found[0].length;
    const duration = AT_START.exec(text.slice(from, from + LONGEST_DURATION).toLowerCase());
    if (duration !== null) hints.push(durationMs(duration[0]));
  }
  for (const literal of IN_LITERALS) {
    const found = literal.exec(text)?.[1];
    if (found !== undefined) hints.push(retryDelayMs(found));
  }
  return hints.filter((hint) => hint !== undefined);
}

/** `retry-after-ms`, `retry-after` in seconds or as a date, read against the answer's own `date`. */
export function hintsInHeaders(headers: Readonly<Record<string, string>>): number[] {
  const hints: (number | undefined)[] = [];
  const ms = headers['retry-after-ms'];
  if (ms !== undefined && /^\d+(\.\d+)?$/.test(ms.trim())) hints.push(capped(Number(ms)));
  const after = headers['retry-after']?.trim();
  if (after !== undefined && /^\d+(\.\d+)?$/.test(after)) {
    hints.push(capped(Number(after) * 1000));
  } else if (after !== undefined && headers['date'] !== undefined) {
    const wait = Date.parse(after) - Date.parse(headers['date']);
    if (wait >= 0) hints.push(capped(wait));
  }
  return hints.filter((hint) => hint !== undefined);
}

/** RetryInfo entries and the reset delays that ErrorInfo metadata carries. */
export function hintsInDetails(details: readonly Json[]): number[] {
  return details
    .flatMap((detail) => {
      const metadata = isRecord(detail['metadata']) ? detail['metadata'] : {};
      return [
        retryDelayMs(detail['retryDelay'] ?? detail['retry_delay']),
        typeof metadata['quotaResetDelay'] === 'string' ? durationMs(metadata['quotaResetDelay']) : undefined,
      ];
    })
    .filter((hint) => hint !== undefined);
}

/** Fields of relays beside the error: `retry_after: 120`, `retryAfter`. Seconds. */
export function hintsInFields(objects: readonly Json[]): number[] {
  const names = ['retry_after', 'retryAfter', 'retry_after_seconds', 'retryAfterSeconds'];
  return arrayOf(objects.flatMap((object) => names.map((name) => retryDelayMs(object[name])))).filter(
    (hint): hint is number => typeof hint === 'number',
  );
}
