/**
 * How the rungs of a generation stand at this worker's broker: whether one would go, which are stopped,
 * and what a route shares with others. In memory, no side effect.
 */
import type {
  CheckQuotaInput,
  ElsewhereAnswer,
  FallBackInput,
  HeldAnswer,
  Shares,
  WaitAnswer,
} from '../src/contract/generation.ts';
import type { StopScope } from '../src/domain/ask.ts';
import { estimateTokens } from '../src/domain/cost.ts';
import type { Account, Route } from '../src/domain/path.ts';
import { quotaId } from '../src/domain/path.ts';
import { shortText } from '../src/domain/short-text.ts';
import type { PolicySnapshot, Rung } from '../src/domain/snapshot.ts';
import type { Held, QuotaWait, SlotRequest } from '../src/quota/broker.ts';
import { sha256Of, storedInputs } from './attempt-path.ts';
import type { ActivityDeps } from './deps.ts';
import { routeNamed } from './deps.ts';

/** Bytes of the broker's words. */
const LONGEST_WHY = 300;
/** A wait this near to the deadline may pass it by the time the workflow reads it. */
const NEAR_MS = 60_000;
/** Until a day's reset: less is waited for. */
const WORTH_LEAVING_MS = 60_000;

type Asking = Pick<CheckQuotaInput, 'generationId' | 'request' | 'inputs' | 'insists'> & {
  readonly startedAt?: number;
};

/** Undefined where another worker has the route: `generate` is where that shows. */
export function routeOfRung(
  deps: ActivityDeps,
  { route: name, model, tier }: Pick<Rung, 'route' | 'model' | 'tier'>,
): Route | undefined {
  const route = routeNamed(deps, name);
  return route === undefined ? undefined : { name, account: route.gemini.account, model, tier };
}

export function slotFor(route: Route, asking: Asking): SlotRequest {
  const { generationId, request, startedAt = Date.now(), insists } = asking;
  const { prompt, urgency, tenant } = request;
  const characters = typeof prompt === 'string' ? prompt.length : prompt.bytes;
  return {
    generationId,
    route,
    tokens: estimateTokens(characters, storedInputs(asking).length),
    images: 1,
    urgency,
    waitedMs: Date.now() - startedAt,
    ...(tenant === undefined ? {} : { tenant }),
    ...(insists === undefined ? {} : { insists }),
  };
}

/** The hold that stops a rung; undefined where nothing does, or another worker has the route. */
export function holdOn(deps: ActivityDeps, rung: Rung, asking: Asking): Held | undefined {
  const route = routeOfRung(deps, rung);
  const answer = route === undefined ? undefined : deps.broker.outlook(slotFor(route, asking));
  return answer?.kind === 'held' ? answer : undefined;
}

/** The hold's evidence, or its name's digest until there is one: a decision must name something (I12). */
export function holdEvidence({ hold }: Held): string {
  return hold.evidence ?? sha256Of({ hold: hold.id, since: hold.since, scope: hold.scope });
}

export function heldAnswer(held: Held): HeldAnswer {
  const { hold } = held;
  return {
    kind: 'held',
    why: shortText(held.why, LONGEST_WHY),
    hold: { ...hold, message: shortText(hold.message, LONGEST_WHY) },
    evidence: holdEvidence(held),
  };
}

/** With a digest of its numbers, for a person who is asked about a turn that comes too late. */
export function waitAnswer(wait: QuotaWait): WaitAnswer {
  const { limit, place, perMinute } = wait;
  const why = shortText(wait.why, LONGEST_WHY);
  return { ...wait, why, evidence: sha256Of({ why, limit, place, perMinute: perMinute ?? null }) };
}

export function heldAt(
  deps: ActivityDeps,
  input: CheckQuotaInput,
  { rungs }: PolicySnapshot,
  held: Held,
  { account }: Route,
): HeldAnswer {
  return { ...heldAnswer(held), account: quotaId(account), stopped: stoppedRungs(deps, input, rungs) };
}

/** Only what may come too late is told with its evidence: a clean wait stays small. */
export function waitAt(
  deps: ActivityDeps,
  input: CheckQuotaInput,
  { rungs, deadlineAt }: PolicySnapshot,
  wait: QuotaWait,
): WaitAnswer {
  if (Date.now() + wait.ms < deadlineAt - NEAR_MS) return wait;
  const stopped = stoppedRungs(deps, input, rungs);
  return { ...waitAnswer(wait), ...(stopped.length === 0 ? {} : { stopped }) };
}

