/**
 * What pages were loaded with: shared by everyone who looks at the same address, and kept for when Temporal
 * is away. However many people look, an address is loaded once at a time.
 */
import { bounded } from './part.ts';
import { isAway } from './told.ts';

export interface Snapshot {
  readonly data: unknown;
  /** Epoch milliseconds at which its loading began. */
  readonly at: number;
}

/** Temporal does not answer. */
export interface Down {
  /** Epoch milliseconds of the first call that got no answer. */
  readonly since: number;
  readonly why: string;
}

export type Seen =
  | { readonly snapshot: Snapshot; readonly down?: Down }
  | { readonly snapshot?: undefined; readonly down: Down };

/** Addresses that are kept: those that somebody looked at last. */
const MOST_KEPT = 100;
/** Who comes within this time sees what the one before saw. */
const FRESH_MS = 1_000;
/** Of a whole page; its parts have shorter deadlines of their own. */
const LONGEST_LOAD_MS = 20_000;

interface Loading {
  readonly epoch: number;
  readonly promise: Promise<Seen>;
}

export class Snapshots {
  private readonly kept = new Map<string, Snapshot & { readonly epoch: number }>();
  private readonly loading = new Map<string, Loading>();
  private readonly now: () => number;
  private epoch = 0;
  private down: Down | undefined;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** Somebody decided: nothing that was loaded before is fresh any more. */
  expire(): void {
    this.epoch += 1;
  }

  /** Throws what `load` throws, unless Temporal itself is away. */
  async look(key: string, load: () => Promise<unknown>): Promise<Seen> {
    const kept = this.kept.get(key);
    if (kept !== undefined && kept.epoch === this.epoch && this.now() - kept.at < FRESH_MS) {
      return this.seen(kept);
    }
    const under = this.loading.get(key);
    // One that began before a decision would show what the decision has changed.
    if (under !== undefined && under.epoch === this.epoch) return await under.promise;
    const promise = this.load(key, load);
    const mine: Loading = { epoch: this.epoch, promise };
    this.loading.set(key, mine);
    try {
      return await promise;
    } finally {
      if (this.loading.get(key) === mine) this.loading.delete(key);
    }
  }

  private async load(key: string, load: () => Promise<unknown>): Promise<Seen> {
    const { epoch } = this;
    const at = this.now();
    try {
      const data = await bounded('the page', load(), LONGEST_LOAD_MS);
      this.down = undefined;
      const snapshot = { data, at, epoch };
      this.keep(key, snapshot);
      return { snapshot };
    } catch (error) {
      if (!isAway(error)) {
        this.kept.delete(key);
        throw error;
      }
      this.down ??= { since: at, why: (error as Error).message };
      const kept = this.kept.get(key);
      return kept === undefined ? { down: this.down } : { snapshot: kept, down: this.down };
    }
  }

  private seen(snapshot: Snapshot): Seen {
    return this.down === undefined ? { snapshot } : { snapshot, down: this.down };
  }

  private keep(key: string, snapshot: Snapshot & { readonly epoch: number }): void {
    // A slow load may end after one that began later.
    if ((this.kept.get(key)?.epoch ?? 0) > snapshot.epoch) return;
    this.kept.delete(key);
    this.kept.set(key, snapshot);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }
}
