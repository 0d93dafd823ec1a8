/**
 * Whose turn it is: the generations that wait for a slot of one lane, ordered by urgency, then
 * tenant fairness (the tenant served longest ago goes first), then ticket.
 *
 * A turn is `present` while its caller waits here, and `away` while its generation sleeps on a
 * durable timer. Both count for places and estimates; only a present one can be served, so a slot
 * is never kept for somebody who may not come. An away turn keeps its ticket until it expires.
 * Memory is bounded: beyond `maxAway` a generation that leaves is not remembered.
 */
import type { Demand } from '../contract/exchange.ts';
import type { Ahead } from '../governor/windows.ts';

const TENANTS_REMEMBERED = 10_000;
/** Of one urgency, in an exchange; the rest are told together. */
const TENANTS_TOLD = 8;
/** Of one tenant's ages. */
const POINTS = 4;

export interface Turn {
  readonly generationId: string;
  /** 0 is the most urgent. */
  readonly urgency: number;
  readonly tenant: string;
  /** Epoch milliseconds at which the generation first asked; the lower goes first. */
  readonly ticket: number;
  /** Breaks ties of tickets. */
  readonly seq: number;
  readonly tokens: number;
  readonly images: number;
}

interface Away extends Turn {
  readonly expiresAt: number;
}

interface TenantQueue<T> {
  readonly present: T[];
  away: Away[];
}

interface UrgencyClass<T> {
  readonly tenants: Map<string, TenantQueue<T>>;
  present: number;
  away: number;
}

function isBefore(a: Turn, b: Turn): boolean {
  return a.ticket < b.ticket || (a.ticket === b.ticket && a.seq < b.seq);
}

