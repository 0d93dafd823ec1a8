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
 * - What stops a route (a hold, an open breaker, a credential that nothing has proved) stands as it does in
 *   a fleet, kept by this process (`local-standing.ts`). Who waits here while a stop ends is served then.
 * - Nothing is stored. After a restart the windows start empty and the day's count at 0: the even
 *   spacing of known limits bounds what that can cost in the first minute, and the first per-day
 *   429 marks the day as used up.
 * - Timers exist only while a caller waits; an idle broker keeps no process alive.
 */
import type { Route } from '../domain/path.ts';
import type {
  Degraded,
  GovernorCommand,
  Grant as OperatorGrant,
  StandingView,
} from '../contract/standing.ts';
import type {
  GrantRequest,
  Held,
  LimitView,
  Outlook,
  QuotaBroker,
  QuotaWait,
  Slot,
  SlotRequest,
  SlotUse,
  Witness,
} from './broker.ts';
import type { BrokerSettings, LocalQuotaBrokerOptions } from './broker-options.ts';
import { brokerSettings } from './broker-options.ts';
import type { Caller } from './caller.ts';
import { atLeast0, turnOf } from './caller.ts';
import type { Grant, Lane } from './lane.ts';
import type { QueuedLane } from './lanes.ts';
import { Lanes } from './lanes.ts';
import { DEFAULT_MAX_WAIT_MS, NOBODY, estimate } from './local-estimate.ts';
import type { StandingChanged } from './local-standing.ts';
import { LocalStanding } from './local-standing.ts';
import { OpenSlots } from './open-slots.ts';
import type { Asker, Pass, StopWait } from './route-guard.ts';
import { routeId } from '../domain/path.ts';
import type { HourCounts } from '../domain/quiet.ts';
import type { ModelLimits } from '../governor/limits.ts';
import { heeded } from '../domain/hint.ts';
import { DIMENSIONS, checkLimits } from '../governor/limits.ts';
import { spendPauseMs } from '../governor/spend.ts';
import { SteadyClock } from './steady-clock.ts';
import { StoppedCallers } from './stopped-callers.ts';
import type { Turn } from './turn-queue.ts';
import { WINDOWED } from '../governor/windows.ts';

/** A durable timer may fire late; a sleeper keeps its place at least this long after its turn. */
const LATENESS_MS = 60_000;
const MINUTE_MS = 60_000;
const GO: Outlook = { kind: 'go' };

interface Open {
  readonly grant: Grant;
  readonly pass: Pass;
}

let brokers = 0;

export class LocalQuotaBroker implements QuotaBroker {
  readonly #settings: BrokerSettings;
  readonly #clock: SteadyClock;
  readonly #lanes: Lanes<Caller>;
  readonly #open = new OpenSlots<Open>();
  readonly #standing: LocalStanding;
  readonly #stopped = new StoppedCallers();
  #stoppedTimer: unknown;
  #changed: StandingChanged | undefined;
  readonly #name = `b${++brokers}`;
  #sequence = 0;

