/**
 * A process's seat at one governor: who waits here for the project's quota, the slots that were leased for
 * them, what stops their routes, and what is to be told. Deterministic, driven from outside: `fleet-broker.ts`
 * gives it timers and Temporal, the simulator gives it virtual time. It never invents a slot: without one, and
 * without a governor that answers, calls wait.
 */
import type { ExchangeAnswer, ExchangeRequest, ModelLimits, SpendLimit } from '../contract/exchange.ts';
import type { Grant, Held, Probe } from '../contract/standing.ts';
import { heeded } from '../domain/hint.ts';
import type { Route } from '../domain/path.ts';
import { reachMs } from '../governor/terms.ts';
import type { GrantRequest, Outlook, QuotaWait, Slot, SlotRequest, SlotUse, Witness } from './broker.ts';
import { URGENCIES } from './broker.ts';
import { describeDuration, describeWait } from './describe.ts';
import type { GovernorClock } from './governor-clock.ts';
import { aheadMs, surelyFrom, surelyUntil, synchronised } from './governor-clock.ts';
import type { Pass } from './route-guard.ts';
import { RouteGuard } from './route-guard.ts';
import type { LinkFailure } from './link-failure.ts';
import type { LeasedSlot } from './seat-lane.ts';
import { SeatLane } from './seat-lane.ts';
import { shareOf } from './spread.ts';
import type { Turn } from './turn-queue.ts';

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

interface GrantCall {
  readonly generationId: string;
  readonly grant: Grant;
  readonly worstUsd: number;
  readonly settle: (grant: Grant | undefined) => void;
}

interface Flight {
  readonly request: ExchangeRequest;
  /** When it was sent first: the answer that we hear may be that one's. */
  readonly sentAt: number;
  readonly uses: readonly GrantCall[];
}