/** How many of the sorted `turns` come before `turn`. */
function rankIn(turns: readonly Turn[], turn: Turn): number {
  let [low, high] = [0, turns.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(turns[middle] as Turn, turn)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Ages of sorted turns as few points, each with what the turns from there on weigh. */
function pointsOf(
  turns: readonly Turn[],
  now: number,
  weight: (turn: Turn) => number = () => 1,
): readonly Pick<Demand, 'ageMs' | 'n'>[] {
  // The youngest stands for itself: a curve must say where it ends.
  const last = Math.max(0, turns.length - 1);
  const each = Math.max(1, Math.ceil(last / POINTS));
  const points: Pick<Demand, 'ageMs' | 'n'>[] = [];
  for (let from = 0; from < turns.length; from += from === last ? 1 : Math.min(each, last - from)) {
    const oldest = turns[from] as Turn;
    const until = from === last ? turns.length : Math.min(from + each, last);
    const n = turns.slice(from, until).reduce((sum, turn) => sum + weight(turn), 0);
    points.push({ ageMs: Math.max(0, Math.round(now - oldest.ticket)), n });
  }
  return points;
}

export class TurnQueue<T extends Turn> {
  readonly #classes: readonly UrgencyClass<T>[];
  readonly #byGeneration = new Map<string, Away>();
  /** Tenant → number of the serving it got last; insertion order is least recently served first. */
  readonly #served = new Map<string, number>();
  readonly #maxAway: number;
  #servings = 0;
  #tokens = 0;
  #images = 0;

  constructor(urgencies: number, maxAway: number) {
    this.#classes = Array.from({ length: urgencies }, () => ({ tenants: new Map(), present: 0, away: 0 }));
    this.#maxAway = maxAway;
  }

  get present(): number {
    return this.#classes.reduce((sum, { present }) => sum + present, 0);
  }

  get away(): number {
    return this.#byGeneration.size;
  }

  join(turn: T): void {
    const { present } = this.#tenantQueue(turn);
    present.splice(rankIn(present, turn), 0, turn);
    this.#count(turn, 'present', 1);
  }

  /** Whether this turn is present. */
  has(turn: T): boolean {
    const present = this.#class(turn.urgency).tenants.get(turn.tenant)?.present ?? [];
    return present[rankIn(present, turn)] === turn;
  }

  /** Takes a present turn out: served, given up, or on its way to sleep. */
  leave(turn: T): void {
    const present = this.#class(turn.urgency).tenants.get(turn.tenant)?.present ?? [];
    const index = rankIn(present, turn);
    if (present[index] !== turn) return;
    present.splice(index, 1);
    this.#count(turn, 'present', -1);
    this.#dropIfEmpty(turn);
  }

  /** Keeps the place of a generation that sleeps; false when there is no room to remember it. */
  remember(turn: Turn, expiresAt: number): boolean {
    this.recall(turn.generationId);
    if (this.#byGeneration.size >= this.#maxAway) return false;
    const { generationId, urgency, tenant, ticket, seq, tokens, images } = turn;
    const away: Away = { generationId, urgency, tenant, ticket, seq, tokens, images, expiresAt };
    const queue = this.#tenantQueue(away);
    queue.away.splice(rankIn(queue.away, away), 0, away);
    this.#byGeneration.set(generationId, away);
    this.#count(away, 'away', 1);
    return true;
  }

  remembered(generationId: string): Turn | undefined {
    return this.#byGeneration.get(generationId);
  }

  /** Forgets and returns the remembered turn of a generation that is back, or cancelled. */
  recall(generationId: string): Turn | undefined {
    const away = this.#byGeneration.get(generationId);
    if (away === undefined) return undefined;
    this.#byGeneration.delete(generationId);
    const queue = this.#tenantQueue(away);
    queue.away.splice(rankIn(queue.away, away), 1);
    this.#count(away, 'away', -1);
    this.#dropIfEmpty(away);
    return away;
  }

  /** Forgets the sleepers that should have been back by now. */
  expire(now: number): void {
    for (const [generationId, away] of this.#byGeneration) {
      if (away.expiresAt > now) continue;
      this.#byGeneration.delete(generationId);
      this.#count(away, 'away', -1);
    }
    for (const { tenants } of this.#classes) {
      for (const [tenant, queue] of tenants) {
        queue.away = queue.away.filter(({ expiresAt }) => expiresAt > now);
        if (queue.present.length + queue.away.length === 0) tenants.delete(tenant);
      }
    }
  }

  /** The present turn to serve next. */
  next(): T | undefined {
    const waiting = this.#classes.find(({ present }) => present > 0);
    let best: T | undefined;
    for (const { present } of waiting?.tenants.values() ?? []) {
      const first = present[0];
      if (first !== undefined && (best === undefined || this.#isServedBefore(first, best))) best = first;
    }
    return best;
  }

  /** A copy: they may leave while it is walked. */
  everyPresent(): readonly T[] {
    return this.#classes.flatMap(({ tenants }) => [...tenants.values()].flatMap(({ present }) => present));
  }

  served(tenant: string): void {
    this.#served.delete(tenant);
    this.#served.set(tenant, ++this.#servings);
    if (this.#served.size > TENANTS_REMEMBERED) {
      const [oldest] = this.#served.keys();
      if (oldest !== undefined) this.#served.delete(oldest);
    }
  }

  /** How many turns go before this one, itself not counted; only present ones when asked so. */
  ahead(turn: Turn, who: 'all' | 'present' = 'all'): number {
    if (who === 'present' && this.present === 0) return 0;
    const size = (queue: TenantQueue<T>): number =>
      queue.present.length + (who === 'all' ? queue.away.length : 0);
    let ahead = 0;
    for (const { present, away } of this.#classes.slice(0, turn.urgency)) {
      ahead += present + (who === 'all' ? away : 0);
    }
    const tenants = this.#classes[turn.urgency]?.tenants ?? new Map<string, TenantQueue<T>>();
    const mine = tenants.get(turn.tenant);
    const ownAhead =
      mine === undefined ? 0 : rankIn(mine.present, turn) + (who === 'all' ? rankIn(mine.away, turn) : 0);
    const ownFirst = ownAhead === 0 ? turn : (mine?.present[0] ?? turn);
    for (const [tenant, queue] of tenants) {
      if (tenant === turn.tenant) continue;
      // Between two turns of ours every other tenant gets one; whether it also gets one before our
      // first depends on who was served longer ago.
      const length = size(queue);
      if (length <= ownAhead) {
        ahead += length;
        continue;
      }
      const first = queue.present[0] ?? (who === 'all' ? queue.away[0] : undefined);
      const isBeforeUs = first !== undefined && this.#isServedBefore(first, ownFirst);
      ahead += isBeforeUs ? ownAhead + 1 : ownAhead;
    }
    return ahead + ownAhead;
  }

  /** Who sleeps at `wakeAt` still, by urgency and age, oldest first: whose they are matters to nobody else. */
  asleep(now: number, wakeAt: number): readonly Demand[] {
    return this.#classes.flatMap(({ tenants }, urgency) => {
      const turns = [...tenants.values()].flatMap(({ away }) =>
        away.filter(({ expiresAt }) => expiresAt > wakeAt),
      );
      const byAge = tenants.size > 1 ? turns.sort((a, b) => a.ticket - b.ticket) : turns;
      return pointsOf(byAge, now).map((point) => ({ urgency, tenant: '', ...point }));
    });
  }

  /**
   * Who is here for how long, for the governor: by urgency, tenant and age, oldest first. Tenants beyond
   * `TENANTS_TOLD` and ages beyond a few points are folded.
   * @param weight What one turn counts for. @default 1
   */
  ready(now: number, weight: (turn: Turn) => number = () => 1): readonly Demand[] {
    return this.#classes.flatMap(({ tenants }, urgency) => {
      const own = [...tenants].map(([tenant, { present }]) => ({
        tenant,
        turns: present,
      }));
      const told = own.toSorted((a, b) => b.turns.length - a.turns.length).slice(0, TENANTS_TOLD);
      const rest = own.filter((each) => !told.includes(each)).flatMap(({ turns }) => turns);
      const all =
        rest.length === 0
          ? told
          : [...told, { tenant: '', turns: rest.toSorted((a, b) => a.ticket - b.ticket) }];
      return all.flatMap(({ tenant, turns }) =>
        pointsOf(turns, now, weight).map((point) => ({ urgency, tenant, ...point })),
      );
    });
  }

  /** Means of one call, over all that wait here. */
  get size(): { readonly tokens: number; readonly images: number } {
    const all = Math.max(1, this.present + this.away);
    return { tokens: this.#tokens / all, images: this.#images / all };
  }

  /** What `requests` turns of this queue take, by the mean of all that wait. */
  cost(requests: number): Ahead {
    const all = Math.max(1, this.present + this.away);
    return { requests, tokens: (this.#tokens / all) * requests, images: (this.#images / all) * requests };
  }

  /** Takes over the sleepers of a lane that turned out to be this one. */
  adopt(other: TurnQueue<T>): void {
    for (const away of other.#byGeneration.values()) this.remember(away, away.expiresAt);
    for (const { tenants } of other.#classes) {
      for (const { present } of tenants.values()) for (const turn of present) this.join(turn);
    }
  }

  #isServedBefore(a: Turn, b: Turn): boolean {
    const [servedA, servedB] = [this.#served.get(a.tenant) ?? 0, this.#served.get(b.tenant) ?? 0];
    return servedA === servedB ? isBefore(a, b) : servedA < servedB;
  }

  #class(urgency: number): UrgencyClass<T> {
    return this.#classes[urgency] as UrgencyClass<T>;
  }

  #tenantQueue(turn: Turn): TenantQueue<T> {
    const { tenants } = this.#class(turn.urgency);
    const existing = tenants.get(turn.tenant);
    if (existing !== undefined) return existing;
    const created: TenantQueue<T> = { present: [], away: [] };
    tenants.set(turn.tenant, created);
    return created;
  }

  #count(turn: Turn, kind: 'present' | 'away', by: 1 | -1): void {
    this.#class(turn.urgency)[kind] += by;
    this.#tokens += by * turn.tokens;
    this.#images += by * turn.images;
  }

  #dropIfEmpty(turn: Turn): void {
    const { tenants } = this.#class(turn.urgency);
    const queue = tenants.get(turn.tenant);
    if (queue !== undefined && queue.present.length + queue.away.length === 0) tenants.delete(turn.tenant);
  }
}
