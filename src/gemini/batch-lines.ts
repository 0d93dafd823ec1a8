/**
 * The lines of a stream, whatever pieces it comes in. Memory is bounded: of a line beyond the limit only
 * its beginning is kept.
 */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end, `\n` or `\r\n`, and without a byte order mark. The beginning where it is too long. */
  readonly bytes: Buffer;
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
  /** Of a line that is too long. */
  #beginning: Buffer | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(part: Buffer): void {
    this.length += part.length;
    if (this.length <= this.#maxBytes) {
      this.#parts.push(part);
    } else if (this.#beginning === undefined || this.#beginning.length < BEGINNING_BYTES) {
      const kept = this.#beginning ?? Buffer.concat(this.#parts);
      // Copied: a part of a large buffer would keep the whole of it.
      this.#beginning = Buffer.from(Buffer.concat([kept, part]).subarray(0, BEGINNING_BYTES));
      this.#parts = [];
    }
  }

  end(number: number): Line {
    const tooLong = this.#beginning !== undefined;
    let bytes = this.#beginning ?? Buffer.concat(this.#parts);
    if (number === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) bytes = bytes.subarray(3);
    if (!tooLong && bytes.at(-1) === CARRIAGE_RETURN) bytes = bytes.subarray(0, -1);
    return { number, bytes, tooLong };
  }
}
