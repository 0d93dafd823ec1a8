/**
 * The quota broker of one process without a governor (`quota: 'local'`).
 *
 * One lane per account + resolved model. A request gets a slot at once, waits up to `maxWaitMs` in
 * the lane's queue, or is told how long to sleep; its ticket is remembered, so that it comes back
 * to its old place. A generation that also says how long it has waited keeps its place even if it
 * comes back to another process.
 *
 * - I6: a granted slot counts in its windows from the grant on, until it leaves them or is
 *   reported unused. Silence is not a return: it may be a call that takes minutes.
 * - Nothing is stored. After a restart the windows start empty and the day's count at 0: the even
 *   spacing of known limits bounds what that can cost in the first minute, and the first per-day
 *   429 marks the day as used up.
 * - Timers exist only while a caller waits; an idle broker keeps no process alive.
 */
import type { Route } from '../domain/path.ts';
import type { Degraded, Grant as OperatorGrant } from '../contract/standing.ts';
import type { LimitView, Outlook, QuotaBroker, QuotaWait, Slot, SlotRequest, SlotUse } from './broker.ts';
import { URGENCIES } from './broker.ts';
import type { BrokerSettings, LocalQuotaBrokerOptions } from './broker-options.ts';
import { brokerSettings } from './broker-options.ts';
import { describeWait } from './describe.ts';
import type { Grant, Lane } from './lane.ts';
import type { QueuedLane } from './lanes.ts';
import { Lanes } from './lanes.ts';
import type { ModelLimits } from '../governor/limits.ts';
import type { Dimension } from '../governor/limits.ts';
import { DIMENSIONS, checkLimits } from '../governor/limits.ts';
import type { Turn } from './turn-queue.ts';
import { WINDOWED } from '../governor/windows.ts';

const DEFAULT_MAX_WAIT_MS = 3_000;
/** Sleepers are called back this much before their turn, so that they are here when it comes. */
const CALL_BACK_MS = DEFAULT_MAX_WAIT_MS / 2;
/** A durable timer may fire late; a sleeper keeps its place at least this long after its turn. */
const LATENESS_MS = 60_000;
const MAX_OPEN_SLOTS = 100_000;
const GO: Outlook = { kind: 'go' };
const NOBODY = { requests: 0, tokens: 0, images: 0 };

interface Waiter extends Turn {
  /** When it joined the queue this time. */
  readonly since: number;
  readonly request: SlotRequest;
  readonly settle: (answer: Slot | QuotaWait) => void;
}

interface Estimate {
  readonly answer: QuotaWait;
  /** Milliseconds to the turn itself; the answer's `ms` calls back a little earlier. */
  readonly turnInMs: number;
}

let brokers = 0;

function atLeast0(value: number): number {
  return value > 0 && Number.isFinite(value) ? value : 0;
}

export class LocalQuotaBroker implements QuotaBroker {
  readonly #settings: BrokerSettings;
  readonly #lanes: Lanes<Waiter>;
  readonly #open = new Map<string, Grant>();
  readonly #name = `b${++brokers}`;
  #sequence = 0;
  #wall = -Infinity;
  #setBackMs = 0;

  constructor(options: LocalQuotaBrokerOptions = {}) {
    this.#settings = brokerSettings(options);
    this.#lanes = new Lanes(this.#settings);
  }

  /** `go` also when the turn comes within the time that `acquire` waits by default. */
  outlook(request: SlotRequest): Outlook {
    const entry = this.#lanes.find(request.route);
    if (entry === undefined) return GO;
    const { lane, queue } = entry;
    const now = this.#now();
    const turn = this.#turn(request, queue.remembered(request.generationId), now);
    if (queue.ahead(turn, 'present') === 0 && lane.earliest(turn, NOBODY, now).at <= now) return GO;
    const { answer, turnInMs } = this.#estimate(entry, request.route, turn, now);
    return turnInMs <= DEFAULT_MAX_WAIT_MS ? GO : answer;
  }

