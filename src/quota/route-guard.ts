/**
 * What one governor's stops mean for the calls of this process: what may go, what came of it, and what the
 * governor is told. Deterministic, without timers: `now` is the process's own clock, in milliseconds.
 *
 * - A verdict that opens a hold stops this process at once, before the governor has heard of it.
 * - A call that was on its way when a stop began says nothing of what came after: it opens no hold, and once
 *   a breaker has closed its failure does not count.
 * - A trial is taken by one call, and told of once, whatever came of it.
 *
 *     guard.check(route, now) ?? guard.pass(route, now, generationId)   // before a call
 *     guard.ended(pass, verdict, now) or guard.released(pass, now)      // after it
 *     guard.drain(now) → governor → guard.heard(answer, now)            // one exchange at a time
 */
import type { ExchangeAnswer, RouteReport, TrialEnd } from '../contract/exchange.ts';
import type { Degraded, Grant, Hold } from '../contract/standing.ts';
import { UNNAMED_HOLD } from '../domain/route-stop.ts';
import type { Route } from '../domain/path.ts';
import type { Place } from '../governor/standing/index.ts';
import { covers, holdScope, isCapacity, isRoute, opensHold, routeKey } from '../governor/standing/index.ts';
import type { CallVerdict, GrantRequest, Held, Witness } from './broker.ts';
import { GuardAlarm } from './guard-alarm.ts';
import { GuardFirstCalls } from './guard-first-calls.ts';
import { GuardMemory, aboutBreaker, aboutHold, aboutOf } from './guard-memory.ts';
import { NOWHERE, machineOf, placeOf } from './guard-place.ts';
import { GuardReports, emptyReport } from './guard-reports.ts';
import type { KnownStop } from './guard-stops.ts';
import { GuardStops } from './guard-stops.ts';
import { GuardWishes } from './guard-wishes.ts';
import { holdWhy, stopWhy } from './guard-words.ts';

/** Text calls and generations that go first take seconds: worth asking again then. */
const TRIAL_MS = 5_000;
/** An answer of the governor takes less. */
const ASK_MS = 1_000;
const STALE_ASK_MS = 2_000;
/** A hold heard of so long ago may have been resumed since: it is asked about before it is believed. */
const STALE_MS = 10_000;
/** Without an answer for so long it is believed all the same. */
const UNANSWERED_MS = 5_000;

export interface StopWait {
  readonly kind: 'wait';
  /** Milliseconds until it is worth asking again. */
  readonly ms: number;
  readonly why: string;
  /** `breaker`: nobody may try yet. `trial`: somebody is trying. */
  readonly limit: 'breaker' | 'trial';
  /** What it waits for may come any moment: worth staying for. */
  readonly isBrief?: true;
}

/** Who asks whether a call may go. */
export interface Asker {
  /** It only looks: no trial is asked for. */
  readonly looks?: true;
  /** A person's word for this call: it goes through what is held, and through nothing else. */
  readonly insists?: true;
}

const CALLER: Asker = {};

/** The right to make one call, as far as stops are concerned. */
export interface Pass {
  readonly route: Route;
  readonly generationId: string;
  readonly at: number;
  /** What it goes through as a trial, and whose governor let it. */
  readonly trials: readonly Trial[];
  /** Ids of this governor's holds that it goes through by a person's word. */
  readonly through: readonly string[];
}

interface Trial {
  readonly id: string;
  readonly about: string;
  readonly guard: RouteGuard;
}

export type Heard = Pick<ExchangeAnswer, 'stops' | 'degraded' | 'grants'>;

/** A grant that a generation could use, with the worst price of the route it approves. */
export interface UsableGrant {
  readonly grant: Grant;
  readonly worstUsd: number;
}

export class RouteGuard {
  readonly #asksFirst: boolean;
  readonly #stops = new GuardStops();
  readonly #reports = new GuardReports();
  readonly #alarm = new GuardAlarm();
  readonly #wishes = new GuardWishes();
  readonly #memory = new GuardMemory();
  readonly #over = new WeakSet<Pass>();
  /** Calls that are trials of this governor's. */
  readonly #firstCalls = new GuardFirstCalls<Pass>();
  /** Credentials that the governor has answered about; `telling`: those it is being told of. */
  readonly #known = new Set<string>();
  readonly #telling = new Set<string>();
  #ends: TrialEnd[] = [];
  #degraded: readonly Degraded[] = [];
  #grants: readonly Grant[] = [];
  #urgent = false;
  #heardAt = -Infinity;
  #askedAt = -Infinity;
  #drainedAt = -Infinity;
  #now = -Infinity;

