/** Pictures that answers only link to: kept for a while, fetched without a key. */
import type { Picture } from '../picture/picture.ts';

const KEPT = 64;

export class Results {
  #kept = new Map<string, Picture>();

  keep(name: string, picture: Picture): void {
    this.#kept.set(name, picture);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }

  find(name: string): Picture | undefined {
    return this.#kept.get(name);
  }

  reset(): void {
    this.#kept = new Map();
  }
}