  /** Rejects only with the signal's reason. A wait that will be longer is answered at once. */
  acquire(
    request: SlotRequest,
    options: { readonly maxWaitMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Slot | QuotaWait> {
    const { signal } = options;
    const maxWaitMs = atLeast0(options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS);
    const now = this.#now();
    const entry = this.#lanes.of(request.route, now);
    this.#expire(entry, now);
    const remembered = entry.queue.recall(request.generationId);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);

    return new Promise((resolve, reject) => {
      const { clock } = this.#settings;
      const release = (): void => {
        clock.clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        release();
        const current = this.#lanes.of(request.route, this.#now());
        current.queue.leave(waiter);
        reject(signal?.reason as Error);
        this.#serve(current);
      };
      const settle = (answer: Slot | QuotaWait): void => {
        release();
        resolve(answer);
      };
      const waiter: Waiter = { ...this.#turn(request, remembered, now), since: now, request, settle };
      const timer = clock.setTimeout(() => this.#giveUp(waiter), maxWaitMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      entry.queue.join(waiter);
      this.#serve(entry);
      if (!entry.queue.has(waiter)) return;
      const { turnInMs } = this.#estimate(entry, request.route, waiter, now);
      if (turnInMs > maxWaitMs) this.#giveUp(waiter);
    });
  }

  report(slot: Slot, use: SlotUse): void {
    const grant = this.#open.get(slot.id);
    if (grant === undefined) return;
    this.#open.delete(slot.id);
    const now = this.#now();
    const own =
      use.kind === 'limited'
        ? { ...use, violations: this.#lanes.sortOut(slot.route, use.violations, now) }
        : use;
    const entry = this.#lanes.of(slot.route, now);
    entry.lane.settle(grant, own, now);
    this.#serve(entry);
  }

  witness(): void {
    // Nothing here reads costs or evidence yet.
  }

  degraded(): Degraded | undefined {
    return undefined;
  }

  takeGrant(): Promise<OperatorGrant | undefined> {
    return Promise.resolve(undefined);
  }

  limits(): readonly LimitView[] {
    const now = this.#now();
    return this.#lanes.all().flatMap(({ lane }) =>
      DIMENSIONS.flatMap((dimension) => {
        const known = lane.limit(dimension);
        if (known === undefined) return [];
        const { limit, source, since } = known;
        const used = lane.used(dimension, now);
        return [{ model: lane.countedAs, dimension, limit, used, source, ageMs: now - since }];
      }),
    );
  }

  /** Limits that the provider publishes for a route, as opposed to learned ones. */
  setLive(route: Route, limits: ModelLimits): void {
    checkLimits(route.model, limits);
    const now = this.#now();
    const entry = this.#lanes.of(route, now);
    for (const dimension of DIMENSIONS) {
      const limit = limits[dimension];
      if (limit !== undefined) entry.lane.setLive(dimension, limit, now);
    }
    this.#serve(entry);
  }

  msToDailyReset(): number {
    return this.#settings.dayReset(this.#settings.clock.now());
  }

  /** Counts for diagnostics: who waits here, whose place is remembered, which slots are in use. */
  stats(): { readonly waiting: number; readonly remembered: number; readonly open: number } {
    const queues = this.#lanes.all().map(({ queue }) => queue);
    return {
      waiting: queues.reduce((sum, { present }) => sum + present, 0),
      remembered: queues.reduce((sum, { away }) => sum + away, 0),
      open: this.#open.size,
    };
  }

  /** Epoch milliseconds that never go back: while a clock that was set back catches up, windows still move. */
  #now(): number {
    const wall = this.#settings.clock.now();
    if (wall < this.#wall) this.#setBackMs += this.#wall - wall;
    this.#wall = wall;
    return wall + this.#setBackMs;
  }

  #turn(request: SlotRequest, remembered: Turn | undefined, now: number): Turn {
    const ticket = now - atLeast0(request.waitedMs ?? 0);
    return {
      generationId: request.generationId,
      urgency: Math.max(0, URGENCIES.indexOf(request.urgency)),
      tenant: request.tenant ?? '',
      ticket: Math.min(ticket, remembered?.ticket ?? Infinity),
      seq: remembered?.seq ?? ++this.#sequence,
      tokens: atLeast0(request.tokens),
      images: atLeast0(request.images),
    };
  }

  /** Hands out every slot that is due, in turn; then sets one timer for the next. */
  #serve(entry: QueuedLane<Waiter>): void {
    const { lane, queue } = entry;
    const { clock } = this.#settings;
    clock.clearTimeout(entry.timer);
    entry.timer = undefined;
    for (let turn = queue.next(); turn !== undefined; turn = queue.next()) {
      const now = this.#now();
      const { at } = lane.earliest(turn, NOBODY, now);
      if (at > now) {
        const ms = Math.min(Math.max(1, Math.ceil(at - now)), DEFAULT_MAX_WAIT_MS);
        entry.timer = clock.setTimeout(() => this.#serve(entry), ms);
        return;
      }
      queue.leave(turn);
      queue.served(turn.tenant);
      turn.settle(this.#grant(lane, turn, now));
    }
  }

  #grant(lane: Lane, { request, since, tokens, images }: Waiter, now: number): Slot {
    const id = `${this.#name}-${++this.#sequence}`;
    this.#open.set(id, lane.grant(this.#sequence, { tokens, images }, since, now));
    if (this.#open.size > MAX_OPEN_SLOTS) {
      // Never reported: its place in the windows stands, only what it could teach is lost.
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#open.delete(oldest);
    }
    // Without a known window there is nothing that a late send could overrun.
    const isTimed = WINDOWED.some((dimension) => lane.limit(dimension) !== undefined);
    return { kind: 'slot', id, route: request.route, ...(isTimed && { validMs: this.#settings.slotMs }) };
  }

  /** The waiter's time here is over: its slot if that is due this instant, else a wait and its place. */
  #giveUp(waiter: Waiter): void {
    const now = this.#now();
    const { route } = waiter.request;
    const entry = this.#lanes.of(route, now);
    this.#serve(entry);
    if (!entry.queue.has(waiter)) return;
    const { answer, turnInMs } = this.#estimate(entry, route, waiter, now);
    entry.queue.leave(waiter);
    entry.queue.remember(waiter, now + turnInMs + Math.max(LATENESS_MS, this.#settings.windowMs));
    waiter.settle(answer);
    this.#serve(entry);
  }

  #expire(entry: QueuedLane<Waiter>, now: number): void {
    if (now < entry.expireAt) return;
    entry.queue.expire(now);
    entry.expireAt = now + this.#settings.windowMs / 10;
  }

  #estimate({ lane, queue }: QueuedLane<Waiter>, route: Route, turn: Turn, now: number): Estimate {
    const ahead = queue.ahead(turn);
    const own = lane.earliest(turn, queue.cost(ahead), now);
    // The queue is kept in order, so a first one that needs much room holds up all behind it.
    const first = ahead > 0 ? queue.next() : undefined;
    const firsts = first === undefined ? own : lane.earliest(first, NOBODY, now);
    const { at, limit = 'rpm' } = firsts.at > own.at ? firsts : own;
    const turnInMs = Math.max(0, at - now);
    const ms = Math.max(1, Math.ceil(turnInMs - Math.min(CALL_BACK_MS, turnInMs / 2)));
    const why = this.#why(lane, route, limit, ahead, now);
    return { answer: { kind: 'wait', ms, why, limit, place: ahead + 1 }, turnInMs };
  }

  #why(lane: Lane, route: Route, binding: Dimension | 'pause', ahead: number, now: number): string {
    const known = binding === 'pause' ? undefined : lane.limit(binding);
    return describeWait({
      model: route.model,
      countedAs: lane.countedAs,
      binding,
      ...(known && { known: { limit: known.limit, source: known.source, ageMs: now - known.since } }),
      windowMs: this.#settings.windowMs,
      untilMs: binding === 'rpd' ? lane.msToDayEnd(now) : Math.max(0, lane.pausedUntil - now),
      ahead,
    });
  }
}
