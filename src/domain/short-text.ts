/**
 * Text cut to a number of bytes, because Temporal's limits (I1) are bytes of JSON: a Chinese letter
 * takes three, a quote two, a control character six.
 */

/** The text itself where its JSON takes at most `maxBytes`, else its beginning and `…`. */
export function shortText(text: string, maxBytes: number): string {
  let bytes = 0;
  let kept = 0;
  for (const letter of text) {
    bytes += jsonBytes(letter);
    if (bytes > maxBytes) return `${text.slice(0, kept)}…`;
    // What is kept must leave room for the mark.
    if (bytes <= maxBytes - MARK_BYTES) kept += letter.length;
  }
  return text;
}

/** Bytes of a text as UTF-8, where there is no encoder to ask. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

const MARK_BYTES = 3;

function jsonBytes(letter: string): number {
  const code = letter.codePointAt(0) ?? 0;
  if (letter === '"' || letter === '\\') return 2;
  if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff)) return 6;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
