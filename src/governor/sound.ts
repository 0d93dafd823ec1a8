/**
 * What a process tells, made sound: finite numbers in sensible bounds, lists of bounded length, names that no
 * object has by itself. A reducer that threw would stop its entity for the whole fleet, so what makes no sense
 * is taken for nothing.
 */
import type {
  Demand,
  ExchangeRequest,
  GrantUse,
  LaneReport,
  ModelLimits,
  ProbeOutcome,
  Rejected,
  RouteReport,
  SpendLimit,
} from '../contract/exchange.ts';
import { DIMENSIONS } from '../contract/exchange.ts';
import type { Branch } from '../domain/branch.ts';
import { isBranch } from '../domain/branch.ts';
import type { QuotaViolation } from '../domain/classification.ts';

const MOST_LANES = 200;
const MOST_ROUTES = 1_000;
const MOST_ENTRIES = 100;
const MOST_SLOTS = 10_000;
const MOST_CALLS = 1_000_000;
const MOST_UNPACED = 10_000;
const MOST_TOKENS = 1e9;
const MOST_USD = 1e9;
const SHORTEST_WINDOW_MS = 100;
const LONGEST_WINDOW_MS = 24 * 3_600_000;
const LONGEST_AGE_MS = 1_000 * 24 * 3_600_000;
const LATEST = 1e14;
const URGENCIES = 3;

export function sound(request: ExchangeRequest): ExchangeRequest {
  const { epoch, windowMs, resets, spend, lanes, routes, probes, uses, unpriced, ...rest } = request;
  return {
    ...rest,
    requestId: String(request.requestId),
    process: name(request.process),
    ...(epoch === undefined ? {} : { epoch: String(epoch) }),
    windowMs: windowMs > 0 ? within(windowMs, SHORTEST_WINDOW_MS, LONGEST_WINDOW_MS) : 0,
    resets: [within(resets[0], 0, LATEST), within(resets[1], 0, LATEST)],
    ...optional('spend', spendLimit(spend)),
    lanes: lanes.slice(0, MOST_LANES).map(lane),
    routes: routes.slice(0, MOST_ROUTES).map(route),
    probes: probes.slice(0, MOST_ENTRIES).map(probe),
    uses: uses.slice(0, MOST_CALLS).map(use),
    ...optional('unpriced', unpriced === undefined ? undefined : within(unpriced, 0, MOST_CALLS)),
  };
}

function lane(report: LaneReport): LaneReport {
  const { config, live, due, extraTokens, extraImages, lagMs, ...rest } = report;
  return {
    ...rest,
    model: name(rest.model),
    ...optional('config', limits(config)),
    ...optional('live', limits(live)),
    tokens: within(rest.tokens, 0, MOST_TOKENS),
    images: within(rest.images, 0, MOST_TOKENS),
    demand: curve(rest.demand),
    asleep: curve(rest.asleep),
    expected: within(rest.expected, 0, MOST_CALLS),
    ...(due === undefined ? {} : { due: times(due) }),
    returned: times(rest.returned),
    ...(extraTokens === undefined ? {} : { extraTokens: within(extraTokens, 0, MOST_TOKENS) }),
    ...(extraImages === undefined ? {} : { extraImages: within(extraImages, 0, MOST_TOKENS) }),
    unpaced: Math.floor(within(rest.unpaced, 0, MOST_UNPACED)),
    ...(isNumber(lagMs) ? { lagMs: within(lagMs, 0, LONGEST_AGE_MS) } : {}),
    rejections: rest.rejections.slice(0, MOST_UNPACED).map(rejection),
  };
}

function limits(told: ModelLimits | undefined): ModelLimits | undefined {
  if (told === undefined || told === null) return undefined;
  const known = DIMENSIONS.flatMap((dimension) => {
    const limit = told[dimension];
    return isNumber(limit) && limit >= 1 ? [[dimension, Math.floor(Math.min(limit, MOST_TOKENS))]] : [];
  });
  return Object.fromEntries(known) as ModelLimits;
}

