/** The good lines of the prompts file, as a stream; bad ones are told by their number, and the file goes on. */
import type { Catalogue } from '../../domain/catalogue.ts';
import type { BadLine, PromptLine } from './prompt-line.ts';
import { parseLine } from './prompt-line.ts';
import { readLines } from './read-lines.ts';

export interface PromptSourceOptions {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly defaults: object;
  /** @default this release's */
  readonly catalogue?: Catalogue;
  readonly onBad: (bad: BadLine) => Promise<void> | void;
  /** Digest of the request that an id had when it ended; undefined where it has not. */
  readonly endedDigest: (key: string) => string | undefined;
}

export class PromptSource implements AsyncIterable<PromptLine> {
  readonly #options: PromptSourceOptions;
  /** Ids and the lines that have them: the one thing that grows with the file. */
  readonly #seen = new Map<string, number>();
  /** Bytes read, by lines that were taken. */
  bytes = 0;
  /** Good lines taken. */
  taken = 0;
  isExhausted = false;

  constructor(options: PromptSourceOptions) {
    this.#options = options;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PromptLine, void, undefined> {
    const { chunks, defaults, catalogue, onBad, endedDigest } = this.#options;
    for await (const line of readLines(chunks)) {
      this.bytes = line.end;
      const parsed = parseLine(line, defaults, catalogue);
      if (parsed.kind === 'empty') continue;
      if (parsed.kind === 'bad') {
        await onBad(parsed.bad);
        continue;
      }
      const { n, key, digest } = parsed.prompt;
      const before = this.#seen.get(key);
      const ended = endedDigest(key);
      if (before !== undefined)
        await onBad({ n, key, why: `has the id of line ${before}: give it another one` });
      else if (ended !== undefined && ended !== digest)
        await onBad({ n, key, why: 'has the id of another request that has ended: give it another id' });
      else {
        this.#seen.set(key, n);
        this.taken += 1;
        yield parsed.prompt;
      }
    }
    this.isExhausted = true;
  }
}
