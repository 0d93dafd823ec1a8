/**
 * Record names as file paths and back. Any text is a valid segment, also `..`, an empty one, NUL, or
 * one that differs from another only by case on a file system that ignores case: lower-case letters,
 * digits, `-` and `_` stand for themselves, everything else is percent-encoded.
 *
 * A segment whose escape is longer than a file name may be is cut and ends in its hash; its text is
 * then only in the record itself, which is why records carry their name.
 */
import { createHash } from 'node:crypto';

const PLAIN = /[a-z0-9_-]/;
const UNPAIRED_SURROGATE = /^[\ud800-\udfff]$/;
/** File names are limited to 255 bytes; room is left for the hash and the suffix. */
const LONGEST_ESCAPE = 180;
const EMPTY_SEGMENT = '%';
const HASH_MARK = '~';

export const RECORD_SUFFIX = '.json';

function escapeCharacter(character: string): string {
  if (PLAIN.test(character)) return character;
  // An unpaired surrogate has no UTF-8 form; two of them must not become one name.
  if (UNPAIRED_SURROGATE.test(character)) return `%u${character.charCodeAt(0).toString(16)}`;
  return [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
    .join('');
}

export function escapeSegment(segment: string): string {
  if (segment === '') return EMPTY_SEGMENT;
  const escaped = [...segment].map(escapeCharacter).join('');
  if (escaped.length <= LONGEST_ESCAPE) return escaped;
  const hash = createHash('sha256').update(escaped).digest('hex').slice(0, 40);
  return `${escaped.slice(0, 100)}${HASH_MARK}${hash}`;
}

/** The segment that was escaped; undefined when it was hashed and only the record knows it. */
export function unescapeSegment(escaped: string): string | undefined {
  if (escaped === EMPTY_SEGMENT) return '';
  if (escaped.includes(HASH_MARK)) return undefined;
  return escaped.replace(
    /%u([0-9a-f]{4})|((?:%[0-9a-f]{2})+)/g,
    (_, unit: string | undefined, utf8: string) =>
      unit === undefined ? decodeURIComponent(utf8) : String.fromCharCode(parseInt(unit, 16)),
  );
}

/** Path segments of a record's file below the records directory, suffix included. */
export function recordPath(name: string): readonly string[] {
  const segments = name.split('/').map(escapeSegment);
  const last = segments.pop() ?? EMPTY_SEGMENT;
  return [...segments, last + RECORD_SUFFIX];
}
