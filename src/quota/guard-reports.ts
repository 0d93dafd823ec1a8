/** How calls ended since the last exchange, gathered by route: what a process tells of them. */
import type { RouteReport, RouteVerdict } from '../contract/exchange.ts';
import { shortText } from '../domain/short-text.ts';
import type { Branch } from '../domain/branch.ts';
import type { Place } from '../governor/standing/index.ts';
import { LONGEST_MESSAGE_BYTES, routeKey } from '../governor/standing/index.ts';

interface Gathered {
  readonly place: Place;
  calls: number;
  readonly failures: { [B in Branch]?: number };
  /** By branch and reason. */
  readonly verdicts: Map<string, RouteVerdict>;
  /** Apart from the failures, so that they open nothing. */
  readonly evidence: Map<string, RouteVerdict>;
  wants: boolean;
  unrefused: boolean;
  disproved: readonly string[];
  sureUsd: number;
  possibleUsd: number;
  priced: number;
}

export class GuardReports {
  readonly #routes = new Map<string, Gathered>();

  get isEmpty(): boolean {
    return this.#routes.size === 0;
  }

  ended(place: Place, branch: Branch | undefined): void {
    const gathered = this.#of(place);
    gathered.calls += 1;
    if (branch !== undefined) gathered.failures[branch] = (gathered.failures[branch] ?? 0) + 1;
  }

  /** One of each kind; the first, because a later one says the same. */
  verdict(place: Place, verdict: RouteVerdict): void {
    const { verdicts } = this.#of(place);
    const kind = `${verdict.branch}/${verdict.reason}`;
    if (!verdicts.has(kind)) verdicts.set(kind, short(verdict));
  }

  evidence(place: Place, verdict: RouteVerdict): void {
    this.#of(place).evidence.set(`${verdict.branch}/${verdict.reason}`, short(verdict));
  }

  cost(place: Place, sureUsd: number, possibleUsd: number): void {
    const gathered = this.#of(place);
    gathered.sureUsd += sureUsd;
    gathered.possibleUsd += possibleUsd;
    gathered.priced += 1;
  }

  disproved(place: Place, holds: readonly string[]): void {
    const gathered = this.#of(place);
    gathered.disproved = [...new Set([...gathered.disproved, ...holds])];
  }

  unrefused(place: Place): void {
    this.#of(place).unrefused = true;
  }

  wants(place: Place): void {
    this.#of(place).wants = true;
  }

  drain(): readonly RouteReport[] {
    const reports = [...this.#routes.values()].flatMap((gathered): readonly RouteReport[] => {
      const {
        place,
        calls,
        failures,
        verdicts,
        evidence,
        wants,
        unrefused,
        disproved,
        sureUsd,
        possibleUsd,
        priced,
      } = gathered;
      const first: RouteReport = {
        ...emptyReport(place),
        ...{ calls, failures, verdicts: [...verdicts.values()], sureUsd, possibleUsd },
        ...(priced > 0 ? { priced } : {}),
        ...(wants ? { wants } : {}),
        ...(unrefused ? { unrefused } : {}),
        ...(disproved.length > 0 ? { disproved } : {}),
      };
      return evidence.size === 0
        ? [first]
        : [first, { ...emptyReport(place), verdicts: [...evidence.values()] }];
    });
    this.#routes.clear();
    return reports;
  }

  #of(place: Place): Gathered {
    const key = `${routeKey(place)} ${place.baseUrl}`;
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    const created: Gathered = {
      ...{ place, calls: 0, failures: {}, verdicts: new Map(), evidence: new Map() },
      ...{ wants: false, unrefused: false, disproved: [], sureUsd: 0, possibleUsd: 0, priced: 0 },
    };
    this.#routes.set(key, created);
    return created;
  }
}

export function emptyReport(place: Place): RouteReport {
  return { ...place, calls: 0, failures: {}, verdicts: [], trials: [], sureUsd: 0, possibleUsd: 0 };
}

function short(verdict: RouteVerdict): RouteVerdict {
  return { ...verdict, message: shortText(verdict.message, LONGEST_MESSAGE_BYTES) };
}
