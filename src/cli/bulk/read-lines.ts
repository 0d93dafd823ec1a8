/**
 * Lines of a stream of bytes, numbered from 1, whatever its chunks are. A line beyond the limit is told and
 * never held: nothing here grows with the file or with a line.
 */
export type ReadLine = {
  readonly n: number;
  /** Bytes of the stream up to the end of this line. */
  readonly end: number;
} & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-long'; readonly bytes: number }
  | { readonly kind: 'not-utf8' }
);

export const LONGEST_LINE_BYTES = 1_048_576;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** @param longest Bytes of a line without its end; a longer one is told as `too-long`. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  longest: number = LONGEST_LINE_BYTES,
): AsyncGenerator<ReadLine, void, undefined> {
  const line = new Line(longest);
  let end = 0;
  let n = 1;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      line.add(chunk.subarray(from, at));
      end += at - from + 1;
      from = at + 1;
      yield { n, end, ...line.take(n === 1) };
      n += 1;
    }
    line.add(chunk.subarray(from));
    end += chunk.length - from;
  }
  // What follows the last line end is a line where there is anything.
  if (line.bytes > 0) yield { n, end, ...line.take(n === 1) };
}

type Content = { kind: 'text'; text: string } | { kind: 'too-long'; bytes: number } | { kind: 'not-utf8' };

class Line {
  readonly #longest: number;
  /** With a mark before it and a carriage return behind it, a line of the longest may have so many bytes. */
  readonly #mostHeld: number;
  #parts: Uint8Array[] = [];
  bytes = 0;

  constructor(longest: number) {
    this.#longest = longest;
    this.#mostHeld = longest + BYTE_ORDER_MARK.length + 1;
  }

  add(part: Uint8Array): void {
    this.bytes += part.length;
    if (this.bytes > this.#mostHeld) this.#parts = [];
    // A copy: the chunk that it is part of may be large, or be used again by who gave it.
    else if (part.length > 0) this.#parts.push(part.slice());
  }

  take(isFirst: boolean): Content {
    const { bytes } = this;
    const whole = bytes > this.#mostHeld ? undefined : Buffer.concat(this.#parts);
    this.#parts = [];
    this.bytes = 0;
    if (whole === undefined) return { kind: 'too-long', bytes };
    const marked = isFirst && BYTE_ORDER_MARK.every((byte, i) => whole[i] === byte);
    const content = whole.subarray(
      marked ? BYTE_ORDER_MARK.length : 0,
      whole.at(-1) === CARRIAGE_RETURN ? -1 : undefined,
    );
    if (content.length > this.#longest) return { kind: 'too-long', bytes };
    try {
      return {
        kind: 'text',
        text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content),
      };
    } catch {
      return { kind: 'not-utf8' };
    }
  }
}
