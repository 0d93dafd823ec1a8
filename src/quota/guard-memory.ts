/**
 * When each stop was last seen to stand. A call that was on its way then ends under conditions that are
 * over: what it ended in says nothing of the time after the stop.
 */
import { routeKey } from '../governor/standing/index.ts';
import type { RouteKey, Scope, Stop } from '../contract/standing.ts';
import type { Branch } from '../domain/branch.ts';

/** A stop that ended longer ago concerns no call that is still on its way. */
const LONGEST_CALL_MS = 15 * 60_000;

export class GuardMemory {
  readonly #stoodAt = new Map<string, number>();

  saw(stops: readonly Stop[], now: number): void {
    for (const stop of stops) this.#stoodAt.set(aboutOf(stop), now);
    for (const [about, at] of this.#stoodAt) if (now - at > LONGEST_CALL_MS) this.#stoodAt.delete(about);
  }

  /** Whether a stop about this stood at `at` or later. */
  stoodSince(about: string, at: number): boolean {
    return (this.#stoodAt.get(about) ?? -Infinity) >= at;
  }
}

/** Stops by what they are about, whatever their ids. */
export function aboutOf(stop: Stop): string {
  switch (stop.kind) {
    case 'hold':
      return aboutHold(stop.hold.branch, stop.hold.scope);
    case 'breaker':
      return aboutBreaker(stop.breaker.route);
    case 'unproved':
      return `unproved ${stop.scope.key}`;
  }
}

export function isUnproved(about: string): boolean {
  return about.startsWith('unproved ');
}

export function aboutHold(branch: Branch | 'operator', { kind, key }: Scope): string {
  return `hold ${branch} ${kind} ${key}`;
}

export function aboutBreaker(route: RouteKey): string {
  return `breaker ${routeKey(route)}`;
}
