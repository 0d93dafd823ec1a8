/** `invalid.jsonl`: the lines of this run that could not be used, each with its number and why; the first are said too. */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { withoutSecrets } from '../secrets.ts';
import { oneLine } from '../../words/one-line.ts';
import type { BadLine } from './prompt-line.ts';

const MOST_SAID = 20;

export class BadLines {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #say: (text: string) => void;
  count = 0;

  private constructor(path: string, handle: FileHandle, say: (text: string) => void) {
    this.path = path;
    this.#handle = handle;
    this.#say = say;
  }

  /** Begins it anew: what was corrected since is not wrong any more. */
  static async open(path: string, say: (text: string) => void): Promise<BadLines> {
    return new BadLines(path, await open(path, 'w'), say);
  }

  async add({ n, key, why }: BadLine): Promise<void> {
    this.count += 1;
    await this.#handle.appendFile(`${withoutSecrets(JSON.stringify({ line: n, id: key, why }))}\n`);
    const name = key === undefined || key === String(n) ? '' : ` (${oneLine(key).slice(0, 60)})`;
    if (this.count <= MOST_SAID) this.#say(`line ${n}${name}: ${oneLine(why)}`);
    else if (this.count === MOST_SAID + 1) this.#say(`further ones are told in ${this.path} alone`);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
