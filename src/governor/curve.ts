/**
 * Curves of who waits how long, laid over each other. A curve is a list of points by age, oldest first: the
 * calls of a point have waited as long as it says or less, down to the next one of its urgency and tenant. The
 * points of two curves must not be mixed, for each would then be cut short by the other's next.
 */
import type { Demand } from '../contract/exchange.ts';
import { MOST_ENTRIES } from './folded.ts';

/** So many calls, evenly over a stretch of ages. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly n: number;
}

/** One curve of the calls of all: tenants are not told apart any more. */
export function overlaid(curves: readonly (readonly Demand[])[]): readonly Demand[] {
  const urgencies = new Map<number, Stretch[]>();
  for (const curve of curves) {
    for (const [urgency, stretch] of stretches(curve)) {
      urgencies.set(urgency, [...(urgencies.get(urgency) ?? []), stretch]);
    }
  }
  const most = Math.floor(MOST_ENTRIES / Math.max(1, urgencies.size)) - 1;
  return [...urgencies]
    .sort(([a], [b]) => a - b)
    .flatMap(([urgency, all]) => points(all, most).map((point) => ({ urgency, tenant: '', ...point })));
}

function stretches(curve: readonly Demand[]): readonly (readonly [number, Stretch])[] {
  const youngest = new Map<string, number>();
  return curve.toReversed().flatMap(({ urgency, tenant, ageMs, n }) => {
    const line = `${urgency} ${tenant}`;
    const to = Math.min(ageMs - 1, youngest.get(line) ?? 0);
    youngest.set(line, ageMs);
    return n > 0 ? [[urgency, { from: ageMs, to, n }] as const] : [];
  });
}

/** The sum, cut into points of equal weight; the last one has nobody and says where it ends. */
function points(all: readonly Stretch[], most: number): readonly Pick<Demand, 'ageMs' | 'n'>[] {
  const total = all.reduce((sum, { n }) => sum + n, 0);
  const each = total / Math.min(most, Math.ceil(total));
  const ages = quantiles(all, each);
  const youngest = Math.min(...all.map(({ to }) => to));
  return [
    ...ages.map((age, k) => ({
      ageMs: Math.round(age),
      n: Math.round((k + 1) * each) - Math.round(k * each),
    })),
    { ageMs: Math.max(0, Math.round(youngest)), n: 0 },
  ];
}

/** The ages that 0, `each`, 2 `each` … calls have passed, oldest first. */
function quantiles(all: readonly Stretch[], each: number): readonly number[] {
  const edges = all
    .flatMap(({ from, to, n }) => [
      { age: from, rise: n / (from - to) },
      { age: to, rise: -n / (from - to) },
    ])
    .sort((a, b) => b.age - a.age);
  const ages: number[] = [];
  let [age, density, passed] = [Infinity, 0, 0];
  for (const edge of edges) {
    const next = (): number => ages.length * each;
    while (density > ALMOST_NONE && passed + density * (age - edge.age) > next() + ALMOST_NONE) {
      age -= (next() - passed) / density;
      passed = next();
      ages.push(age);
    }
    passed += density > ALMOST_NONE ? density * (age - edge.age) : 0;
    age = edge.age;
    density += edge.rise;
  }
  return ages;
}

/** What is left of a sum of fractions. */
const ALMOST_NONE = 1e-9;
