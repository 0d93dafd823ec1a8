/**
 * `results.jsonl`: a line for each generation that ended, written whole by one append. Read again at the next
 * run, it says what is not asked any more; a last line that was cut by a kill is taken away first.
 */
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { Cost } from '../../domain/attempt.ts';
import type { ToldVerdict } from '../html/no-picture.ts';
import { withoutSecrets } from '../secrets.ts';
import { readLines } from './read-lines.ts';

export interface ResultImage {
  /** Relative to the directory of the results. */
  readonly file: string;
  readonly preview?: string;
  readonly sha256: string;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}

export interface ResultLine {
  readonly key: string;
  /** Number of the line in the prompts file. */
  readonly line: number;
  /** Of the generation. */
  readonly id: string;
  readonly digest: string;
  readonly outcome: 'delivered' | 'failed';
  /** Its beginning; absent where it is hidden. */
  readonly prompt?: string;
  readonly images: readonly ResultImage[];
  readonly verdict?: ToldVerdict;
  readonly model?: string;
  readonly attempts: number;
  readonly cost: Cost;
  readonly endedAt: string;
}

const LINE_FEED = '\n';
const TAIL_BYTES = 65_536;

export class ResultsFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #digests = new Map<string, string>();
  readonly #branches = new Map<string, number>();
  delivered = 0;
  failed = 0;
  cost: Cost = { sureUsd: 0, possibleUsd: 0 };

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async open(path: string): Promise<ResultsFile> {
    const handle = await open(path, 'a+');
    await cutTornLine(handle);
    const file = new ResultsFile(path, handle);
    for await (const line of file.lines()) file.#count(line);
    return file;
  }

  digestOf(key: string): string | undefined {
    return this.#digests.get(key);
  }

  /** The most frequent first. */
  get branches(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#branches].toSorted(([, a], [, b]) => b - a));
  }

  async append(line: ResultLine): Promise<void> {
    // By one write to the end, so that another reader sees all of it or nothing.
    await this.#handle.appendFile(`${withoutSecrets(JSON.stringify(line))}${LINE_FEED}`);
    this.#count(line);
  }

  /** In the order in which they ended. A line that is none of ours is left out. */
  async *lines(): AsyncGenerator<ResultLine, void, undefined> {
    for await (const line of readLines(createReadStream(this.path))) {
      const result = line.kind === 'text' ? parsed(line.text) : undefined;
      if (result !== undefined) yield result;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #count({ key, digest, outcome, cost, verdict }: ResultLine): void {
    this.#digests.set(key, digest);
    if (outcome === 'delivered') this.delivered += 1;
    else this.failed += 1;
    if (verdict !== undefined)
      this.#branches.set(verdict.branch, (this.#branches.get(verdict.branch) ?? 0) + 1);
    const { sureUsd, possibleUsd } = this.cost;
    this.cost = { sureUsd: sureUsd + cost.sureUsd, possibleUsd: possibleUsd + cost.possibleUsd };
  }
}

function parsed(text: string): ResultLine | undefined {
  try {
    const value = JSON.parse(text) as Partial<ResultLine> | null;
    return typeof value?.key === 'string' && typeof value.digest === 'string' && value.cost !== undefined
      ? (value as ResultLine)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Looks back from the end for the last line end, a piece at a time. */
async function cutTornLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  let end = size;
  while (end > 0) {
    const from = Math.max(0, end - TAIL_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(end - from), 0, end - from, from);
    const at = buffer.lastIndexOf(LINE_FEED);
    end = at < 0 ? from : from + at + 1;
    if (at >= 0) break;
  }
  if (end < size) await handle.truncate(end);
}
