/**
 * Takes out of a bundle what must not leave the house: keys always (I7), the prompt where it is to be
 * hidden. The worker has redacted what it stored with its own keys; this is done with the keys of this
 * environment, on the text that goes into the file.
 */
import { withoutSecrets } from '../secrets.ts';

export const LEFT_OUT = '[prompt left out]';
/** Below this it may be words that stand there by chance. */
const SHORTEST_QUOTE = 16;
const SHORTEST_PROMPT = 4;

export type Cover = (text: string) => string;

/** @param hidden texts to leave out: as they are, on one line, escaped as in JSON, and cut at their end */
export function coverOf(hidden: readonly string[]): Cover {
  const forms = hidden
    .filter((text) => text.trim().length >= SHORTEST_PROMPT)
    .flatMap((text) => [text, text.replace(/\s+/g, ' ')])
    .flatMap((text) => [text, JSON.stringify(text).slice(1, -1), asciiJson(text)]);
  return (text) => withoutSecrets(withoutQuotes(text, [...new Set(forms)]));
}

/**
 * Messages are cut to a length, so a quotation may break off anywhere after its beginning. Forms that
 * begin alike are told apart by which of them goes on for longest.
 */
function withoutQuotes(text: string, forms: readonly string[]): string {
  const beginnings = [...new Set(forms.map((form) => form.slice(0, SHORTEST_QUOTE)))];
  const pieces: string[] = [];
  let from = 0;
  for (;;) {
    const starts = beginnings.map((beginning) => text.indexOf(beginning, from)).filter((at) => at !== -1);
    if (starts.length === 0) return pieces.join('') + text.slice(from);
    const at = Math.min(...starts);
    pieces.push(text.slice(from, at), LEFT_OUT);
    from = at + Math.max(...forms.map((form) => commonLength(text, at, form)));
  }
}

function commonLength(text: string, at: number, form: string): number {
  let length = 0;
  while (length < form.length && text[at + length] === form[length]) length += 1;
  return length;
}

/** As encoders write it that escape all but ASCII. */
function asciiJson(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
