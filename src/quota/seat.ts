/**
 * A process's seat at one governor: who waits here for the project's quota, the slots that were leased for
 * them, what stops their routes, and what is to be told. Deterministic, driven from outside: `fleet-broker.ts`
 * gives it timers and Temporal, the simulator gives it virtual time. It never invents a slot: without one, and
 * without a governor that answers, calls wait.
 */
import type { ExchangeAnswer, ExchangeRequest, ModelLimits, SpendLimit } from '../contract/exchange.ts';
import type { Held, Probe } from '../contract/standing.ts';
import type { GrantRequest, Outlook, QuotaWait, Slot, SlotRequest, SlotUse, Witness } from './broker.ts';
import type { Caller } from './caller.ts';
import { turnOf } from './caller.ts';
import type { Letter } from './correspondence.ts';
import { Correspondence } from './correspondence.ts';
import { aheadMs } from './governor-clock.ts';
import type { GrantCall } from './grant-uses.ts';
import { GrantUses, told } from './grant-uses.ts';
import type { Asker, Pass } from './route-guard.ts';
import { RouteGuard } from './route-guard.ts';
import type { LeasedSlot } from './leased-slots.ts';
import type { LinkFailure } from './link-failure.ts';
import { OpenSlots } from './open-slots.ts';
import type { SeatLane } from './seat-lane.ts';
import { SeatLanes } from './seat-lanes.ts';
import type { Fleet } from './seat-wait.ts';
import { callBackMs, isNear, SHORTEST_WAIT_MS, waitOf } from './seat-wait.ts';
import type { Turn } from './turn-queue.ts';
import { UnpricedCalls } from './unpriced.ts';

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

interface Open {
  readonly lane: SeatLane<Caller>;
  readonly pass: Pass;
  readonly slot?: LeasedSlot;
  readonly grantedAt: number;
  readonly lateMs: number;
}

type Stopped = NonNullable<ReturnType<RouteGuard['check']>>;

/** A caller waits here for its slot so many times as long as it was called back early, unless it says otherwise. */
const PATIENCE = 4;
/** How often those that wait for a trial are looked after, beside every answer. */
const PARKED_LOOK_MS = 1_000;
const GO: Outlook = { kind: 'go' };

export class Seat {
  readonly settings: SeatSettings;
  readonly guard: RouteGuard;
  readonly #lanes: SeatLanes<Caller>;
  readonly #open = new OpenSlots<Open>();
  readonly #unpriced = new UnpricedCalls();
  readonly #parked = new Set<Caller>();
  readonly #others: () => readonly RouteGuard[];
  readonly #letters: Correspondence<GrantCall>;
  readonly #grants = new GrantUses();
  #probes: ExchangeRequest['probes'][number][] = [];
  #sequence = 0;

  /** @param others The guards of the process's other seats: a gateway's hold is everybody's. */
  constructor(settings: SeatSettings, others: () => readonly RouteGuard[] = () => []) {
    this.settings = settings;
    this.guard = new RouteGuard();
    this.#lanes = new SeatLanes(settings);
    this.#letters = new Correspondence(settings);
    this.#others = others;
  }

