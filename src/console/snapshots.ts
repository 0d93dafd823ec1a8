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
/** So long a load is waited for, where something is known: the load goes on, and the next look shows it. */
const PATIENCE_MS = 1_000;
/** Where a part does not answer, loads are slow; a reload shows what is no older than this meanwhile. */
const RECENT_MS = 15_000;
/** Of a whole page; its parts have shorter deadlines of their own. */
const LONGEST_LOAD_MS = 20_000;

interface Kept extends Snapshot {
  /** How many decisions had been taken when it was loaded. */
  readonly epoch: number;
}

interface Loading {
  readonly epoch: number;
  readonly promise: Promise<Seen>;
}

export class Snapshots {
  private readonly kept = new Map<string, Kept>();
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
    const loading = this.loaded(key, load);
    const known = this.known(kept);
    return known === undefined ? await loading : await soonOr(loading, known);
  }

  /** What is shown rather than waited for: nobody waits for a deadline to see what is known. */
  private known(kept: Kept | undefined): Seen | undefined {
    const { down } = this;
    if (down !== undefined) return kept === undefined ? { down } : { snapshot: kept, down };
    const isRecent = kept?.epoch === this.epoch && this.now() - kept.at < RECENT_MS;
    return isRecent ? { snapshot: kept } : undefined;
  }

  private async loaded(key: string, load: () => Promise<unknown>): Promise<Seen> {
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

  private keep(key: string, snapshot: Kept): void {
    // A slow load may end after one that began later.
    if ((this.kept.get(key)?.epoch ?? 0) > snapshot.epoch) return;
    this.kept.delete(key);
    this.kept.set(key, snapshot);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }
}

async function soonOr(loading: Promise<Seen>, known: Seen): Promise<Seen> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<Seen>((resolve) => {
    timer = setTimeout(() => {
      resolve(known);
    }, PATIENCE_MS);
  });
  // Where nobody waits for it any more, what it says is told by the next look.
  loading.catch(() => undefined);
  try {
    return await Promise.race([loading, over]);
  } finally {
    clearTimeout(timer);
  }
}
