/**
 * Tells how things go while a command waits, on standard error. A terminal shows one line that is
 * rewritten and counts down; anywhere else each change is a line of its own.
 */
import { durationWords } from '../words/duration.ts';
import { paint } from './output.ts';
import type { PhaseFacts } from './phase-words.ts';
import { phaseLine, phaseWords } from './phase-words.ts';
import { withoutSecrets } from './secrets.ts';

const TICK_MS = 1_000;
const ERASE_LINE = '\r\u001b[2K';

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #rewrites: boolean;
  #shown: PhaseFacts | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: ProgressStream = process.stderr, now: () => number = Date.now) {
    this.#stream = stream;
    this.#now = now;
    this.#startedAt = now();
    this.#rewrites = stream.isTTY === true && process.env['TERM'] !== 'dumb';
  }

  show(facts: PhaseFacts): void {
    const changed = this.#shown === undefined || phaseWords(this.#shown) !== phaseWords(facts);
    this.#shown = facts;
    if (this.#rewrites) {
      this.#rewrite();
      this.#timer ??= setInterval(() => this.#rewrite(), TICK_MS).unref();
    } else if (changed) this.#stream.write(`${this.#text()}\n`);
  }

  /** Takes the line away, so that what follows stands alone. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#rewrites && this.#shown !== undefined) this.#stream.write(ERASE_LINE);
    this.#shown = undefined;
  }

  #rewrite(): void {
    // A line that wraps cannot be rewritten.
    const text = this.#text().slice(0, (this.#stream.columns || 80) - 1);
    this.#stream.write(`${ERASE_LINE}${paint('dim', text, process.stderr)}`);
  }

  #text(): string {
    if (this.#shown === undefined) return '';
    const now = this.#now();
    const text = `${durationWords(now - this.#startedAt).padStart(6)}  ${phaseLine(this.#shown, now)}`;
    return withoutSecrets(text);
  }
}