  /** How long a caller waits here for its slot, unless it says otherwise. */
  patienceMs(model: string): number {
    return callBackMs(this.#lanes.find(model), this.#fleet) * PATIENCE;
  }

  get #fleet(): Fleet {
    const { windowMs } = this.settings;
    return { processes: this.answer?.processes ?? 1, reachMs: this.#letters.reachMs, windowMs };
  }

  /** @param asker Who `sleeps` on a wait keeps its place here, so that others do not take themselves for next. */
  outlook(request: SlotRequest, now: number, asker?: { readonly sleeps: boolean }): Outlook {
    // Who does not sleep on the answer only looks: a trial that is asked for would be kept for nobody.
    const stopped = this.#stopped(request, now, asker?.sleeps === true ? {} : { looks: true });
    if (stopped !== undefined) {
      // Seconds are waited for where the slot is taken.
      return stopped.kind === 'wait' && stopped.limit === 'trial' ? GO : this.#asOutlook(stopped);
    }
    const lane = this.#lanes.find(request.route.model);
    if (lane?.answer === undefined) return GO;
    const turn = this.#turn(request, lane, now);
    const wait = waitOf(lane, turn, this.#fleet, now);
    if (wait === undefined || isNear(wait, lane, this.#fleet)) return GO;
    if (asker?.sleeps === true) this.#remember(lane, turn, wait.answer, now);
    return wait.answer;
  }

  /** Joins the queue, or is answered at once when its turn is far. `settle` is called exactly once. */
  join(request: SlotRequest, waitMs: number, settle: Caller['settle'], now: number): Caller | undefined {
    const lane = this.#lanes.of(request.route.model, now);
    const turn = this.#turn(request, lane, now);
    lane.queue.recall(request.generationId);
    lane.arrived();
    const caller: Caller = { ...turn, since: now, until: now + waitMs, request, settle };
    lane.queue.join(caller);
    this.serve(now);
    if (this.#parked.has(caller)) return caller;
    if (!lane.queue.has(caller)) return undefined;
    const wait = waitOf(lane, caller, this.#fleet, now);
    if (wait !== undefined && wait.turnInMs > waitMs) {
      this.#sendAway(lane, caller, this.#lastWord(lane, caller, now), now);
      return undefined;
    }
    return caller;
  }

  leave(caller: Caller): void {
    this.#parked.delete(caller);
    this.#lanes.find(caller.request.route.model)?.queue.leave(caller);
  }

  /** Hands out what is due, and sends away whose time here is over. */
  serve(now: number): void {
    this.guard.look(now);
    this.#unpark(now);
    for (const lane of this.#lanes.all()) {
      this.#serveLane(lane, now);
      for (const caller of lane.queue.everyPresent()) {
        if (caller.until > now) continue;
        this.#sendAway(lane, caller, this.#lastWord(lane, caller, now), now);
      }
    }
  }

  /** Nobody is served here any more: all that wait are sent away. */
  dismiss(now: number): void {
    for (const caller of this.#parked) this.#lanes.find(caller.request.route.model)?.queue.join(caller);
    this.#parked.clear();
    for (const lane of this.#lanes.all()) {
      for (const caller of lane.queue.everyPresent())
        this.#sendAway(lane, caller, this.#lastWord(lane, caller, now), now);
    }
  }

  report(slotId: string, use: SlotUse, now: number): void {
    const open = this.#open.close(slotId);
    if (open === undefined) return;
    const { lane, pass, slot } = open;
    if (use.kind === 'unused') {
      this.guard.released(pass, now);
      if (slot === undefined) lane.unpaced = Math.max(0, lane.unpaced - 1);
      else lane.slots.giveBack(slot, now);
      return this.serve(now);
    }
    if (use.sentAfterMs !== undefined) lane.lagged(use.sentAfterMs + open.lateMs);
    this.guard.ended(pass, use.verdict, now);
    this.#unpriced.ended(pass.generationId, now);
    if (use.kind === 'limited') lane.limited(use, slot, open.grantedAt, now);
    this.serve(now);
  }

  /** What the provider publishes, by model id; told with the next exchanges. */
  live(limits: Readonly<Record<string, ModelLimits>>): void {
    this.#lanes.live(limits);
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
    for (const lane of this.#lanes.all()) {
      const first = lane.queue.next();
      if (first === undefined) continue;
      for (const { until } of lane.queue.everyPresent()) times.push(until);
      const due = lane.dueAt(first, now);
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
    const lanes = this.#lanes.all();
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
    this.#leased(answer, now);
    for (const { generationId, grant, settle } of letter.uses) {
      settle(answer.granted.includes(generationId) ? grant : undefined);
    }
    this.#lanes.forgetIdle((lane) => this.#open.some((open) => open.lane === lane));
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
    const lanes = this.#lanes.all();
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
    return this.#lanes.all().some((lane) => {
      if (lane.rejections.length > 0) return true;
      if (lane.queue.present === 0) return false;
      if (lane.answer === undefined) return true;
      if (lane.answer.kind === 'open') return !this.#letters.isFresh(now);
      // Who got all it wanted last time may ask at once when more comes; who did not waits for the term.
      return lane.slots.length === 0 && !lane.isShort && lane.closedMs(now) === 0;
    });
  }

  #newLetter(now: number, leaving: boolean): Letter<GrantCall> {
    const { process, windowMs, spend, resets } = this.settings;
    const { epoch, termMs, reachMs } = this.#letters;
    const routes = this.guard.drain(now);
    const uses = this.#grants.drain();
    const probes = this.#probes;
    this.#probes = [];
    const lanes = this.#lanes.all().filter((lane) => !lane.isIdle);
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

  #leased({ lanes, at }: ExchangeAnswer, now: number): void {
    const { clock } = this.#letters;
    if (clock === undefined) return;
    for (const lane of lanes) this.#lanes.find(lane.model)?.heard(lane, at, clock, now);
  }

  #serveLane(lane: SeatLane<Caller>, now: number): void {
    for (let caller = lane.queue.next(); caller !== undefined; caller = lane.queue.next()) {
      const stopped = this.#stopped(caller.request, now);
      if (stopped !== undefined) {
        lane.queue.leave(caller);
        this.#stop(caller, stopped, now);
        continue;
      }
      const granted = this.#slotFor(lane, caller, now);
      if (granted === undefined) return;
      lane.queue.leave(caller);
      lane.queue.served(caller.tenant);
      caller.settle(this.#grant(lane, caller, granted === 'open' ? undefined : granted, now));
    }
  }

  /** Who waits for a call that goes first waits here, beside the queue: that takes seconds. */
  #stop(caller: Caller, stopped: Stopped, now: number): void {
    if (stopped.kind === 'wait' && stopped.limit === 'trial' && now < caller.until) this.#parked.add(caller);
    else caller.settle(this.#asOutlook(stopped));
  }

  #unpark(now: number): void {
    for (const caller of [...this.#parked]) {
      const stopped = this.#stopped(caller.request, now);
      const isStillFirst = stopped?.kind === 'wait' && stopped.limit === 'trial' && now < caller.until;
      if (isStillFirst) continue;
      this.#parked.delete(caller);
      if (stopped === undefined) this.#lanes.find(caller.request.route.model)?.queue.join(caller);
      else caller.settle(this.#asOutlook(stopped));
    }
  }

  #slotFor(lane: SeatLane<Caller>, caller: Caller, now: number): LeasedSlot | 'open' | undefined {
    const { answer } = lane;
    if (answer === undefined || lane.closedMs(now) > 0) return undefined;
    if (answer.kind === 'paced') return lane.take(caller, now);
    return this.#letters.isFresh(now) ? 'open' : undefined;
  }

  #grant(lane: SeatLane<Caller>, caller: Caller, slot: LeasedSlot | undefined, now: number): Slot {
    const { route } = caller.request;
    const id = `${this.settings.process}-s${++this.#sequence}`;
    const lateMs = slot === undefined ? 0 : Math.max(0, now - Math.max(slot.due, caller.since));
    const pass = this.guard.pass(route, now, caller.request.generationId, this.#others());
    this.#open.open(id, { lane, pass, grantedAt: now, lateMs, ...(slot === undefined ? {} : { slot }) });
    if (slot === undefined) lane.unpaced += 1;
    return {
      kind: 'slot',
      id,
      route,
      ...(slot === undefined ? {} : { validMs: Math.max(1, slot.until - now) }),
    };
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

  #turn(request: SlotRequest, lane: SeatLane<Caller>, now: number): Turn {
    const remembered = lane.queue.remembered(request.generationId);
    return turnOf(request, now - this.#waitedMs(request), remembered, () => ++this.#sequence);
  }

  /** Generations begin by the server's clock: a process whose own is ahead must not take all of its for older. */
  #waitedMs({ waitedMs }: SlotRequest): number {
    if (waitedMs === undefined) return 0;
    const { clock } = this.#letters;
    return Math.max(0, waitedMs - (clock === undefined ? 0 : aheadMs(clock)));
  }

  /** Its patience is over: what it is told. */
  #lastWord(lane: SeatLane<Caller>, caller: Caller, now: number): QuotaWait {
    const { route } = caller.request;
    const isSilent = this.#letters.isFailing || lane.answer === undefined;
    const known = isSilent ? undefined : waitOf(lane, caller, this.#fleet, now);
    if (known !== undefined) return known.answer;
    const place = lane.queue.ahead(caller) + 1;
    const why = `${route.model}: the quota governor of ${this.settings.id} does not answer (${this.#letters.why}), and no slot is left`;
    return {
      kind: 'wait',
      ms: Math.max(SHORTEST_WAIT_MS, this.#letters.termMs),
      why,
      limit: 'governor',
      place,
    };
  }

  #sendAway(lane: SeatLane<Caller>, caller: Caller, answer: QuotaWait, now: number): void {
    lane.queue.leave(caller);
    this.#remember(lane, caller, answer, now);
    caller.settle(answer);
  }

  #remember(lane: SeatLane<Caller>, turn: Turn, { ms }: QuotaWait, now: number): void {
    // Where it comes back to is another process, more often than not: were it counted here any longer, it
    // would be counted twice, and those behind it would sleep past their turn.
    lane.queue.remember(turn, now + ms);
  }
}
