/** Guards of several processes at one governor, in virtual time, without Temporal. */
import type { GrantUse, ProbeOutcome } from '../../src/contract/exchange.ts';
import type { GovernorCommand, Probe, StandingView } from '../../src/contract/standing.ts';
import type { Branch } from '../../src/domain/branch.ts';
import type { Route } from '../../src/domain/path.ts';
import type { Offers, StandingState } from '../../src/governor/standing/index.ts';
import {
  command,
  emptyStanding,
  standingAfter,
  standingFor,
  standingView,
} from '../../src/governor/standing/index.ts';
import type { CallVerdict } from '../../src/quota/broker.ts';
import type { Pass } from '../../src/quota/route-guard.ts';
import { RouteGuard } from '../../src/quota/route-guard.ts';

/** Governor time is another clock than the processes'. */
const SKEW_MS = 7_777_777;

export class GuardFleet {
  now = 1_000_000;
  state: StandingState;
  readonly #guards = new Map<string, RouteGuard>();

  constructor(callsUnproved?: number) {
    this.state = emptyStanding(callsUnproved);
  }

  guard(process: string): RouteGuard {
    const known = this.#guards.get(process);
    if (known !== undefined) return known;
    const guard = new RouteGuard();
    this.#guards.set(process, guard);
    return guard;
  }

  /** One exchange of a process. */
  exchange(
    process: string,
    more: { readonly probes?: readonly ProbeOutcome[]; readonly uses?: readonly GrantUse[] } = {},
  ): Offers {
    const guard = this.guard(process);
    const told = { process, probes: [], uses: [], ...more, routes: guard.drain(this.now) };
    const at = this.now + SKEW_MS;
    const offers = standingFor(standingAfter(this.state, told, at), process, at);
    this.state = offers.state;
    guard.heard(offers, this.now);
    return offers;
  }

  /** A call, if it may go; else what stops it. */
  call(process: string, route: Route, generationId = 'g1'): Pass | undefined {
    const guard = this.guard(process);
    return guard.check(route, this.now) === undefined ? guard.pass(route, this.now, generationId) : undefined;
  }

  /** As `call`, and asks the governor where something stops it. */
  tryCall(process: string, route: Route): Pass | undefined {
    const pass = this.call(process, route);
    if (pass !== undefined) return pass;
    this.exchange(process);
    return this.call(process, route);
  }

  end(process: string, pass: Pass | undefined, branch?: Branch, reason = 'any'): void {
    if (pass === undefined) throw new Error('no call was let through');
    const verdict = branch === undefined ? undefined : said(branch, reason);
    this.guard(process).ended(pass, verdict, this.now);
  }

  /** A process that has heard of the governor, on a proved credential. */
  join(process: string, route: Route): void {
    const pass = this.call(process, route);
    this.end(process, pass ?? this.tryCall(process, route));
    this.exchange(process);
  }

  order(told: GovernorCommand): void {
    const done = command(this.state, told, this.now + SKEW_MS);
    if ('refused' in done) throw new Error(done.refused);
    this.state = done.state;
  }

  resume(): void {
    this.order({ kind: 'resume', hold: this.view.holds[0]?.id ?? '', by: 'anna', why: 'fixed' });
  }

  /** Answers a probe. */
  probed(process: string, [probe]: readonly Probe[], ok = true): Offers {
    if (probe === undefined) throw new Error('no probe was asked for');
    return this.exchange(process, { probes: [{ ...probe, ok, why: 'it answered' }] });
  }

  get view(): StandingView {
    return standingView(this.state, this.now + SKEW_MS);
  }
}

export function said(branch: Branch, reason = 'any'): CallVerdict {
  return { branch, reason, message: `${branch} it said` };
}