/** Two exchanges are at least this far apart, whatever happens: at most two a second. */
const MIN_GAP_MS = 500;
/** Before the first answer: what a term is taken to be. */
const FIRST_TERM_MS = 5_000;
/** Terms without an answer through which calls without a known limit still go. */
const ALLOWANCE_TERMS = 4;
/** Terms after which what was heard is old: who asks each term never comes there. */
const NEWS_TERMS = 1.5;
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
/** After a failed exchange: grows to the longest. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
/** Where too many asked at once, they come back within so long: so few at a time that all are answered. */
const CROWDED_RETRY_MS = 20_000;
const LONGEST_CROWDED_MS = 80_000;
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
  readonly #parked = new Set<Waiter>();
  readonly #others: () => readonly RouteGuard[];
  #clock: GovernorClock | undefined;
  #epoch: string | undefined;
  #answer: ExchangeAnswer | undefined;
  #heardAt = -Infinity;
  #inFlight: Flight | undefined;
  /** Not answered: sent again as it was. */
  #repeat: Flight | undefined;
  #firstAt: number | undefined;
  #sentAt = -Infinity;
  #failures = 0;
  #isCrowded = false;
  #failedAt = -Infinity;
  #why = 'it has not answered yet';
  #uses: GrantCall[] = [];
  /** Who asked for a grant while the news were old. */
  #grantless: { readonly request: GrantRequest; readonly settle: GrantCall['settle'] }[] = [];
  #probes: ExchangeRequest['probes'][number][] = [];
  #sequence = 0;
  #live: Readonly<Record<string, ModelLimits>> = {};

  /** @param others The guards of the process's other seats: a gateway's hold is everybody's. */
  constructor(settings: SeatSettings, others: () => readonly RouteGuard[] = () => []) {
    this.settings = settings;
    this.guard = new RouteGuard();
    this.#others = others;
  }

  get #termMs(): number {
    return this.#answer?.againMs ?? Math.min(FIRST_TERM_MS, this.settings.windowMs / 4);
  }

  get #reachMs(): number {
    return reachMs(Math.max(this.#termMs, Math.min(FIRST_TERM_MS, this.settings.windowMs / 4)));
  }

  /** How long a caller waits here for its slot, unless it says otherwise. */
  patienceMs(model: string): number {
    return this.#callBackMs(this.#lanes.get(model)) * PATIENCE;
  }

  /** So long before its turn a sleeper is called back. */
  #callBackMs(lane: SeatLane<Waiter> | undefined): number {
    const everyMs = lane?.answer?.everyMs ?? 0;
    const enough = (this.#answer?.processes ?? 1) * CALLS_AT_HAND * everyMs;
    return Math.max(this.#reachMs * CALL_BACK_REACHES, Math.min(enough, this.settings.windowMs));
  }

  /** @param asker Who `sleeps` on a wait keeps its place here, so that others do not take themselves for next. */
  outlook(request: SlotRequest, now: number, asker?: { readonly sleeps: boolean }): Outlook {
    const stopped = this.#stopped(request, now);
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
    if (use.kind === 'limited') this.#limited(open, use, now);
    this.serve(now);
  }

  /** What the provider publishes, by model id; told with the next exchanges. */
  live(limits: Readonly<Record<string, ModelLimits>>): void {
    this.#live = limits;
    for (const lane of this.#lanes.values()) lane.live = limits[lane.model];
  }

  witness(seen: Witness): void {
    this.guard.witness(seen);
  }

  /** Asks for a grant's use; `settle` is called with it once the governor recorded that. */
  useGrant(request: GrantRequest, settle: GrantCall['settle'], now: number): void {
    // What was heard long ago may lack the grant that somebody has just given.
    if (now - this.#heardAt > this.#termMs) this.#grantless.push({ request, settle });
    else this.#useKnownGrant(request, settle, now);
  }

  #useKnownGrant(request: GrantRequest, settle: GrantCall['settle'], now: number): void {
    const found = this.guard.grantFor(request, now);
    if (found === undefined) return settle(undefined);
    const { grant, worstUsd } = found;
    this.#uses.push({ generationId: request.generationId, grant, worstUsd, settle });
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
    if (this.#inFlight !== undefined) return undefined;
    const { process, firstWithinMs = 0 } = this.settings;
    this.#firstAt ??= now + firstWithinMs * shareOf(process);
    const earliest = Math.max(this.#firstAt, this.#sentAt + MIN_GAP_MS, this.#failedAt + this.#retryMs);
    if (this.#repeat !== undefined || this.#isUrgent(now)) return earliest;
    const lanes = [...this.#lanes.values()];
    if (this.guard.hasNews || this.guard.isTrying || lanes.some((lane) => lane.isBusy))
      return Math.max(earliest, this.#heardAt + this.#termMs);
    // Who only sleeps here is told of rarely: it is for the estimates of others.
    return lanes.some(({ queue }) => queue.away > 0)
      ? Math.max(earliest, this.#heardAt + this.settings.windowMs)
      : undefined;
  }

  /** The request to send now; the same one again after a failure. */
  draft(now: number, leaving = false): ExchangeRequest {
    const flight = this.#repeat ?? { ...this.#newRequest(now, leaving), sentAt: now };
    const { request } = flight;
    this.#repeat = undefined;
    this.#inFlight = flight;
    this.#sentAt = now;
    return request;
  }

  /** @returns Probes that the governor asks this process to make. */
  heard(answer: ExchangeAnswer, now: number): readonly Probe[] {
    const flight = this.#inFlight;
    if (flight === undefined || flight.request.requestId !== answer.requestId) return [];
    this.#inFlight = undefined;
    this.#failures = 0;
    this.#clock = synchronised(
      this.#epoch === answer.epoch ? this.#clock : undefined,
      answer.at,
      flight.sentAt,
      now,
    );
    this.#epoch = answer.epoch;
    this.#answer = answer;
    this.#heardAt = now;
    this.guard.heard(answer, now);
    for (const { request, settle } of this.#grantless.splice(0)) this.#useKnownGrant(request, settle, now);
    for (const lane of answer.lanes) this.#leased(lane, answer.at, now);
    for (const { generationId, grant, settle } of flight.uses) {
      settle(answer.granted.includes(generationId) ? grant : undefined);
    }
    this.#forgetIdle();
    this.serve(now);
    return answer.probes;
  }

  failed(failure: string | LinkFailure, now: number): void {
    const { why, isCrowded } = typeof failure === 'string' ? { why: failure, isCrowded: false } : failure;
    const flight = this.#inFlight;
    if (flight === undefined) return;
    this.#inFlight = undefined;
    this.#repeat = flight;
    this.#failures += 1;
    this.#isCrowded = isCrowded;
    this.#failedAt = now;
    this.#why = why;
    this.serve(now);
  }

  get answer(): ExchangeAnswer | undefined {
    return this.#answer;
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

  /** Where one process was not answered, others were not either: they come back one after another. */
  get #retryMs(): number {
    if (this.#failures === 0) return 0;
    const share = shareOf(`${this.settings.process} ${this.#failures}`);
    const growth = 2 ** (this.#failures - 1);
    if (this.#isCrowded) return RETRY_MS + Math.min(LONGEST_CROWDED_MS, CROWDED_RETRY_MS * growth) * share;
    return Math.min(LONGEST_RETRY_MS, RETRY_MS * growth) * (0.5 + share);
  }

  #isUrgent(now: number): boolean {
    if (this.guard.urgent || this.#probes.length > 0) return true;
    if (this.#uses.length + this.#grantless.length > 0) return true;
    return [...this.#lanes.values()].some((lane) => {
      if (lane.rejections.length > 0) return true;
      if (lane.queue.present === 0) return false;
      if (lane.answer === undefined) return true;
      if (lane.answer.kind === 'open') return !this.#isFresh(now);
      // Who got all it wanted last time may ask at once when more comes; who did not waits for the term.
      return lane.slots.length === 0 && !lane.isShort && this.#closedMs(lane, now) === 0;
    });
  }

  #newRequest(now: number, leaving: boolean): { request: ExchangeRequest; uses: readonly GrantCall[] } {
    const { process, windowMs, spend, resets } = this.settings;
    const told = this.guard.drain(now);
    const uses = this.#uses;
    this.#uses = [];
    const probes = this.#probes;
    this.#probes = [];
    const lanes = [...this.#lanes.values()].filter((lane) => !lane.isIdle);
    const request: ExchangeRequest = {
      requestId: `${process}-${++this.#sequence}`,
      process,
      ...(this.#epoch === undefined ? {} : { epoch: this.#epoch }),
      windowMs,
      resets: resets(now),
      ...(spend === undefined ? {} : { spend }),
      lanes: lanes.map((lane) => {
        const nextMs = lane.queue.present > 0 ? this.#termMs : windowMs;
        return lane.report(now, this.#reachMs, now + nextMs);
      }),
      routes: told,
      probes,
      uses: uses.map(({ generationId, grant, worstUsd }) => ({ generationId, grant: grant.id, worstUsd })),
      ...(leaving ? { leaving } : {}),
    };
    return { request, uses };
  }

  #leased(answer: ExchangeAnswer['lanes'][number], at: number, now: number): void {
    const lane = this.#lanes.get(answer.model);
    const clock = this.#clock;
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
    return this.#isFresh(now) ? 'open' : undefined;
  }

  /**
   * Whether a call without a known limit may go by what was heard. After a while without an exchange it must
   * be asked first: a hold may have opened. Who asked in time and is not answered has its allowance.
   */
  #isFresh(now: number): boolean {
    const askedAt = (this.#inFlight ?? this.#repeat)?.sentAt ?? now;
    const askedInTime = askedAt - this.#heardAt <= NEWS_TERMS * this.#termMs;
    return askedInTime && now - this.#heardAt <= ALLOWANCE_TERMS * this.#termMs;
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

  #stopped({ route, insists }: SlotRequest, now: number): Stopped | undefined {
    const asker = insists === true ? { insists } : {};
    for (const guard of [this.guard, ...this.#others()]) {
      const stopped =
        guard === this.guard ? guard.check(route, now, asker) : guard.checkShared(route, now, asker);
      if (stopped !== undefined) return stopped;
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
    return Math.max(0, waitedMs - (this.#clock === undefined ? 0 : aheadMs(this.#clock)));
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
        why: this.#why_(lane, route, ahead, closed, now),
        limit: by ?? answer.binding?.dimension ?? 'rpm',
        place: ahead + 1,
        ...(answer.everyMs > 0 ? { perMinute: Math.round((60_000 / answer.everyMs) * 10) / 10 } : {}),
      },
    };
  }

  #why_(lane: SeatLane<Waiter>, route: Route, ahead: number, closedMs: number, now: number): string {
    const { answer } = lane;
    const by = closedMs > 0 ? (answer?.closed?.by ?? 'pause') : (answer?.binding?.dimension ?? 'rpm');
    if (by === 'spend') {
      return `${route.model}: the project spends faster than its tier allows, for another ${describeDuration(closedMs)}, ${ahead} ahead`;
    }
    const known = by === 'pause' ? undefined : answer?.limits.find(({ dimension }) => dimension === by);
    return describeWait({
      model: route.model,
      ...(answer === undefined ? {} : { countedAs: answer.countedAs }),
      binding: by,
      ...(known === undefined ? {} : { known: { ...known, ageMs: known.ageMs + (now - lane.heardAt) } }),
      windowMs: this.settings.windowMs,
      untilMs: closedMs,
      ahead,
    });
  }

  /** Its patience is over: what it is told. */
  #lastWord(lane: SeatLane<Waiter>, waiter: Waiter, now: number): QuotaWait {
    const { route } = waiter.request;
    const isSilent = this.#failures > 0 || lane.answer === undefined;
    const known = isSilent ? undefined : this.#waitOf(lane, waiter, route, now);
    if (known !== undefined) return known.answer;
    const place = lane.queue.ahead(waiter) + 1;
    const why = `${route.model}: the quota governor of ${this.settings.id} does not answer (${this.#why}), and no slot is left`;
    return { kind: 'wait', ms: Math.max(SHORTEST_WAIT_MS, this.#termMs), why, limit: 'governor', place };
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
