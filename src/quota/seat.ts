/**
 * A process's seat at one governor: who waits here for the project's quota, the slots that were leased for
 * them, what stops their routes, and what is to be told. Deterministic, driven from outside: `fleet-broker.ts`
 * gives it timers and Temporal, the simulator gives it virtual time. It never invents a slot: without one, and
 * without a governor that answers, calls wait.
 */
import type { ExchangeAnswer, ExchangeRequest, ModelLimits, SpendLimit } from '../contract/exchange.ts';
import type { Held, Probe } from '../contract/standing.ts';
import { heeded } from '../domain/hint.ts';
import type { Route } from '../domain/path.ts';
import type { GrantRequest, Outlook, QuotaWait, Slot, SlotRequest, SlotUse, Witness } from './broker.ts';
import { URGENCIES } from './broker.ts';
import type { Letter } from './correspondence.ts';
import { Correspondence } from './correspondence.ts';
import { aheadMs, surelyFrom, surelyUntil } from './governor-clock.ts';
import type { GrantCall } from './grant-uses.ts';
import { GrantUses, told } from './grant-uses.ts';
import type { Asker, Pass } from './route-guard.ts';
import { RouteGuard } from './route-guard.ts';
import type { LinkFailure } from './link-failure.ts';
import type { LeasedSlot } from './seat-lane.ts';
import { SeatLane } from './seat-lane.ts';
import type { Turn } from './turn-queue.ts';
import { UnpricedCalls } from './unpriced.ts';
import { waitWords } from './wait-words.ts';

export interface SeatSettings {
  /** `google/ai-studio/my-project` */
  readonly id: string;
  /** This process: unique for each start of one. */
  readonly process: string;
  readonly limits: Readonly<Record<string, ModelLimits>>;
  readonly windowMs: number;
  readonly spend?: SpendLimit;
  /** The next two daily resets after `now`, epoch milliseconds. */
  readonly resets: (now: number) => readonly [number, number];
  /** Sleeping generations whose place is remembered. */
  readonly maxRemembered: number;
  /** Processes that start together ask for the first time within so long, one after another. @default 0 */
  readonly firstWithinMs?: number;
}

export interface Waiter extends Turn {
  /** When it joined the queue this time. */
  readonly since: number;
  /** It waits here no longer than this. */
  readonly until: number;
  readonly request: SlotRequest;
  readonly settle: (answer: Slot | QuotaWait | Held) => void;
}

interface Open {
  readonly lane: SeatLane<Waiter>;
  readonly pass: Pass;
  readonly slot?: LeasedSlot;
  readonly grantedAt: number;
  readonly lateMs: number;
}

type Stopped = NonNullable<ReturnType<RouteGuard['check']>>;

/** A sleeper is called back this many reaches before its turn, so that there is always somebody for a slot. */
const CALL_BACK_REACHES = 3;
/** And early enough that each process has so many there, or a slot finds nobody where it is leased. */
const CALLS_AT_HAND = 2.5;
/** Who is back need not sleep again, though its turn seems a little further by now. */
const NEAR = 1.3;
/** Of a long wait, so much is slept before asking anew: limits change meanwhile. */
const SLEEP_SHARE = 0.9;
/** A caller waits here for its slot so many times as long as it was called back early, unless it says otherwise. */
const PATIENCE = 4;
const SHORTEST_WAIT_MS = 1_000;
/** How often those that wait for a trial are looked after, beside every answer. */
const PARKED_LOOK_MS = 1_000;
const MAX_OPEN = 100_000;
const MOST_LANES = 200;
const GO: Outlook = { kind: 'go' };

export class Seat {
  readonly settings: SeatSettings;
  readonly guard: RouteGuard;
  readonly #lanes = new Map<string, SeatLane<Waiter>>();
  readonly #open = new Map<string, Open>();
  readonly #unpriced = new UnpricedCalls();
  readonly #parked = new Set<Waiter>();
  readonly #others: () => readonly RouteGuard[];
  readonly #letters: Correspondence<GrantCall>;
  readonly #grants = new GrantUses();
  #probes: ExchangeRequest['probes'][number][] = [];
  #sequence = 0;
  #live: Readonly<Record<string, ModelLimits>> = {};

