/**
 * An answer that may be slow, remembered: whoever asks waits for a new one a moment only, and else sees the one
 * before, with its age. One question is under way at a time.
 */
export interface Remembered<T> {
  /** Absent before the first answer. */
  readonly value?: T;
  /** Epoch milliseconds at which it was asked for. */
  readonly at?: number;
  /** Why the last question got no answer. */
  readonly failure?: string;
}

/** Between two questions, however many people look. */
const FRESH_MS = 3_000;

export class Memory<T> {
  private readonly ask: () => Promise<T>;
  private readonly now: () => number;
  private known: Remembered<T> = {};
  private askedAt = -Infinity;
  private running: Promise<void> | undefined;

  constructor(ask: () => Promise<T>, now: () => number = Date.now) {
    this.ask = ask;
    this.now = now;
  }

  /** Never rejects. */
  async look(waitMs: number): Promise<Remembered<T>> {
    if (this.running === undefined && this.now() - this.askedAt >= FRESH_MS) this.begin();
    if (this.running !== undefined) {
      let timer: NodeJS.Timeout | undefined;
      const over = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, waitMs);
      });
      await Promise.race([this.running, over]);
      clearTimeout(timer);
    }
    return this.known;
  }

  private begin(): void {
    const at = this.now();
    this.askedAt = at;
    this.running = this.ask()
      .then((value) => {
        this.known = { value, at };
      })
      .catch((error: unknown) => {
        this.known = { ...this.known, failure: error instanceof Error ? error.message : String(error) };
      })
      .finally(() => {
        this.running = undefined;
      });
  }
}
