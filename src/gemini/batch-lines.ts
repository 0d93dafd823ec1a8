/**
 * The lines of a stream, whatever pieces it comes in. Memory is bounded: of a line beyond the limit only
 * its beginning is kept, the rest is counted and forgotten.
 */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end, `\n` or `\r\n`, and without a byte order mark. The beginning where it is too long. */
  readonly bytes: Buffer;
  /** How long it was. */
  readonly length: number;
  readonly tooLong: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** Kept of a line that is too long. */
const BEGINNING_BYTES = 1024;

/** Every line, empty ones too; a last one without an end counts unless it is empty. */
export async function* linesOf(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  let number = 0;
  let open = new OpenLine(maxBytes);
  for await (const piece of source) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, from)) {
      open.add(bytes.subarray(from, at));
      from = at + 1;
      number += 1;
      yield open.end(number);
      open = new OpenLine(maxBytes);
    }
    open.add(bytes.subarray(from));
  }
  if (open.length > 0) yield open.end(number + 1);
}

class OpenLine {
  length = 0;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(part: Buffer): void {
    const fitted = this.length <= this.#maxBytes;
    this.length += part.length;
    if (this.length <= this.#maxBytes) this.#parts.push(part);
    else if (fitted) this.#parts = [Buffer.concat([...this.#parts, part]).subarray(0, BEGINNING_BYTES)];
  }

  end(number: number): Line {
    const tooLong = this.length > this.#maxBytes;
    let bytes = tooLong ? Buffer.from(this.#parts[0] ?? []) : Buffer.concat(this.#parts);
    if (number === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) bytes = bytes.subarray(3);
    if (!tooLong && bytes.at(-1) === CARRIAGE_RETURN) bytes = bytes.subarray(0, -1);
    return { number, bytes, length: this.length, tooLong };
  }
}