  /** @param asksFirst Whether the governor wants to know of a credential before it is used. */
  constructor(asksFirst = true) {
    this.#asksFirst = asksFirst;
  }

  /** Something is to be told, at the next regular exchange if it is not urgent. */
  get hasNews(): boolean {
    return !this.#reports.isEmpty || this.#ends.length > 0 || this.#stops.hasFree;
  }

  /** A hold may have been resumed since it was heard of. */
  isStale(now: number): boolean {
    return now - this.#heardAt > STALE_MS && this.#heardAt > -Infinity;
  }

  /** Something is to be told at once. */
  get urgent(): boolean {
    return this.#urgent || this.#stops.hasUnclaimed(this.#now);
  }

  /**
   * What keeps a call of one of this governor's routes back; undefined where it may go. Before the first
   * answer nothing does: without one there is no slot either.
   */
  check(route: Route, now: number, asker: Asker = CALLER): Held | StopWait | undefined {
    this.#now = now;
    this.look(now);
    const { credential } = route.account;
    if (this.#asksFirst && !this.#known.has(credential)) {
      const place = placeOf(route);
      if (asker.looks !== true) this.#want(place, ASK_MS, now);
      if (this.#heardAt === -Infinity && this.#stops.isEmpty) return undefined;
      const why = `credential ${credential}: asking the governor whether it is proved`;
      const asking: StopWait = { kind: 'wait', ms: ASK_MS, why, limit: 'trial', isBrief: true };
      return this.#shut(place, true, asker, now) ?? asking;
    }
    return this.#stops.isEmpty ? undefined : this.#shut(placeOf(route), true, asker, now);
  }

  /** The same of another governor's route, which shares this one's gateway or endpoint only. */
  checkShared(route: Route, now: number, asker: Asker = CALLER): Held | StopWait | undefined {
    this.#now = now;
    return this.#stops.isEmpty ? undefined : this.#shut(machineOf(route), false, asker, now);
  }

  /**
   * Lets one call go, right after `check` (and `checkShared` of the others) said that it may.
   * @param others The guards of the process's other governors: it may be a trial of theirs, too.
   */
  pass(route: Route, now: number, generationId: string, others: readonly RouteGuard[] = []): Pass {
    this.#now = now;
    const own = this.#take(placeOf(route), true, now);
    const shared = others.flatMap((guard) => guard.#take(machineOf(route), false, now));
    const through = this.#stops
      .covering(placeOf(route), true)
      .flatMap((known) => (isHeld(known) ? [known.stop.hold.id] : []));
    const trials = shared.length === 0 ? own : [...own, ...shared];
    const pass: Pass = { route, generationId, at: now, trials, through };
    if (own.length > 0) this.#firstCalls.add(pass);
    return pass;
  }

  /** The call ended: well where there is no verdict. A second word on the same pass is ignored. */
  ended(pass: Pass, verdict: CallVerdict | undefined, now: number): void {
    if (this.#isOver(pass)) return;
    this.#now = now;
    const { generationId, route } = pass;
    const told = verdict === undefined ? undefined : { ...wordsOf(verdict), generationId };
    for (const { id, guard } of pass.trials) {
      guard.#ends.push({ trial: id, ...(told === undefined ? {} : { verdict: told }) });
      guard.#urgent = true;
      guard.#wishes.clear();
    }
    const place = placeOf(route);
    const isFailure = verdict !== undefined && isCapacity(verdict.branch);
    if (isFailure && this.#isFromBeforeClosing(pass, place)) return;
    if (verdict === undefined && pass.through.length > 0) {
      this.#reports.disproved(place, pass.through);
      this.#urgent = true;
    }
    this.#reports.ended(place, verdict?.branch);
    if (this.#alarm.ended(routeKey(place), isFailure, now)) this.#urgent = true;
    if (told !== undefined) this.#judge(pass, place, told, now);
  }

  /** Nothing was sent: a trial that it was is free for the next call. */
  released(pass: Pass, now: number): void {
    if (this.#isOver(pass)) return;
    this.#now = now;
    for (const { id, guard } of pass.trials) {
      if (guard.#stops.giveBack(id, now)) continue;
      guard.#ends.push({ trial: id, unused: true });
      guard.#urgent = true;
    }
  }

  /** What a call cost, and the evidence of a verdict that may have opened a hold. */
  witness(seen: Witness): void {
    const { route, verdict, generationId, evidence, sureUsd, possibleUsd } = seen;
    const place = placeOf(route);
    // A call that is not billed says nothing of what calls cost.
    if (verdict === undefined || sureUsd + possibleUsd > 0) this.#reports.cost(place, sureUsd, possibleUsd);
    if (verdict === undefined || (!opensHold(verdict) && !isCapacity(verdict.branch))) return;
    const { branch } = verdict;
    this.#reports.evidence(place, { ...wordsOf(verdict), generationId, evidence });
    const scope = holdScope(branch, place);
    const hold = scope === undefined ? undefined : this.#stops.holdOf(branch, scope);
    // Somebody who decides on the hold must name it.
    if (hold !== undefined && hold.evidence === undefined) this.#urgent = true;
  }

  /** What the governor answers to what was drained last. */
  heard({ stops, degraded, grants }: Heard, now: number): void {
    this.#now = now;
    this.#heardAt = now;
    if (this.#stops.heard(stops, this.#drainedAt, now)) this.#wishes.clear();
    this.#memory.saw(this.#stops.all, now);
    this.#degraded = degraded;
    this.#grants = grants;
    for (const credential of this.#telling) this.#known.add(credential);
    this.#telling.clear();
  }

  /** What to tell with the next exchange, which is repeated until it is answered. */
  drain(now: number = this.#now): readonly RouteReport[] {
    this.#now = now;
    this.#drainedAt = now;
    const unused = this.#stops.unclaimed(now).map((trial): TrialEnd => ({ trial, unused: true }));
    const trials = [...this.#ends, ...unused];
    const routes = this.#reports.drain();
    for (const { credential, calls, wants } of routes) {
      if (calls > 0 || wants === true) this.#telling.add(credential);
    }
    this.#stops.tell();
    this.#ends = [];
    this.#urgent = false;
    // Trials first: what else is told is about what stands after them.
    return trials.length === 0 ? routes : [{ ...emptyReport(NOWHERE), trials }, ...routes];
  }

  degraded(route: Route): Degraded | undefined {
    if (this.#degraded.length === 0) return undefined;
    const place = placeOf(route);
    return this.#degraded.find((each) => isRoute(each.route, place));
  }

  /** A grant for this cause with room for the price of a route that is offered, in the order of the offers. */
  grantFor({ route, cause, offers }: GrantRequest, now: number): UsableGrant | undefined {
    const place = placeOf(route);
    const grants = this.#grants.filter(
      ({ cause: { branch, scope }, until }) => branch === cause.branch && covers(scope, place) && until > now,
    );
    for (const { route: name, worstUsd } of grants.length === 0 ? [] : offers) {
      const grant = grants.find((each) => each.route === name && each.spentUsd + worstUsd <= each.maxCostUsd);
      if (grant !== undefined) return { grant, worstUsd };
    }
    return undefined;
  }

  /** A first call that is not refused for seconds proves its credential: told at once. */
  look(now: number): void {
    for (const { route } of this.#firstCalls.unrefused(now)) {
      this.#reports.unrefused(placeOf(route));
      this.#urgent = true;
    }
  }

  /** Calls that go first are on their way: the governor gives them to somebody else when we fall silent. */
  get isTrying(): boolean {
    return this.#firstCalls.isAny;
  }

  /** When to look next; undefined where nothing would be seen. */
  lookAt(now: number): number | undefined {
    return this.#firstCalls.lookAt(now);
  }

  #isOver(pass: Pass): boolean {
    if (this.#over.has(pass)) return true;
    this.#over.add(pass);
    this.#firstCalls.ended(pass);
    return false;
  }

  #take(place: Place, isOwn: boolean, now: number): readonly Trial[] {
    return this.#stops.covering(place, isOwn).flatMap((known) => {
      const id = this.#stops.take(known, now);
      return id === undefined ? [] : [{ id, about: aboutOf(known.stop), guard: this }];
    });
  }

  #shut(place: Place, isOwn: boolean, asker: Asker, now: number): Held | StopWait | undefined {
    const shut = this.#stops
      .covering(place, isOwn)
      .filter((known) => this.#stops.isShut(known, now) && !(asker.insists === true && isHeld(known)));
    const held = shut.find(isHeld);
    if (held !== undefined) return this.#held(held.stop.hold, place, asker, now);
    const [longest] = shut.map((known) => waitFor(known, now)).sort((a, b) => b.ms - a.ms);
    // A breaker that is not due yet has no trial to ask for.
    const isDue = longest !== undefined && shut.every(({ tryAt }) => tryAt <= now);
    if (isDue && asker.looks !== true) this.#want(place, TRIAL_MS, now);
    return longest;
  }

  #held(hold: Hold, place: Place, { looks }: Asker, now: number): Held | StopWait {
    const why = holdWhy(hold);
    if (looks === true) return { kind: 'held', hold, why };
    if (this.isStale(now)) {
      if (this.#askedAt <= this.#heardAt) {
        this.#askedAt = now;
        this.#reports.wants(place);
        this.#urgent = true;
      }
      if (now - this.#askedAt < UNANSWERED_MS) {
        return { kind: 'wait', ms: STALE_ASK_MS, why: `${why}; asking whether it still is`, limit: 'trial' };
      }
    }
    // Not urgent: the governor is to know who could probe.
    if (this.#wishes.isNew(routeKey(place), STALE_MS, now)) this.#reports.wants(place);
    return { kind: 'held', hold, why };
  }

  /** Asks for a trial, at once where that was not done lately. */
  #want(place: Place, everyMs: number, now: number): void {
    if (!this.#wishes.isNew(routeKey(place), everyMs, now)) return;
    this.#reports.wants(place);
    this.#urgent = true;
  }

  /** It was on its way when a breaker opened that has closed since. */
  #isFromBeforeClosing({ at, trials }: Pass, place: Place): boolean {
    const about = aboutBreaker(place);
    if (!this.#memory.stoodSince(about, at) || trials.some((trial) => trial.about === about)) return false;
    return !this.#stops.all.some((stop) => aboutOf(stop) === about);
  }

  /** A verdict of a branch with a hold stops this process at once, unless it is about an earlier hold. */
  #judge(
    { at, trials }: Pass,
    place: Place,
    verdict: CallVerdict & { readonly generationId: string },
    now: number,
  ): void {
    const { branch, reason, message, generationId } = verdict;
    const scope = holdScope(branch, place);
    if (scope === undefined) return;
    const about = aboutHold(branch, scope);
    const isTrial = trials.some((trial) => trial.about === about);
    if (!isTrial && this.#memory.stoodSince(about, at)) return;
    this.#reports.verdict(place, verdict);
    const hold = this.#stops.holdOf(branch, scope);
    if (!opensHold(verdict) || hold?.phase === 'held') return;
    const id = hold?.id ?? UNNAMED_HOLD;
    this.#stops.open({
      ...{ id, scope, branch, reason, message, generationId, since: now, calls: 1, phase: 'held' },
    });
    this.#memory.saw(this.#stops.all, now);
    this.#urgent = true;
  }
}

function isHeld(known: KnownStop): known is KnownStop & { readonly stop: { readonly kind: 'hold' } } {
  return known.stop.kind === 'hold' && known.stop.hold.phase === 'held';
}

function waitFor({ stop, tryAt }: KnownStop, now: number): StopWait {
  const why = stopWhy(stop, Math.max(0, tryAt - now));
  const limit = tryAt > now ? 'breaker' : 'trial';
  const ms = tryAt > now ? Math.ceil(tryAt - now) : TRIAL_MS;
  return { kind: 'wait', ms, why, limit, ...(stop.kind === 'unproved' ? { isBrief: true } : {}) };
}

function wordsOf({ branch, reason, message }: CallVerdict): CallVerdict {
  return { branch, reason, message };
}