  constructor(options: LocalQuotaBrokerOptions = {}) {
    this.#settings = brokerSettings(options);
    this.#clock = new SteadyClock(this.#settings.clock);
    this.#lanes = new Lanes(this.#settings);
    const { callsUnproved, windowMs } = this.#settings;
    this.#standing = new LocalStanding({
      ...(options.probe === undefined ? {} : { probe: options.probe }),
      callsUnproved,
      scale: windowMs / MINUTE_MS,
      now: () => this.#clock.now(),
      probed: () => this.#serveStopped(),
      changed: (...change) => this.#changed?.(...change),
    });
  }

  /** Told of each change of how routes stand, until the next one who listens; must not throw. */
  listen(changed: StandingChanged): void {
    this.#changed = changed;
  }

  /** `go` also when the turn comes within the time that `acquire` waits by default. */
  outlook(request: SlotRequest, asker: { readonly sleeps: boolean } = { sleeps: false }): Outlook {
    const now = this.#clock.now();
    const { route } = request;
    const stop = this.#stopOf(request, now, asker.sleeps ? {} : { looks: true });
    if (stop?.kind === 'held') return stop;
    const entry = this.#lanes.find(route);
    const isShort = stop === undefined || stop.isBrief === true || stop.ms <= DEFAULT_MAX_WAIT_MS;
    if (entry === undefined) return isShort ? GO : { ...waitOf(stop), place: 1 };
    const { lane, queue } = entry;
    const turn = this.#turn(request, queue.remembered(request.generationId), now);
    if (!isShort) {
      if (asker.sleeps) this.#remember(entry, turn, stop.ms, now);
      return { ...waitOf(stop), place: queue.ahead(turn) + 1 };
    }
    if (queue.ahead(turn, 'present') === 0 && lane.earliest(turn, NOBODY, now).at <= now) return GO;
    const { answer, turnInMs } = estimate(entry, route, turn, this.#settings.windowMs, now);
    if (turnInMs <= DEFAULT_MAX_WAIT_MS) return GO;
    if (asker.sleeps) this.#remember(entry, turn, turnInMs, now);
    return answer;
  }

  /** Rejects only with the signal's reason. A wait that will be longer is answered at once. */
  acquire(
    request: SlotRequest,
    options: { readonly maxWaitMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Slot | QuotaWait | Held> {
    const { signal } = options;
    const maxWaitMs = atLeast0(options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS);
    const now = this.#clock.now();
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
        const current = this.#lanes.of(request.route, this.#clock.now());
        current.queue.leave(caller);
        this.#stopped.delete(caller);
        reject(signal?.reason as Error);
        this.#serve(current);
      };
      const settle = (answer: Slot | QuotaWait | Held): void => {
        release();
        resolve(answer);
      };
      const turn = this.#turn(request, remembered, now);
      const caller: Caller = { ...turn, since: now, until: now + maxWaitMs, request, settle };
      const timer = clock.setTimeout(() => this.#giveUp(caller), maxWaitMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      const stop = this.#stopOf(request, now);
      if (stop !== undefined) return this.#stop(entry, caller, stop, now);
      entry.queue.join(caller);
      this.#serve(entry);
      if (!entry.queue.has(caller)) return;
      const { turnInMs } = estimate(entry, request.route, caller, this.#settings.windowMs, now);
      if (turnInMs > maxWaitMs) this.#giveUp(caller);
    });
  }

  report(slot: Slot, use: SlotUse): void {
    const open = this.#open.close(slot.id);
    if (open === undefined) return;
    const now = this.#clock.now();
    if (use.kind === 'unused') this.#standing.released(open.pass, now);
    else this.#standing.ended(open.pass, use.verdict, now);
    const own =
      use.kind === 'limited'
        ? {
            ...withSpendPause(use, this.#settings.windowMs),
            violations: this.#lanes.sortOut(slot.route, use.violations, now),
          }
        : use;
    const entry = this.#lanes.of(slot.route, now);
    entry.lane.settle(open.grant, own, now);
    this.#serve(entry);
    this.#serveStopped();
  }

  witness(seen: Witness): void {
    this.#standing.witness(seen, this.#clock.now());
  }

  degraded(route: Route): Degraded | undefined {
    return this.#standing.degraded(route, this.#clock.now());
  }

  takeGrant(request: GrantRequest): Promise<OperatorGrant | undefined> {
    return Promise.resolve(this.#standing.takeGrant(request, this.#clock.now()));
  }

  /**
   * How the routes of one account stand (`google/ai-studio/my-project`), or of all; ids of holds and grants
   * are unique within an account.
   */
  standing(account?: string): StandingView {
    return this.#standing.view(account, this.#clock.now());
  }

  /**
   * Pauses, resumes, grants: what an operator tells a governor in a fleet.
   * @param account May be left out while this process has used one account only.
   * @returns Why it was refused, in words; undefined where it was done.
   */
  command(told: GovernorCommand, account?: string): string | undefined {
    const refused = this.#standing.command(told, account, this.#clock.now());
    this.#serveStopped();
    return refused;
  }

  hours(route: Route): Promise<HourCounts | undefined> {
    return Promise.resolve(this.#standing.hours(route, this.#clock.now()));
  }

  limits(): readonly LimitView[] {
    const now = this.#clock.now();
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
    const now = this.#clock.now();
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
      waiting: queues.reduce((sum, { present }) => sum + present, this.#stopped.size),
      remembered: queues.reduce((sum, { away }) => sum + away, 0),
      open: this.#open.size,
    };
  }

  #turn(request: SlotRequest, remembered: Turn | undefined, now: number): Turn {
    return turnOf(request, now - atLeast0(request.waitedMs ?? 0), remembered, () => ++this.#sequence);
  }

  /** Hands out every slot that is due, in turn; then sets one timer for the next. */
  #serve(entry: QueuedLane<Caller>): void {
    const { lane, queue } = entry;
    const { clock } = this.#settings;
    clock.clearTimeout(entry.timer);
    entry.timer = undefined;
    for (let turn = queue.next(); turn !== undefined; turn = queue.next()) {
      const now = this.#clock.now();
      const { at } = lane.earliest(turn, NOBODY, now);
      if (at > now) {
        const ms = Math.min(Math.max(1, Math.ceil(at - now)), DEFAULT_MAX_WAIT_MS);
        entry.timer = clock.setTimeout(() => this.#serve(entry), ms);
        return;
      }
      queue.leave(turn);
      const stop = this.#stopOf(turn.request, now);
      if (stop !== undefined) {
        this.#stop(entry, turn, stop, now);
        continue;
      }
      queue.served(turn.tenant);
      turn.settle(this.#grant(lane, turn, now));
    }
  }

  /** A stop keeps a caller back: it stays while that may end in its time here, else it is answered. */
  #stop(entry: QueuedLane<Caller>, caller: Caller, stop: Held | StopWait, now: number): void {
    if (stop.kind === 'held') return caller.settle(stop);
    const againAt = now + stop.ms;
    const mayEnd = caller.until > now && (stop.limit === 'trial' || againAt <= caller.until);
    if (!mayEnd) return this.#sendAway(entry, caller, stop, now);
    this.#stopped.add(caller, againAt);
    this.#setStoppedTimer(now);
  }

  #sendAway(entry: QueuedLane<Caller>, caller: Caller, stop: StopWait, now: number): void {
    const place = entry.queue.ahead(caller) + 1;
    this.#remember(entry, caller, stop.ms, now);
    caller.settle({ ...waitOf(stop), place });
  }

  /** Looks again at what keeps callers back here; who may go joins the queue. */
  #serveStopped(): void {
    if (this.#stopped.size === 0) return;
    const now = this.#clock.now();
    const seen = new Map<string, Held | StopWait>();
    for (const caller of this.#stopped.all()) {
      const { route } = caller.request;
      const id = routeId(route);
      const insists = caller.request.insists === true;
      const stop = (insists ? undefined : seen.get(id)) ?? this.#stopOf(caller.request, now);
      if (stop !== undefined && !insists) seen.set(id, stop);
      if (stop?.kind === 'wait') {
        this.#stopped.add(caller, now + stop.ms);
        continue;
      }
      this.#stopped.delete(caller);
      const entry = this.#lanes.of(route, now);
      if (stop !== undefined) caller.settle(stop);
      else entry.queue.join(caller);
      this.#serve(entry);
    }
    this.#setStoppedTimer(now);
  }

  #setStoppedTimer(now: number): void {
    const { clock } = this.#settings;
    clock.clearTimeout(this.#stoppedTimer);
    const nextAt = this.#stopped.nextAt();
    this.#stoppedTimer =
      nextAt === undefined
        ? undefined
        : clock.setTimeout(() => this.#serveStopped(), Math.max(1, Math.ceil(nextAt - now)));
  }

  #remember({ queue }: QueuedLane<Caller>, turn: Turn, turnInMs: number, now: number): void {
    queue.remember(turn, now + turnInMs + Math.max(LATENESS_MS, this.#settings.windowMs));
  }

  #grant(lane: Lane, { request, since, tokens, images }: Caller, now: number): Slot {
    const id = `${this.#name}-${++this.#sequence}`;
    const grant = lane.grant(this.#sequence, { tokens, images }, since, now);
    const pass = this.#standing.pass(request.route, now, request.generationId);
    this.#open.open(id, { grant, pass });
    // Without a known window there is nothing that a late send could overrun.
    const isTimed = WINDOWED.some((dimension) => lane.limit(dimension) !== undefined);
    return { kind: 'slot', id, route: request.route, ...(isTimed && { validMs: this.#settings.slotMs }) };
  }

  #stopOf({ route, insists }: SlotRequest, now: number, asker?: Asker): Held | StopWait | undefined {
    return this.#standing.check(route, now, insists === true ? { ...asker, insists } : asker);
  }

  /** The caller's time here is over: its slot if that is due this instant, else a wait and its place. */
  #giveUp(caller: Caller): void {
    const now = this.#clock.now();
    const { route } = caller.request;
    const entry = this.#lanes.of(route, now);
    const stop = this.#stopOf(caller.request, now);
    if (this.#stopped.delete(caller)) {
      this.#setStoppedTimer(now);
      if (stop === undefined) entry.queue.join(caller);
    }
    if (stop !== undefined) {
      entry.queue.leave(caller);
      return stop.kind === 'held' ? caller.settle(stop) : this.#sendAway(entry, caller, stop, now);
    }
    this.#serve(entry);
    // Somebody before it took the trial.
    if (this.#stopped.has(caller)) return this.#giveUp(caller);
    if (!entry.queue.has(caller)) return;
    const { answer, turnInMs } = estimate(entry, route, caller, this.#settings.windowMs, now);
    entry.queue.leave(caller);
    this.#remember(entry, caller, turnInMs, now);
    caller.settle(answer);
    this.#serve(entry);
  }

  #expire(entry: QueuedLane<Caller>, now: number): void {
    if (now < entry.expireAt) return;
    entry.queue.expire(now);
    entry.expireAt = now + this.#settings.windowMs / 10;
  }
}

function waitOf({ ms, why, limit }: StopWait): Omit<QuotaWait, 'place'> {
  return { kind: 'wait', ms, why, limit };
}

type Limited = SlotUse & { readonly kind: 'limited' };

/** A 429 of spending that names no pause says nothing of calls per minute, which would spread them. */
function withSpendPause(use: Limited, windowMs: number): Limited {
  const isSpend = use.verdict?.branch === 'spend-window' && heeded(use.retryAfterMs) === undefined;
  return isSpend ? { ...use, retryAfterMs: spendPauseMs(windowMs) } : use;
}
