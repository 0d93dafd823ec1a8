/**
 * How the routes of one process stand, without a governor: the same guards as in a fleet, and the same
 * reducers in memory, asked on the spot. After a restart nothing is held and no credential is proved.
 */
import type { GrantUse, ProbeOutcome } from '../contract/exchange.ts';
import type { Degraded, Grant, GovernorCommand, Probe, StandingView } from '../contract/standing.ts';
import type { Route } from '../domain/path.ts';
import type { HourCounts } from '../domain/quiet.ts';
import { quotaId } from '../domain/path.ts';
import type { StandingState } from '../governor/standing/index.ts';
import {
  command,
  emptyStanding,
  hoursView,
  standingAfter,
  standingFor,
  standingView,
} from '../governor/standing/index.ts';
import type { CallVerdict, GrantRequest, Held, Witness } from './broker.ts';
import type { ProbeOf } from './probe.ts';
import type { Asker, Pass, StopWait } from './route-guard.ts';
import { RouteGuard } from './route-guard.ts';

export interface LocalStandingOptions {
  readonly probe?: ProbeOf;
  /** Calls at a time on a credential that nothing has proved; 0 lets all go. */
  readonly callsUnproved: number;
  /** The provider's window over a real minute. */
  readonly scale: number;
  readonly now: () => number;
  /** A probe has ended: what it stopped may go on. */
  readonly probed: () => void;
  /** How an account's routes stand has changed; must not throw. */
  readonly changed?: StandingChanged;
}

/** @param account `google/ai-studio/my-project` */
export type StandingChanged = (
  account: string,
  before: StandingState,
  after: StandingState,
  now: number,
) => void;

/** Whether the counts are a route's. */
export function isOf(counts: HourCounts, { model, tier }: Pick<Route, 'model' | 'tier'>): boolean {
  return counts.model === model && counts.tier === tier;
}

interface Desk {
  readonly account: string;
  readonly guard: RouteGuard;
  readonly others: RouteGuard[];
  state: StandingState;
  toldAt: number;
}

const PROCESS = 'local';
/** What is not urgent is told so often. */
const TELL_MS = 1_000;
const NO_PROBE = 'no probe is configured for this scope';
const NOTHING: StandingView = {
  ...{ holds: [], breakers: [], degraded: [], grants: [], alerts: [], events: [], routes: [] },
};

export class LocalStanding {
  readonly #options: LocalStandingOptions;
  /** By `google/ai-studio/my-project`. */
  readonly #desks = new Map<string, Desk>();

  constructor(options: LocalStandingOptions) {
    this.#options = options;
  }

  check(route: Route, now: number, asker: Asker = {}): Held | StopWait | undefined {
    const desk = this.#deskOf(route);
    return (
      this.#ask(desk, now, () => desk.guard.check(route, now, asker)) ??
      this.#checkOthers(desk, route, now, asker)
    );
  }

  pass(route: Route, now: number, generationId: string): Pass {
    const { guard, others } = this.#deskOf(route);
    return guard.pass(route, now, generationId, others);
  }

