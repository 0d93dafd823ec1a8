/**
 * `results.jsonl`: a line for each generation that ended, written whole by one append. Read again at the next
 * run, it says what is not asked any more; a last line that was cut by a kill is taken away first. A dead letter
 * that was revived ends once more: of two lines with one key the later one counts.
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
  /** Of a dead letter: how often it had been revived before. */
  readonly revivals?: number;
  readonly model?: string;
  readonly attempts: number;
  readonly cost: Cost;
  readonly endedAt: string;
}

interface DeadLine {
  /** Of the generation. */
  readonly id: string;
  readonly revivals: number;
  readonly branch: string;
  readonly at: number;
}

const LINE_FEED = '\n';
const TAIL_BYTES = 65_536;

export class ResultsFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #digests = new Map<string, string>();
  readonly #dead = new Map<string, DeadLine>();
  /** Lines that a later one stands for, by their place among the lines. */
  readonly #past = new Set<number>();
  #count = 0;
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
    for await (const line of file.#all()) file.#note(line);
    return file;
  }

  digestOf(key: string): string | undefined {
    return this.#digests.get(key);
  }

  /** Those whose newest line is that of a dead letter, by key. */
  get dead(): ReadonlyMap<string, Pick<DeadLine, 'id' | 'revivals'>> {
    return this.#dead;
  }

  /** The most frequent first. */
  get branches(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#branches].toSorted(([, a], [, b]) => b - a));
  }

  async append(line: ResultLine): Promise<void> {
    // By one write to the end, so that another reader sees all of it or nothing.
    await this.#handle.appendFile(`${withoutSecrets(JSON.stringify(line))}${LINE_FEED}`);
    this.#note(line);
  }

  /** The newest of each key, in the order in which they ended. */
  async *lines(): AsyncGenerator<ResultLine, void, undefined> {
    let at = 0;
    for await (const line of this.#all()) {
      if (!this.#past.has(at)) yield line;
      at += 1;
    }
  }

  /** A line that is none of ours is left out. */
  async *#all(): AsyncGenerator<ResultLine, void, undefined> {
    for await (const line of readLines(createReadStream(this.path))) {
      const result = line.kind === 'text' ? parsed(line.text) : undefined;
      if (result !== undefined) yield result;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #note({ key, id, digest, outcome, cost, verdict, revivals = 0 }: ResultLine): void {
    const before = this.#dead.get(key);
    if (before !== undefined) {
      this.#past.add(before.at);
      this.#dead.delete(key);
      this.failed -= 1;
      this.#add(before.branch, -1);
    }
    this.#digests.set(key, digest);
    const { branch = 'unknown' } = verdict ?? {};
    if (outcome === 'delivered') this.delivered += 1;
    else {
      this.failed += 1;
      this.#dead.set(key, { id, revivals, branch, at: this.#count });
      this.#add(branch, 1);
    }
    this.#count += 1;
    const { sureUsd, possibleUsd } = this.cost;
    this.cost = { sureUsd: sureUsd + cost.sureUsd, possibleUsd: possibleUsd + cost.possibleUsd };
  }

  #add(branch: string, n: number): void {
    const count = (this.#branches.get(branch) ?? 0) + n;
    if (count === 0) this.#branches.delete(branch);
    else this.#branches.set(branch, count);
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
