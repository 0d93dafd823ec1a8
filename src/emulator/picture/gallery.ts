/**
 * Pictures by order, drawn once: least recently used ones are dropped beyond a bound in bytes, and
 * callers who want the same picture at the same time share one drawing.
 */
import { sha256 } from '../random.ts';
import { drawPicture } from './picture.ts';
import type { Picture, PictureOrder } from './picture.ts';

export class Gallery {
  readonly #maxBytes: number;
  #bytes = 0;
  #kept = new Map<string, Picture>();
  readonly #drawing = new Map<string, Promise<Picture>>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async picture(order: PictureOrder): Promise<Picture> {
    const key = keyOf(order);
    const kept = this.#kept.get(key);
    if (kept) {
      // Moved to the end: a Map remembers in which order keys were set.
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const running = this.#drawing.get(key);
    if (running) return running;
    const drawing = drawPicture(order);
    this.#drawing.set(key, drawing);
    try {
      const picture = await drawing;
      this.#keep(key, picture);
      return picture;
    } finally {
      this.#drawing.delete(key);
    }
  }

  #keep(key: string, picture: Picture): void {
    this.#kept.set(key, picture);
    this.#bytes += picture.bytes.length;
    for (const [oldest, dropped] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#kept.delete(oldest);
      this.#bytes -= dropped.bytes.length;
    }
  }
}

function keyOf(order: PictureOrder): string {
  const { inputs, ...rest } = order;
  return JSON.stringify({ ...rest, inputs: inputs.map(sha256) });
}
