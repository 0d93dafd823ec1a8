/**
 * The stops that a process knows: those its governor told, with the trials that are this process's own,
 * and holds that a verdict here has just opened, until the governor has heard of it. No timers, no clock.
 */
import type { Hold, Scope, Stop } from '../contract/standing.ts';
import type { Branch } from '../domain/branch.ts';
import type { Place } from '../governor/standing/index.ts';
import { covers, isRoute, isScope, isShared, routeKey } from '../governor/standing/index.ts';

/** A trial that nobody here has taken for so long is given back: somebody waits for it elsewhere. */
const UNCLAIMED_MS = 10_000;
/**
 * It is not begun later than this after it was asked for: with the longest call (10 min) it is over before
 * the governor takes it for lost (12 min).
 */
const USABLE_MS = 60_000;

interface FreeTrial {
  readonly id: string;
  /** When it came, or was given back by its call. */
  readonly since: number;
  /** When it was asked for; the governor gave it later than that. */
  readonly askedAt: number;
}

export interface KnownStop {
  readonly stop: Stop;
  /** This process's clock at which a breaker may be tried. */
  readonly tryAt: number;
  /** Trials to take. */
  readonly free: FreeTrial[];
  /** A verdict of this process opened it; `told` once the governor is being told. */
  readonly own?: { told: boolean };
}

export class GuardStops {
  #known: readonly KnownStop[] = [];
  /** Trials that were taken or given back, and when asked for: listed by the governor until it hears of that. */
  readonly #spent = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#known.length === 0;
  }

  get hasFree(): boolean {
    return this.#known.some(({ free }) => free.length > 0);
  }

  get all(): readonly Stop[] {
    return this.#known.map(({ stop }) => stop);
  }

  /** @param isOwn Whether the place belongs to this governor; another one's shares its machines only. */
  covering(place: Place, isOwn: boolean): readonly KnownStop[] {
    return this.#known.length === 0 ? [] : this.#known.filter(({ stop }) => isCovered(stop, place, isOwn));
  }

  holdOf(branch: Branch, scope: Scope): Hold | undefined {
    for (const { stop } of this.#known) {
      if (stop.kind === 'hold' && stop.hold.branch === branch && isScope(stop.hold.scope, scope)) {
        return stop.hold;
      }
    }
    return undefined;
  }

  /**
   * @param askedAt When the answer was asked for.
   * @returns Whether other stops stand than before, or in other phases.
   */
  heard(stops: readonly Stop[], askedAt: number, now: number): boolean {
    const before = this.all.map(phaseOf).join();
    const listed = new Set(stops.flatMap(({ trials }) => trials));
    for (const id of this.#spent.keys()) if (!listed.has(id)) this.#spent.delete(id);
    const known = new Map(this.#known.flatMap(({ free }) => free.map((trial) => [trial.id, trial])));
    const told = stops.map((stop): KnownStop => ({
      stop,
      tryAt: stop.kind === 'breaker' ? now + stop.tryInMs : 0,
      free: stop.trials
        .filter((id) => !this.#spent.has(id))
        .map((id) => known.get(id) ?? { id, since: now, askedAt }),
    }));
    this.#known = [...this.#known.filter(({ own }) => own?.told === false), ...told];
    return this.all.map(phaseOf).join() !== before;
  }

  /** A verdict says at once what the governor will say. */
  open(hold: Hold): void {
    const stop: Stop = { kind: 'hold', hold, trials: [] };
    this.#known = [{ stop, tryAt: 0, free: [], own: { told: false } }, ...this.#known];
  }

  /** What was opened here is being told. */
  tell(): void {
    for (const { own } of this.#known) if (own !== undefined) own.told = true;
  }

  /** Whether no call may go through it now. */
  isShut({ free }: KnownStop, now: number): boolean {
    return !free.some((trial) => isUsable(trial, now));
  }

  take({ free }: KnownStop, now: number): string | undefined {
    const index = free.findIndex((trial) => isUsable(trial, now));
    const [trial] = index < 0 ? [] : free.splice(index, 1);
    if (trial !== undefined) this.#spent.set(trial.id, trial.askedAt);
    return trial?.id;
  }

  /** False where it can be of no use here any more: then the governor must be told. */
  giveBack(id: string, now: number): boolean {
    const known = this.#known.find(({ stop }) => stop.trials.includes(id));
    const askedAt = this.#spent.get(id);
    if (known === undefined || askedAt === undefined) return false;
    const trial = { id, since: now, askedAt };
    if (!isUsable(trial, now)) return false;
    this.#spent.delete(id);
    known.free.push(trial);
    return true;
  }

  hasUnclaimed(now: number): boolean {
    return this.#known.some(({ free }) => free.some((trial) => isUnclaimed(trial, now)));
  }

  /** Takes out the trials that nobody here wants. */
  unclaimed(now: number): readonly string[] {
    return this.#known.flatMap(({ free }) => {
      const ids = free.filter((trial) => isUnclaimed(trial, now)).map(({ id }) => id);
      for (const id of ids) this.#spent.set(id, -Infinity);
      const kept = free.filter(({ id }) => !ids.includes(id));
      free.splice(0, free.length, ...kept);
      return ids;
    });
  }
}

function phaseOf(stop: Stop): string {
  switch (stop.kind) {
    case 'hold':
      return `${stop.hold.id} ${stop.hold.phase}`;
    case 'breaker':
      return `${routeKey(stop.breaker.route)} ${stop.breaker.phase}`;
    case 'unproved':
      return stop.scope.key;
  }
}

function isUnclaimed(trial: FreeTrial, now: number): boolean {
  return now - trial.since >= UNCLAIMED_MS || !isUsable(trial, now);
}

function isUsable({ askedAt }: FreeTrial, now: number): boolean {
  return now - askedAt < USABLE_MS;
}

function isCovered(stop: Stop, place: Place, isOwn: boolean): boolean {
  switch (stop.kind) {
    case 'hold':
      return (isOwn || isShared(stop.hold.scope)) && covers(stop.hold.scope, place);
    case 'breaker':
      return isOwn && isRoute(stop.breaker.route, place);
    case 'unproved':
      return isOwn && covers(stop.scope, place);
  }
}
