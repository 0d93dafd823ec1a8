/**
 * When failures must be told at once, not with the next regular exchange: enough of them in a row of calls
 * that the governor may want to open the route's breaker. A quieter route costs no extra exchange.
 */
const FAILURES = 5;
const SHARE = 0.5;
const FORGET_MS = 60_000;

interface Row {
  since: number;
  calls: number;
  failures: number;
}

export class GuardAlarm {
  readonly #rows = new Map<string, Row>();

  /** @returns Whether to tell it at once. */
  ended(route: string, failed: boolean, now: number): boolean {
    const known = this.#rows.get(route);
    if (known === undefined && !failed) return false;
    const row =
      known === undefined || now - known.since > FORGET_MS ? { since: now, calls: 0, failures: 0 } : known;
    row.calls += 1;
    if (failed) row.failures += 1;
    const isMost = row.failures >= SHARE * row.calls;
    const rings = row.failures >= FAILURES && isMost;
    if (rings || (!isMost && row.calls >= FAILURES)) this.#rows.delete(route);
    else this.#rows.set(route, row);
    return rings;
  }
}