  /** @param others The guards of the process's other seats: a gateway's hold is everybody's. */
  constructor(settings: SeatSettings, others: () => readonly RouteGuard[] = () => []) {
    this.settings = settings;
    this.guard = new RouteGuard();
    this.#letters = new Correspondence(settings);
    this.#others = others;
  }

  /** How long a caller waits here for its slot, unless it says otherwise. */
  patienceMs(model: string): number {
    return this.#callBackMs(this.#lanes.get(model)) * PATIENCE;
  }

  /** So long before its turn a sleeper is called back. */
  #callBackMs(lane: SeatLane<Waiter> | undefined): number {
    const everyMs = lane?.answer?.everyMs ?? 0;
    const enough = (this.answer?.processes ?? 1) * CALLS_AT_HAND * everyMs;
    return Math.max(this.#letters.reachMs * CALL_BACK_REACHES, Math.min(enough, this.settings.windowMs));
  }

  /** @param asker Who `sleeps` on a wait keeps its place here, so that others do not take themselves for next. */
  outlook(request: SlotRequest, now: number, asker?: { readonly sleeps: boolean }): Outlook {
    // Who does not sleep on the answer only looks: a trial that is asked for would be kept for nobody.
    const stopped = this.#stopped(request, now, asker?.sleeps === true ? {} : { looks: true });
    if (stopped !== undefined) {
      // Seconds are waited for where the slot is taken.
      return stopped.kind === 'wait' && stopped.limit === 'trial' ? GO : this.#asOutlook(stopped);
    }
    const lane = this.#lanes.get(request.route.model);
    if (lane?.answer === undefined) return GO;
    const turn = this.#turn(request, lane, now);
    const wait = this.#waitOf(lane, turn, request.route, now);
    if (wait === undefined || wait.turnInMs <= this.#callBackMs(lane) * NEAR) return GO;
    if (asker?.sleeps === true) this.#remember(lane, turn, wait.answer, now);
    return wait.answer;
  }

  /** Joins the queue, or is answered at once when its turn is far. `settle` is called exactly once. */
  join(request: SlotRequest, waitMs: number, settle: Waiter['settle'], now: number): Waiter | undefined {
    const lane = this.#laneOf(request.route.model, now);
    const turn = this.#turn(request, lane, now);
    lane.queue.recall(request.generationId);
    lane.arrived();
    const waiter: Waiter = { ...turn, since: now, until: now + waitMs, request, settle };
    lane.queue.join(waiter);
    this.serve(now);
    if (this.#parked.has(waiter)) return waiter;
    if (!lane.queue.has(waiter)) return undefined;
    const wait = this.#waitOf(lane, waiter, request.route, now);
    if (wait !== undefined && wait.turnInMs > waitMs) {
      this.#sendAway(lane, waiter, this.#lastWord(lane, waiter, now), now);
      return undefined;
    }
    return waiter;
  }

  leave(waiter: Waiter): void {
    this.#parked.delete(waiter);
    this.#lanes.get(waiter.request.route.model)?.queue.leave(waiter);
  }

  /** Hands out what is due, and sends away whose time here is over. */
  serve(now: number): void {
    this.guard.look(now);
    this.#unpark(now);
    for (const lane of this.#lanes.values()) {
      this.#serveLane(lane, now);
      for (const waiter of lane.queue.everyPresent()) {
        if (waiter.until > now) continue;
        this.#sendAway(lane, waiter, this.#lastWord(lane, waiter, now), now);
      }
    }
  }

  /** Nobody is served here any more: all that wait are sent away. */
  dismiss(now: number): void {
    for (const waiter of this.#parked) this.#lanes.get(waiter.request.route.model)?.queue.join(waiter);
    this.#parked.clear();
    for (const lane of this.#lanes.values()) {
      for (const waiter of lane.queue.everyPresent())
        this.#sendAway(lane, waiter, this.#lastWord(lane, waiter, now), now);
    }
  }

  report(slotId: string, use: SlotUse, now: number): void {
    const open = this.#open.get(slotId);
    if (open === undefined) return;
    this.#open.delete(slotId);
    const { lane, pass, slot } = open;
    if (use.kind === 'unused') {
      this.guard.released(pass, now);
      if (slot === undefined) lane.unpaced = Math.max(0, lane.unpaced - 1);
      else lane.giveBack(slot, now);
      return this.serve(now);
    }
    if (use.sentAfterMs !== undefined) lane.lagged(use.sentAfterMs + open.lateMs);
    this.guard.ended(pass, use.verdict, now);
    this.#unpriced.ended(pass.generationId, now);
    if (use.kind === 'limited') this.#limited(open, use, now);
    this.serve(now);
  }

  /** What the provider publishes, by model id; told with the next exchanges. */
  live(limits: Readonly<Record<string, ModelLimits>>): void {
    this.#live = limits;
    for (const lane of this.#lanes.values()) lane.live = limits[lane.model];
  }

  witness(seen: Witness): void {
    this.#unpriced.priced(seen.generationId);
    this.guard.witness(seen);
  }

  /** Asks for a grant's use; `settle` is called with it once the governor recorded that. */
  useGrant(request: GrantRequest, settle: GrantCall['settle'], now: number): void {
    if (now - this.#letters.heardAt > this.#letters.termMs) this.#grants.ask(request, settle);
    else this.#grants.use(request, settle, this.#grantFor(now));
  }

  #grantFor(now: number) {
    return (request: GrantRequest) => this.guard.grantFor(request, now);
  }

  probed(outcome: ExchangeRequest['probes'][number]): void {
    this.#probes.push(outcome);
  }

  /**
   * When something is due by itself: a slot, the end of somebody's patience, an exchange. Not an exchange
   * while there is no link to make one by.
   */
  nextAt(now: number, isLinked = true): number | undefined {
    const exchangeAt = isLinked ? this.exchangeAt(now) : undefined;
    const times = exchangeAt === undefined ? [] : [exchangeAt];
    const lookAt = this.guard.lookAt(now);
    if (lookAt !== undefined) times.push(lookAt);
    for (const { until } of this.#parked) times.push(until);
    if (this.#parked.size > 0) times.push(now + PARKED_LOOK_MS);
    for (const lane of this.#lanes.values()) {
      const first = lane.queue.next();
      if (first === undefined) continue;
      for (const { until } of lane.queue.everyPresent()) times.push(until);
      const due = this.#dueAt(lane, first, now);
      if (due !== undefined) times.push(due);
    }
    return times.length === 0 ? undefined : Math.max(now, Math.min(...times));
  }

  /** When to exchange next; undefined while one is under way, or nothing is to be asked or told. */
  exchangeAt(now: number): number | undefined {
    const { isUnderWay, mustRepeat, heardAt, termMs } = this.#letters;
    if (isUnderWay) return undefined;
    const earliest = this.#letters.earliestAt(now);
    if (mustRepeat || this.#isUrgent(now)) return earliest;
    const lanes = [...this.#lanes.values()];
    if (this.guard.hasNews || this.guard.isTrying || lanes.some((lane) => lane.isBusy))
      return Math.max(earliest, heardAt + termMs);
    // Who only sleeps here is told of rarely: it is for the estimates of others.
    return lanes.some(({ queue }) => queue.away > 0)
      ? Math.max(earliest, heardAt + this.settings.windowMs)
      : undefined;
  }

  /** The request to send now; the same one again after a failure. */
  draft(now: number, leaving = false): ExchangeRequest {
    return this.#letters.next(() => this.#newLetter(now, leaving), now);
  }

  /** @returns Probes that the governor asks this process to make. */
  heard(answer: ExchangeAnswer, now: number): readonly Probe[] {
    const letter = this.#letters.heard(answer, now);
    if (letter === undefined) return [];
    this.guard.heard(answer, now);
    this.#grants.heard(this.#grantFor(now));
    for (const lane of answer.lanes) this.#leased(lane, answer.at, now);
    for (const { generationId, grant, settle } of letter.uses) {
      settle(answer.granted.includes(generationId) ? grant : undefined);
    }
    this.#forgetIdle();
    this.serve(now);
    return answer.probes;
  }

  failed(failure: LinkFailure, now: number): void {
    this.#letters.failed(failure, now);
    this.serve(now);
  }

  get answer(): ExchangeAnswer | undefined {
    return this.#letters.answer;
  }

  stats(): {
    readonly waiting: number;
    readonly remembered: number;
    readonly open: number;
    readonly slots: number;
  } {
    const lanes = [...this.#lanes.values()];
    return {
      waiting: lanes.reduce((sum, { queue }) => sum + queue.present, this.#parked.size),
      remembered: lanes.reduce((sum, { queue }) => sum + queue.away, 0),
      open: this.#open.size,
      slots: lanes.reduce((sum, { slots }) => sum + slots.length, 0),
    };
  }

  #isUrgent(now: number): boolean {
    if (this.guard.urgent || this.#probes.length > 0) return true;
    if (!this.#grants.isEmpty) return true;
    return [...this.#lanes.values()].some((lane) => {
      if (lane.rejections.length > 0) return true;
      if (lane.queue.present === 0) return false;
      if (lane.answer === undefined) return true;
      if (lane.answer.kind === 'open') return !this.#letters.isFresh(now);
      // Who got all it wanted last time may ask at once when more comes; who did not waits for the term.
      return lane.slots.length === 0 && !lane.isShort && this.#closedMs(lane, now) === 0;
    });
  }

  #newLetter(now: number, leaving: boolean): Letter<GrantCall> {
    const { process, windowMs, spend, resets } = this.settings;
    const { epoch, termMs, reachMs } = this.#letters;
    const routes = this.guard.drain(now);
    const uses = this.#grants.drain();
    const probes = this.#probes;
    this.#probes = [];
    const lanes = [...this.#lanes.values()].filter((lane) => !lane.isIdle);
    const unpriced = this.#open.size + this.#unpriced.count(now);
    const request: ExchangeRequest = {
      requestId: `${process}-${++this.#sequence}`,
      process,
      ...(epoch === undefined ? {} : { epoch }),
      windowMs,
      resets: resets(now),
      ...(spend === undefined ? {} : { spend }),
      lanes: lanes.map((lane) => {
        const nextMs = lane.queue.present > 0 ? termMs : windowMs;
        return lane.report(now, reachMs, now + nextMs);
      }),
      routes,
      probes,
      uses: told(uses),
      ...(unpriced > 0 ? { unpriced } : {}),
      ...(leaving ? { leaving } : {}),
    };
    return { request, uses };
  }

  #leased(answer: ExchangeAnswer['lanes'][number], at: number, now: number): void {
    const lane = this.#lanes.get(answer.model);
    const { clock } = this.#letters;
    if (lane === undefined || clock === undefined) return;
    lane.answer =
      answer.limits.length === 0 && lane.answer !== undefined ? { ...answer, ...kept(lane.answer) } : answer;
    lane.heardAt = now;
    lane.pausedUntil = 0;
    // By the governor's clock no slot is used too early or too late, whatever we do not know of that clock.
    // So late an answer that there is no such time leaves them unused.
    const slots = answer.slots.map((ms) => {
      const slotAt = at + ms;
      return {
        at: slotAt,
        due: surelyFrom(clock, slotAt),
        until: surelyUntil(clock, slotAt + answer.slotMs),
      };
    });
    lane.leased(
      slots.filter(({ due, until }) => due < until),
      at,
    );
    lane.isShort = lane.slots.length < lane.wanted;
  }

  #serveLane(lane: SeatLane<Waiter>, now: number): void {
    for (let waiter = lane.queue.next(); waiter !== undefined; waiter = lane.queue.next()) {
      const stopped = this.#stopped(waiter.request, now);
      if (stopped !== undefined) {
        lane.queue.leave(waiter);
        this.#stop(waiter, stopped, now);
        continue;
      }
      const granted = this.#slotFor(lane, waiter, now);
      if (granted === undefined) return;
      lane.queue.leave(waiter);
      lane.queue.served(waiter.tenant);
      waiter.settle(this.#grant(lane, waiter, granted === 'open' ? undefined : granted, now));
    }
  }

  /** Who waits for a call that goes first waits here, beside the queue: that takes seconds. */
  #stop(waiter: Waiter, stopped: Stopped, now: number): void {
    if (stopped.kind === 'wait' && stopped.limit === 'trial' && now < waiter.until) this.#parked.add(waiter);
    else waiter.settle(this.#asOutlook(stopped));
  }

  #unpark(now: number): void {
    for (const waiter of [...this.#parked]) {
      const stopped = this.#stopped(waiter.request, now);
      const isStillFirst = stopped?.kind === 'wait' && stopped.limit === 'trial' && now < waiter.until;
      if (isStillFirst) continue;
      this.#parked.delete(waiter);
      if (stopped === undefined) this.#lanes.get(waiter.request.route.model)?.queue.join(waiter);
      else waiter.settle(this.#asOutlook(stopped));
    }
  }

  #slotFor(lane: SeatLane<Waiter>, waiter: Waiter, now: number): LeasedSlot | 'open' | undefined {
    const { answer } = lane;
    if (answer === undefined || this.#closedMs(lane, now) > 0) return undefined;
    if (answer.kind === 'paced') return lane.take(waiter, now);
    return this.#letters.isFresh(now) ? 'open' : undefined;
  }

  #grant(lane: SeatLane<Waiter>, waiter: Waiter, slot: LeasedSlot | undefined, now: number): Slot {
    const { route } = waiter.request;
    const id = `${this.settings.process}-s${++this.#sequence}`;
    const lateMs = slot === undefined ? 0 : Math.max(0, now - Math.max(slot.due, waiter.since));
    const pass = this.guard.pass(route, now, waiter.request.generationId, this.#others());
    this.#open.set(id, { lane, pass, grantedAt: now, lateMs, ...(slot === undefined ? {} : { slot }) });
    if (slot === undefined) lane.unpaced += 1;
    if (this.#open.size > MAX_OPEN) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#open.delete(oldest);
    }
    return {
      kind: 'slot',
      id,
      route,
      ...(slot === undefined ? {} : { validMs: Math.max(1, slot.until - now) }),
    };
  }

  #limited({ lane, slot, grantedAt }: Open, use: SlotUse & { kind: 'limited' }, now: number): void {
    const { violations, retryAfterMs, verdict } = use;
    lane.rejections.push({
      violations,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(slot === undefined ? {} : { slotAt: slot.at }),
      ...(verdict?.branch === 'spend-window' ? { isSpend: true as const } : {}),
      heardAt: Math.max(grantedAt, now),
    });
    const pauseMs = heeded(retryAfterMs);
    if (pauseMs !== undefined)
      lane.pausedUntil = Math.max(lane.pausedUntil, now + Math.min(pauseMs, this.settings.windowMs));
  }

  #stopped({ route, insists }: SlotRequest, now: number, how: Asker = {}): Stopped | undefined {
    const asker = insists === true ? { ...how, insists } : how;
    for (const guard of [this.guard, ...this.#others()]) {
      const stopped =
        guard === this.guard ? guard.check(route, now, asker) : guard.checkShared(route, now, asker);
      // Old news of a hold are nothing to turn away by: the call itself asks whether it still is.
      const isOldNews = how.looks === true && stopped?.kind === 'held' && guard.isStale(now);
      if (stopped !== undefined && !isOldNews) return stopped;
    }
    return undefined;
  }

  #asOutlook(stopped: Stopped): QuotaWait | Held {
    return stopped.kind === 'held'
      ? stopped
      : { ...stopped, ms: Math.max(SHORTEST_WAIT_MS, stopped.ms), place: 1 };
  }

  #turn(request: SlotRequest, lane: SeatLane<Waiter>, now: number): Turn {
    const remembered = lane.queue.remembered(request.generationId);
    return {
      generationId: request.generationId,
      urgency: Math.max(0, URGENCIES.indexOf(request.urgency)),
      tenant: request.tenant ?? '',
      ticket: Math.min(now - this.#waitedMs(request), remembered?.ticket ?? Infinity),
      seq: remembered?.seq ?? ++this.#sequence,
      tokens: Math.max(0, request.tokens),
      images: Math.max(0, request.images),
    };
  }

  /** Generations begin by the server's clock: a process whose own is ahead must not take all of its for older. */
  #waitedMs({ waitedMs }: SlotRequest): number {
    if (waitedMs === undefined) return 0;
    const { clock } = this.#letters;
    return Math.max(0, waitedMs - (clock === undefined ? 0 : aheadMs(clock)));
  }

  #laneOf(model: string, now: number): SeatLane<Waiter> {
    const existing = this.#lanes.get(model);
    if (existing !== undefined) return existing;
    const { limits, windowMs, maxRemembered } = this.settings;
    const lane = new SeatLane<Waiter>(model, { config: limits[model], windowMs, maxRemembered }, now);
    lane.live = this.#live[model];
    this.#lanes.set(model, lane);
    return lane;
  }

  #closedMs(lane: SeatLane<Waiter>, now: number): number {
    const told = (lane.answer?.closed?.ms ?? 0) - (now - lane.heardAt);
    return Math.max(0, told, lane.pausedUntil - now);
  }

  /** When the first of the queue gets its slot, as far as that is known here. */
  #dueAt(lane: SeatLane<Waiter>, first: Waiter, now: number): number | undefined {
    if (lane.answer === undefined) return undefined;
    const closed = this.#closedMs(lane, now);
    const due = lane.answer.kind === 'open' ? undefined : lane.dueAt(first);
    if (closed > 0) return now + closed;
    return due;
  }

  /** Undefined while the governor is unknown or nothing is paced: then it goes, or its patience ends. */
  #waitOf(
    lane: SeatLane<Waiter>,
    turn: Turn,
    route: Route,
    now: number,
  ): { readonly answer: QuotaWait; readonly turnInMs: number } | undefined {
    const { answer } = lane;
    if (answer === undefined) return undefined;
    const closed = this.#closedMs(lane, now);
    if (answer.kind === 'open' && closed === 0) return undefined;
    lane.expire(now);
    const ahead = lane.ahead(turn, now);
    const turnInMs = closed + ahead * answer.everyMs;
    const callBackMs = this.#callBackMs(lane);
    const ms =
      closed > 0 && ahead * answer.everyMs < callBackMs
        ? turnInMs
        : Math.min(turnInMs - callBackMs, turnInMs * SLEEP_SHARE);
    const by = closed > 0 ? (answer.closed?.by ?? 'pause') : undefined;
    return {
      turnInMs,
      answer: {
        kind: 'wait',
        ms: Math.max(SHORTEST_WAIT_MS, Math.ceil(ms)),
        why: waitWords({
          ...{ model: route.model, answer, ahead, closedMs: closed, windowMs: this.settings.windowMs },
          ageMs: now - lane.heardAt,
        }),
        limit: by ?? answer.binding?.dimension ?? 'rpm',
        place: ahead + 1,
        ...(answer.everyMs > 0 ? { perMinute: Math.round((60_000 / answer.everyMs) * 10) / 10 } : {}),
      },
    };
  }

  /** Its patience is over: what it is told. */
  #lastWord(lane: SeatLane<Waiter>, waiter: Waiter, now: number): QuotaWait {
    const { route } = waiter.request;
    const isSilent = this.#letters.isFailing || lane.answer === undefined;
    const known = isSilent ? undefined : this.#waitOf(lane, waiter, route, now);
    if (known !== undefined) return known.answer;
    const place = lane.queue.ahead(waiter) + 1;
    const why = `${route.model}: the quota governor of ${this.settings.id} does not answer (${this.#letters.why}), and no slot is left`;
    return {
      kind: 'wait',
      ms: Math.max(SHORTEST_WAIT_MS, this.#letters.termMs),
      why,
      limit: 'governor',
      place,
    };
  }

  #sendAway(lane: SeatLane<Waiter>, waiter: Waiter, answer: QuotaWait, now: number): void {
    lane.queue.leave(waiter);
    this.#remember(lane, waiter, answer, now);
    waiter.settle(answer);
  }

  #remember(lane: SeatLane<Waiter>, turn: Turn, { ms }: QuotaWait, now: number): void {
    // Where it comes back to is another process, more often than not: were it counted here any longer, it
    // would be counted twice, and those behind it would sleep past their turn.
    lane.queue.remember(turn, now + ms);
  }

  #forgetIdle(): void {
    if (this.#lanes.size <= MOST_LANES) return;
    for (const [model, lane] of this.#lanes) {
      if (lane.isIdle && [...this.#open.values()].every((open) => open.lane !== lane))
        this.#lanes.delete(model);
    }
  }
}

/** A repeated answer leaves out what does not matter twice. */
function kept({ limits, others }: ExchangeAnswer['lanes'][number]) {
  return { limits, others };
}