function curve(demand: readonly Demand[]): readonly Demand[] {
  return demand.slice(0, MOST_ENTRIES).map(({ urgency, tenant, ageMs, n }) => ({
    urgency: Math.floor(within(urgency, 0, URGENCIES - 1)),
    tenant: name(tenant),
    ageMs: within(ageMs, 0, LONGEST_AGE_MS),
    n: Math.floor(within(n, 0, MOST_CALLS)),
  }));
}

function rejection({ violations, retryAfterMs, slotAt, agoMs, isSpend }: Rejected): Rejected {
  return {
    violations: violations.slice(0, MOST_ENTRIES).map(violation),
    ...(isNumber(retryAfterMs) ? { retryAfterMs: within(retryAfterMs, 0, LATEST) } : {}),
    ...(isNumber(slotAt) ? { slotAt: within(slotAt, 0, LATEST) } : {}),
    agoMs: within(agoMs, 0, LONGEST_AGE_MS),
    ...(isSpend === true ? { isSpend } : {}),
  };
}

function violation({ limit, model, ...rest }: QuotaViolation): QuotaViolation {
  return {
    ...rest,
    ...(isNumber(limit) && (limit === 0 || limit >= 1)
      ? { limit: Math.floor(within(limit, 0, MOST_TOKENS)) }
      : {}),
    ...(model === undefined ? {} : { model: name(model) }),
  };
}

function route({ priced, ...report }: RouteReport): RouteReport {
  const failures: { [B in Branch]?: number } = {};
  for (const [branch, n] of Object.entries(report.failures)) {
    const known = knownBranch(branch);
    failures[known] = (failures[known] ?? 0) + within(n, 0, MOST_CALLS);
  }
  return {
    ...report,
    model: name(report.model),
    calls: within(report.calls, 0, MOST_CALLS),
    failures,
    verdicts: report.verdicts.slice(0, MOST_ENTRIES).map(verdict),
    trials: report.trials
      .slice(0, MOST_ENTRIES)
      .map((end) => (end.verdict === undefined ? end : { ...end, verdict: verdict(end.verdict) })),
    sureUsd: within(report.sureUsd, 0, MOST_USD),
    possibleUsd: within(report.possibleUsd, 0, MOST_USD),
    ...optional('priced', pricedCalls(priced)),
  };
}

function pricedCalls(told: number | undefined): number | undefined {
  const calls = told === undefined ? 0 : Math.floor(within(told, 0, MOST_CALLS));
  return calls > 0 ? calls : undefined;
}

/** A process of a later release may know branches that this governor does not. */
function knownBranch(branch: string): Branch {
  return isBranch(branch) ? branch : 'unknown';
}

function verdict<V extends { readonly branch: Branch }>(told: V): V {
  return { ...told, branch: knownBranch(told.branch) };
}

function probe(told: ProbeOutcome): ProbeOutcome {
  return told.verdict === undefined ? told : { ...told, verdict: verdict(told.verdict) };
}

function use(told: GrantUse): GrantUse {
  return { ...told, worstUsd: within(told.worstUsd, 0, MOST_USD) };
}

function spendLimit(told: SpendLimit | undefined): SpendLimit | undefined {
  const { usd, windowMs } = told ?? { usd: 0, windowMs: 0 };
  if (!(usd > 0 && windowMs > 0)) return undefined;
  return {
    usd: within(usd, 0, MOST_USD),
    windowMs: within(windowMs, SHORTEST_WINDOW_MS, LONGEST_WINDOW_MS),
  };
}

function times(told: readonly number[]): readonly number[] {
  return told.filter(isNumber).slice(0, MOST_SLOTS);
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** What is no number is the lowest. */
function within(value: number, lowest: number, highest: number): number {
  return typeof value === 'number' && value > lowest ? Math.min(value, highest) : lowest;
}

/** Names are keys of what is kept: `constructor` is one that every object has. */
function name(told: string): string {
  const text = String(told);
  return text in Object.prototype ? `${text}!` : text;
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
