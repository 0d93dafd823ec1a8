/**
 * Decisions that take longer than a page may: a resumed hold is seen through its proof, and thousands are
 * woken at the pace of their quota. The answer goes out once the decision is taken; what comes of it is
 * told on every page until it is old. Lost with this process, and harmless then: who was not woken looks
 * again by itself.
 */
export interface Job {
  readonly id: number;
  /** `resume h-3, by ann` */
  readonly what: string;
  /** What it does now, or what came of it. */
  readonly state: string;
  readonly phase: 'running' | 'done' | 'failed';
  /** Epoch milliseconds at which it began, or ended. */
  readonly at: number;
}

/** Ended ones are told for so long. */
const TOLD_MS = 10 * 60_000;
const MOST = 20;

export class Background {
  private jobs: readonly Job[] = [];
  private next = 1;
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** The newest first. */
  get told(): readonly Job[] {
    const since = this.now() - TOLD_MS;
    return this.jobs.filter(({ phase, at }) => phase === 'running' || at > since);
  }

  /**
   * Runs `work`, and resolves with what it said first (`tell`) or came to, whichever is sooner. Rejects only
   * where it failed before it had said anything: the decision was not taken then.
   */
  async run(what: string, work: (tell: (state: string) => void) => Promise<string>): Promise<string> {
    const id = this.next;
    this.next += 1;
    return await new Promise<string>((resolve, reject) => {
      let isTaken = false;
      const tell = (state: string): void => {
        isTaken = true;
        this.put({ id, what, state, phase: 'running', at: this.now() });
        resolve(state);
      };
      work(tell).then(
        (state) => {
          if (isTaken) this.put({ id, what, state, phase: 'done', at: this.now() });
          resolve(state);
        },
        (error: unknown) => {
          const reason = error instanceof Error ? error : new Error(String(error));
          if (isTaken) this.put({ id, what, state: reason.message, phase: 'failed', at: this.now() });
          reject(reason);
        },
      );
    });
  }

  private put(job: Job): void {
    this.jobs = [job, ...this.jobs.filter(({ id }) => id !== job.id)].slice(0, MOST);
  }
}
