/**
 * Pictures by order, drawn once: least recently used ones are dropped beyond a bound in bytes, callers
 * who want the same picture at the same time share one drawing, and few are drawn at once.
 */
import { sha256 } from '../random.ts';
import { drawPicture } from './picture.ts';
import type { Picture, PictureOrder } from './picture.ts';

/** A 4K drawing takes a hundred megabytes while it lasts. */
const DRAWN_AT_ONCE = 3;

export class Gallery {
  readonly #maxBytes: number;
  #bytes = 0;
  #kept = new Map<string, Picture>();
  readonly #drawing = new Map<string, Promise<Picture>>();
  #busy = 0;
  readonly #waiting: (() => void)[] = [];

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
    const drawing = this.#draw(order);
    this.#drawing.set(key, drawing);
    try {
      const picture = await drawing;
      this.#keep(key, picture);
      return picture;
    } finally {
      this.#drawing.delete(key);
    }
  }

  async #draw(order: PictureOrder): Promise<Picture> {
    if (this.#busy >= DRAWN_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy += 1;
    try {
      return await drawPicture(order);
    } finally {
      // The place passes straight to the next in line, so that nobody can slip in between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#busy -= 1;
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
