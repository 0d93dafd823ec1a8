/**
 * Parses JSON without its long strings. An answer with a 4K image is one string of 30 MB among a few
 * hundred bytes of structure; cutting it out of the bytes first keeps it from being copied into a
 * text and then into a parsed string.
 *
 * Each long string becomes a mark, which {@link LongStrings.find} turns back into its bytes. Of a
 * `data:` URL the part up to the comma stays before the mark. Text that is not JSON (an event stream, a
 * page) is shortened the same way and kept as text.
 */
import { randomUUID } from 'node:crypto';

/** Shorter strings are left where they are. */
export const LONG_STRING_BYTES = 4096;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DATA_URL = /^data:[\w/.+-]+;base64,/;
const LONGEST_DATA_URL_HEAD = 100;

export class LongStrings {
  /** The parsed JSON, or the text where it is not JSON; long strings are marks in either. */
  readonly body: unknown;
  readonly #bytes: Buffer;
  /** Not guessable, so that no answer can name a string that it does not hold. */
  readonly #nonce = `cut-${randomUUID()}-`;
  readonly #mark = new RegExp(`${this.#nonce}\\d+`, 'g');
  readonly #found = new Map<string, readonly [start: number, end: number]>();

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const text = this.#shortened();
    const parsed = parse(text);
    this.body = parsed === undefined ? text : parsed;
  }

  /** The characters of a long string as they stood in its literal, escapes included. */
  find(mark: string): Buffer | undefined {
    const range = this.#found.get(mark);
    return range && this.#bytes.subarray(...range);
  }

  /** A text with each mark replaced; by default with the string that it stands for. */
  restore(text: string, replacement: (mark: string) => string = (mark) => this.#string(mark)): string {
    return text.includes(this.#nonce) ? text.replace(this.#mark, replacement) : text;
  }

  #string(mark: string): string {
    const written = this.find(mark)?.toString('utf8') ?? mark;
    // A literal that breaks JSON's rules is kept as it was written rather than lost.
    return (parse(`"${written}"`) as string | undefined) ?? written;
  }

  #shortened(): string {
    const bytes = this.#bytes;
    const pieces: string[] = [];
    let kept = 0;
    for (let open = bytes.indexOf(QUOTE); open !== -1;) {
      const close = closingQuote(bytes, open);
      if (close - open > LONG_STRING_BYTES) {
        const head = bytes.toString('latin1', open + 1, open + 1 + LONGEST_DATA_URL_HEAD);
        const start = open + 1 + (DATA_URL.exec(head)?.[0].length ?? 0);
        const mark = `${this.#nonce}${this.#found.size}`;
        this.#found.set(mark, [start, close]);
        pieces.push(bytes.toString('utf8', kept, start), mark);
        kept = close;
      }
      open = bytes.indexOf(QUOTE, close + 1);
    }
    pieces.push(bytes.toString('utf8', kept));
    return pieces.join('').replace(/^\ufeff/, '');
  }
}

function closingQuote(bytes: Buffer, open: number): number {
  for (let at = bytes.indexOf(QUOTE, open + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return bytes.length;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