  ended(pass: Pass, verdict: CallVerdict | undefined, now: number): void {
    const desk = this.#deskOf(pass.route);
    desk.guard.ended(pass, verdict, now);
    this.#tell(desk, now);
    // It may have been a trial of another project's gateway.
    if (pass.trials.length > 0) for (const each of this.#desks.values()) this.#tell(each, now);
  }

  released(pass: Pass, now: number): void {
    this.#deskOf(pass.route).guard.released(pass, now);
  }

  witness(seen: Witness, now: number): void {
    const desk = this.#deskOf(seen.route);
    desk.guard.witness(seen);
    this.#tell(desk, now);
  }

  degraded(route: Route, now: number): Degraded | undefined {
    const desk = this.#deskOf(route);
    const known = desk.guard.degraded(route);
    // It may be over by now, which only shows when it is asked for.
    const isOld = now - desk.toldAt >= TELL_MS && (known !== undefined || desk.guard.hasNews);
    if (!isOld) return known;
    this.#exchange(desk, now);
    return desk.guard.degraded(route);
  }

  takeGrant(request: GrantRequest, now: number): Grant | undefined {
    const desk = this.#deskOf(request.route);
    const usable = desk.guard.grantFor(request, now);
    if (usable === undefined) return undefined;
    const { grant, worstUsd } = usable;
    const { generationId } = request;
    const granted = this.#exchange(desk, now, { uses: [{ grant: grant.id, generationId, worstUsd }] });
    return granted.includes(generationId) ? desk.state.grants.find(({ id }) => id === grant.id) : undefined;
  }

  /** @returns Why it was refused, in words; undefined where it was done. */
  command(told: GovernorCommand, account: string | undefined, now: number): string | undefined {
    const [only, ...more] = this.#desks.keys();
    const id = account ?? (more.length === 0 ? only : undefined);
    if (id === undefined) {
      const known = [...this.#desks.keys()].join(', ');
      return `account: give one${known === '' ? ', such as google/ai-studio/my-project' : ` of ${known}`}`;
    }
    const desk = this.#desk(id);
    const done = command(desk.state, told, now);
    if ('refused' in done) return done.refused;
    this.#stands(desk, done.state, now);
    this.#exchange(desk, now);
    return undefined;
  }

  /** Of one account, or of all: then an id is unique within its account only. */
  view(account: string | undefined, now: number): StandingView {
    const desks = account === undefined ? [...this.#desks.values()] : [this.#desk(account)];
    return desks.reduce((all, desk) => {
      this.#exchange(desk, now);
      const view = standingView(desk.state, now);
      return {
        holds: [...all.holds, ...view.holds],
        breakers: [...all.breakers, ...view.breakers],
        degraded: [...all.degraded, ...view.degraded],
        grants: [...all.grants, ...view.grants],
        alerts: [...all.alerts, ...view.alerts],
        events: [...all.events, ...view.events],
        routes: [...all.routes, ...view.routes],
        hours: [...(all.hours ?? []), ...(view.hours ?? [])],
      };
    }, NOTHING);
  }

  hours(route: Route, now: number): HourCounts | undefined {
    const desk = this.#deskOf(route);
    this.#exchange(desk, now);
    return hoursView(desk.state, now).find((each) => isOf(each, route));
  }

  #deskOf({ account }: Route): Desk {
    return this.#desk(quotaId(account));
  }

  #desk(id: string): Desk {
    const known = this.#desks.get(id);
    if (known !== undefined) return known;
    const { callsUnproved } = this.#options;
    const guard = new RouteGuard(callsUnproved > 0);
    const before = [...this.#desks.values()];
    for (const { others } of before) others.push(guard);
    const others = before.map((desk) => desk.guard);
    const desk: Desk = { account: id, guard, others, state: emptyStanding(callsUnproved), toldAt: -Infinity };
    this.#desks.set(id, desk);
    return desk;
  }

  #checkOthers(own: Desk, route: Route, now: number, asker: Asker): Held | StopWait | undefined {
    if (own.others.length === 0) return undefined;
    for (const desk of this.#desks.values()) {
      if (desk === own) continue;
      const stop = this.#ask(desk, now, () => desk.guard.checkShared(route, now, asker));
      if (stop !== undefined) return stop;
    }
    return undefined;
  }

  /** What stops a route, by the latest word: a trial that it asks for is given on the spot. */
  #ask(desk: Desk, now: number, check: () => Held | StopWait | undefined): Held | StopWait | undefined {
    const stop = check();
    const isOld = stop !== undefined && now - desk.toldAt >= TELL_MS;
    if (!isOld && !desk.guard.urgent) return stop;
    this.#exchange(desk, now);
    return check();
  }

  #tell(desk: Desk, now: number): void {
    if (desk.guard.urgent || (desk.guard.hasNews && now - desk.toldAt >= TELL_MS)) this.#exchange(desk, now);
  }

  #exchange(
    desk: Desk,
    now: number,
    more: { readonly uses?: readonly GrantUse[]; readonly probes?: readonly ProbeOutcome[] } = {},
  ): readonly string[] {
    const { uses = [], probes = [] } = more;
    const { scale } = this.#options;
    const told = { process: PROCESS, routes: desk.guard.drain(now), probes, uses, scale };
    const offers = standingFor(standingAfter(desk.state, told, now), PROCESS, now);
    this.#stands(desk, offers.state, now);
    desk.toldAt = now;
    desk.guard.heard(offers, now);
    for (const probe of offers.probes) void this.#probe(desk, probe);
    return offers.granted;
  }

  #stands(desk: Desk, state: StandingState, now: number): void {
    const before = desk.state;
    desk.state = state;
    this.#options.changed?.(desk.account, before, state, now);
  }

  async #probe(desk: Desk, probe: Probe): Promise<void> {
    const failed = (why: string): ProbeOutcome => ({ ...probe, ok: false, why });
    const outcome = await (this.#options.probe?.(probe) ?? Promise.resolve(undefined)).catch(
      (error: unknown) => failed(error instanceof Error ? error.message : String(error)),
    );
    this.#exchange(desk, this.#options.now(), { probes: [outcome ?? failed(NO_PROBE)] });
    this.#options.probed();
  }
}
