/** What a course came to, in figures. */
import { law } from './broken.ts';
import type { Figures } from './figures.ts';
import { WINDOW_MS, perWindow } from './plan.ts';
import type { World } from './world.ts';

const WINDOWS = 3;
const SECOND = 1_000;

/** At the end of the load. */
export function measureLoad(world: World): void {
  const uses = Object.keys(world.scenario.models).map((model) => useOf(world, model));
  Object.assign(world.figures, {
    exchangesPerSecond: exchangesPerSecond(world),
    lowestUse: Math.min(...uses.map(({ lowest }) => lowest)),
    meanUse: Math.min(...uses.map(({ mean }) => mean)),
    unequal: unequal(world),
  });
}

/** At the very end. */
export function measured(world: World): Figures {
  const { figures, life, queue, governor, generations, scenario } = world;
  const { expected = {} } = scenario;
  Object.assign(figures, {
    generations: generations.length,
    served: life.served,
    calls: life.calls,
    refused: life.refused,
    exchanges: governor.exchanges,
    mostWakes: life.mostWakes,
    overtakenMs: queue.worstMs,
    stateBytes: governor.stateBytes,
    dayUse: dayUse(world),
  });
  const { use, shares, exchanges, wakes, refused, dayUse: day } = expected;
  atLeast('use', figures.lowestUse, use);
  atMost('equal shares', figures.unequal, shares);
  atMost('exchanges a second', figures.exchangesPerSecond, exchanges);
  atMost('wakes', figures.mostWakes, wakes);
  atMost('refused', figures.refused / Math.max(1, figures.calls), refused);
  atLeast('use of the day', figures.dayUse, day);
  return figures;
}

function atLeast(name: string, value: number, least: number | undefined): void {
  law(name, least === undefined || value >= least, () => `${value} is less than ${least}`);
}

function atMost(name: string, value: number, most: number | undefined): void {
  law(name, most === undefined || value <= most, () => `${value} is more than ${most}`);
}

function steadyFrom({ scenario, startedAt }: World): number {
  return startedAt + (scenario.warmUpWindows ?? 3) * WINDOW_MS;
}

/** Of the limit, over any three windows between warm-up and the end of the load. */
function useOf(world: World, model: string): { readonly lowest: number; readonly mean: number } {
  const { scenario, windows, loadEndsAt } = world;
  const plan = scenario.models[model];
  const from = steadyFrom(world);
  const spanMs = WINDOWS * WINDOW_MS;
  if (plan === undefined || loadEndsAt - from < spanMs) return { lowest: Number.NaN, mean: Number.NaN };
  const log = windows.log(model);
  const { tpm } = plan.limits;
  const isByTokens = tpm !== undefined && perWindow(plan) < (plan.limits.rpm ?? Infinity);
  const limit = isByTokens ? tpm : perWindow(plan);
  const amount = (each: { readonly tokens: number }): number => (isByTokens ? each.tokens : 1);
  const within = (start: number, end: number): number =>
    log.reduce((sum, each) => (each.at > start && each.at <= end ? sum + amount(each) : sum), 0);
  let lowest = Infinity;
  for (let start = from; start + spanMs <= loadEndsAt; start += WINDOW_MS / 4) {
    lowest = Math.min(lowest, within(start, start + spanMs) / (WINDOWS * limit));
  }
  const mean = within(from, loadEndsAt) / (((loadEndsAt - from) / WINDOW_MS) * limit);
  return { lowest, mean };
}

/** The most of any process that was there from the start to the end. */
function exchangesPerSecond({ fleet, startedAt, loadEndsAt }: World): number {
  const stayed = fleet.all.filter(({ bornAt, state }) => bornAt === startedAt && state === 'alive');
  return Math.max(0, ...stayed.map(({ exchanges }) => (exchanges * SECOND) / (loadEndsAt - startedAt)));
}

function unequal({ fleet, startedAt }: World): number {
  const stayed = fleet.all.filter(({ bornAt, state }) => bornAt === startedAt && state === 'alive');
  const mean = stayed.reduce((sum, { calls }) => sum + calls, 0) / stayed.length;
  return Math.max(...stayed.map(({ calls }) => Math.abs(calls / mean - 1)));
}

/** The first and the last day are not whole. */
function dayUse({ windows, scenario }: World): number {
  const uses = [...windows.days].flatMap(([model, days]) => {
    const limit = scenario.models[model]?.limits.rpd ?? Infinity;
    return [...days.values()].slice(1, -1).map((n) => n / limit);
  });
  return uses.length === 0 ? Number.NaN : Math.min(...uses);
}