function stoppedRungs(deps: ActivityDeps, input: CheckQuotaInput, rungs: readonly Rung[]): readonly number[] {
  return rungs.flatMap((rung, i) => (holdOn(deps, rung, input) === undefined ? [] : [i]));
}

/** Where the route is degraded: the first allowed rung that is neither stopped nor degraded itself. */
export function elsewhereAt(
  deps: ActivityDeps,
  input: CheckQuotaInput,
  snapshot: PolicySnapshot,
  route: Route,
): ElsewhereAnswer | undefined {
  if (input.notElsewhere === undefined || input.staysDegraded === true) return undefined;
  const degraded = deps.broker.degraded(route);
  const rung = degraded === undefined ? -1 : freeRung(deps, input, snapshot);
  return degraded === undefined || rung === -1 ? undefined : { kind: 'elsewhere', rung, degraded };
}

/**
 * A wait that proves the route closed for now, whatever this call is to show there: its day's quota is used up, or
 * everyone's failures have opened its breaker (docs/decisions/0058). Then another allowed rung that is free is taken.
 */
export function pastTheWait(
  deps: ActivityDeps,
  input: CheckQuotaInput,
  snapshot: PolicySnapshot,
  { limit, ms, why }: QuotaWait,
): ElsewhereAnswer | undefined {
  const proof =
    limit === 'breaker' ? 'breaker' : limit === 'rpd' && ms >= WORTH_LEAVING_MS ? 'dayIsOver' : undefined;
  const rung = proof === undefined ? -1 : freeRung(deps, input, snapshot);
  return proof === undefined || rung === -1
    ? undefined
    : { kind: 'elsewhere', rung, [proof]: shortText(why, LONGEST_WHY) };
}

/**
 * The dearer tier is overloaded as well, by everyone's calls, and another rung is free: a tier of the same model
 * shares its capacity more often than not, so that its price would buy the same answer (docs/decisions/0054).
 */
export function overloadedTier(
  deps: ActivityDeps,
  { snapshot, ...input }: FallBackInput,
  rung: Rung,
): string | undefined {
  const route = rung.kind === 'tier' ? routeOfRung(deps, rung) : undefined;
  const degraded = route === undefined ? undefined : deps.broker.degraded(route);
  if (degraded === undefined || freeRung(deps, { ...input, notElsewhere: [0] }, snapshot) === -1)
    return undefined;
  const percent = Math.round(degraded.share * 100);
  return `${rung.model} is overloaded at its ${rung.tier} tier too: ${percent} % of ${degraded.calls} calls failed there`;
}

function freeRung(
  deps: ActivityDeps,
  { notElsewhere: not, variation, ...input }: Asking & Pick<CheckQuotaInput, 'notElsewhere' | 'variation'>,
  { rungs, maxCostUsd = Infinity }: Pick<PolicySnapshot, 'rungs' | 'maxCostUsd'>,
): number {
  if (not === undefined) return -1;
  return rungs.findIndex((each, i) => {
    const isAllowed = each.kind === 'tier' || each.kind === 'fallback' || each.kind === 'endpoint';
    if (!isAllowed || each.closed === true || i === variation.rung || not.includes(i)) return false;
    if ((each.worstUsd[0] ?? 0) > maxCostUsd) return false;
    const to = routeOfRung(deps, each);
    if (to === undefined || deps.broker.degraded(to) !== undefined) return false;
    const there = deps.broker.outlook(slotFor(to, input));
    return (
      there.kind === 'go' || (there.kind === 'wait' && there.limit !== 'rpd' && there.limit !== 'breaker')
    );
  });
}

/** What asks about this route are grouped by, and where its holds and grants are kept. */
export function sharesOf({ account, model, tier }: Route, kind: StopScope): Shares {
  return { account: quotaId(account), scope: { kind, key: scopeKey(account, model, tier)[kind] } };
}

function scopeKey(account: Account, model: string, tier: string): Readonly<Record<StopScope, string>> {
  const { credential, project, baseUrl } = account;
  return {
    credential,
    project,
    model,
    endpoint: baseUrl,
    gateway: baseUrl,
    route: [credential, model, tier].join('/'),
  };
}
