/** A governor's standing in a test: it goes through JSON at every step, as it does when it is carried on. */
import type {
  GrantUse,
  ProbeOutcome,
  RouteReport,
  RouteVerdict,
  TrialEnd,
} from '../../../src/contract/exchange.ts';
import type { GovernorCommand, StandingEvent, StandingView, Stop } from '../../../src/contract/standing.ts';
import type { Branch } from '../../../src/domain/branch.ts';
import type { Offers, StandingState } from '../../../src/governor/standing/index.ts';
import {
  command,
  emptyStanding,
  quotaUse,
  standingAfter,
  standingFor,
  standingView,
} from '../../../src/governor/standing/index.ts';

export const KEY = 'ab12ab12ab12ab12';
export const MODEL = 'gemini-3-pro-image';
export const EVIDENCE = 'e'.repeat(64);
const PLACE = {
  credential: KEY,
  model: MODEL,
  tier: 'standard',
  project: 'shop',
  baseUrl: 'https://example.test',
} as const;

export function report(over: Partial<RouteReport> = {}): RouteReport {
  return { ...PLACE, calls: 0, failures: {}, verdicts: [], trials: [], sureUsd: 0, possibleUsd: 0, ...over };
}

export function verdict(branch: Branch, reason: string, over: Partial<RouteVerdict> = {}): RouteVerdict {
  return { branch, reason, message: `${branch} it said`, generationId: 'g1', ...over };
}

/** `calls` that went well. */
export function good(calls = 1, over: Partial<RouteReport> = {}): RouteReport {
  return report({ calls, ...over });
}

/** `calls` that ended in `branch`, with the verdict that a broker tells of them. */
export function bad(
  branch: Branch,
  calls = 1,
  reason = 'key-leaked',
  over: Partial<RouteReport> = {},
): RouteReport {
  return report({ calls, failures: { [branch]: calls }, verdicts: [verdict(branch, reason)], ...over });
}

/** A generation that a stop keeps back. */
export function wanting(over: Partial<RouteReport> = {}): RouteReport {
  return report({ wants: true, ...over });
}

export function tried(trial: string | undefined, branch?: Branch, reason = 'any'): TrialEnd {
  if (trial === undefined) throw new Error('no trial was given');
  return { trial, ...(branch === undefined ? {} : { verdict: verdict(branch, reason) }) };
}

export interface Telling {
  readonly probes?: readonly ProbeOutcome[];
  readonly uses?: readonly GrantUse[];
  readonly scale?: number;
  readonly leaving?: true;
}

export class Governed {
  now = Date.UTC(2026, 10, 20, 20);
  state: StandingState;
  last: Offers | undefined;

  constructor(callsUnproved?: number) {
    this.state = emptyStanding(callsUnproved);
  }

  /** One exchange of a process. */
  tell(process: string, routes: readonly RouteReport[] = [], telling: Telling = {}): Offers {
    const after = standingAfter(this.state, { process, routes, probes: [], uses: [], ...telling }, this.now);
    const offers = standingFor(throughJson(after), process, this.now);
    this.state = throughJson(offers.state);
    this.last = throughJson(offers);
    return this.last;
  }

  pass(ms: number): void {
    this.now += ms;
  }

  /** @returns The refusal, in words; undefined where it was done. */
  order(told: GovernorCommand): string | undefined {
    const done = command(this.state, told, this.now);
    if ('refused' in done) return done.refused;
    this.state = throughJson(done.state);
    return undefined;
  }

  resume(hold = this.view.holds[0]?.id ?? ''): string | undefined {
    return this.order({ kind: 'resume', hold, by: 'anna', why: 'a new key' });
  }

  quotaUse(subject: string, share: number): void {
    this.state = throughJson(quotaUse(this.state, subject, share, this.now));
  }

  get view(): StandingView {
    return throughJson(standingView(this.state, this.now));
  }

  get events(): readonly StandingEvent['what'][] {
    return this.view.events.map(({ what }) => what);
  }
}

/** What would not survive is an error: undefined, NaN, a Map, a class. */
export function throughJson<T>(value: T): T {
  checkJson(value, 'it');
  return JSON.parse(JSON.stringify(value)) as T;
}

function checkJson(value: unknown, path: string): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) return value.forEach((each, n) => checkJson(each, `${path}[${n}]`));
  const isPlain = typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) throw new Error(`${path} is no JSON but ${typeof value}`);
  for (const [key, each] of Object.entries(value)) checkJson(each, `${path}.${key}`);
}

/** Ids of the trials that an answer gives, by the kind of stop. */
export function trialsIn(offers: Offers, kind: Stop['kind']): readonly string[] {
  return offers.stops.filter((stop) => stop.kind === kind).flatMap(({ trials }) => trials);
}

/** A governor whose credential is proved, so that only what the test is about stands. */
export function proved(): Governed {
  const governed = new Governed();
  governed.tell('p0', [good()]);
  governed.pass(10 * 60_000);
  return governed;
}
