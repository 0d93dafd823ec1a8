/** What a governor tells: the answer of query `gemini.governor` and of update `gemini.command`. */
import { z } from 'zod';
import type { GovernorView, LaneView, LimitView } from '../contract/exchange.ts';
import type {
  Alert,
  Breaker,
  Degraded,
  Grant,
  Hold,
  RouteStatistics,
  StandingEvent,
} from '../contract/standing.ts';
import { BRANCHES } from '../domain/branch.ts';
import { SERVICE_TIERS } from '../domain/path.ts';
import type { HourCounts } from '../domain/quiet.ts';
import { SCOPE_KINDS } from './governor-command.ts';
import { open } from './open.ts';

const at = z.number().describe('epoch milliseconds');
const branch = open(BRANCHES);
const scope = z.looseObject({ kind: open(SCOPE_KINDS), key: z.string() });
const route = z.looseObject({ credential: z.string(), model: z.string(), tier: open(SERVICE_TIERS) });
const evidence = z.string().exactOptional().describe('SHA-256, once its generation has stored it');
const closed = z.looseObject({ ms: z.number(), by: open(['pause', 'rpd', 'spend']) });

const limit = z.looseObject({
  model: z.string(),
  dimension: open(['rpm', 'tpm', 'ipm', 'rpd']),
  limit: z.number(),
  used: z.number(),
  source: open(['config', 'learned', 'live']),
  ageMs: z.number(),
}) satisfies z.ZodType<LimitView>;

const lane = z.looseObject({
  model: z.string(),
  countedAs: z.string().describe('the id that the provider counts under'),
  limits: z.array(limit),
  waiting: z.int(),
  asleep: z.int(),
  perMinute: z.number().exactOptional().describe('absent while no limit is known'),
  closed: closed.exactOptional(),
}) satisfies z.ZodType<LaneView>;

const hold = z.looseObject({
  id: z.string(),
  scope,
  branch: open([...BRANCHES, 'operator']),
  reason: z.string(),
  message: z.string(),
  since: at,
  evidence,
  generationId: z.string().exactOptional(),
  by: z.string().exactOptional().describe('who paused it'),
  calls: z.int(),
  phase: open(['held', 'probing', 'trial']),
  resumed: z.looseObject({ by: z.string(), why: z.string(), at }).exactOptional(),
}) satisfies z.ZodType<Hold>;

const breaker = z.looseObject({
  route,
  phase: open(['open', 'half-open']),
  since: at,
  tryAt: at,
  failures: z.int(),
  calls: z.int(),
  branch,
  evidence,
}) satisfies z.ZodType<Breaker>;

const degraded = z.looseObject({
  route,
  since: at,
  share: z.number(),
  calls: z.int(),
  evidence,
}) satisfies z.ZodType<Degraded>;

const grant = z.looseObject({
  id: z.string(),
  cause: z.looseObject({ branch, scope }),
  route: z.string(),
  until: at,
  maxCostUsd: z.number(),
  spentUsd: z.number().describe('worst prices reserved so far'),
  uses: z.int(),
  by: z.string(),
  why: z.string(),
  evidence: z.string(),
  grantedAt: at,
  revoked: z.looseObject({ by: z.string(), at }).exactOptional(),
}) satisfies z.ZodType<Grant>;

const alert = z.looseObject({
  kind: open(['quota-80', 'share-429', 'share-503']),
  subject: z.string(),
  since: at,
  value: z.number(),
}) satisfies z.ZodType<Alert>;

const EVENTS = [
  'hold-opened',
  'hold-resumed',
  'hold-released',
  'paused',
  'breaker-opened',
  'breaker-half-open',
  'breaker-closed',
  'degraded-began',
  'degraded-ended',
  'alert-raised',
  'alert-cleared',
  'granted',
  'revoked',
  'limit-learned',
] as const satisfies readonly StandingEvent['what'][];

const event = z.looseObject({
  at,
  what: open(EVENTS),
  subject: z.string(),
  why: z.string(),
}) satisfies z.ZodType<StandingEvent>;

const statistics = z.looseObject({
  route,
  baseUrl: z.string(),
  calls: z.int().describe('over the last 5 minutes'),
  capacityFailures: z.int(),
  limited: z.int(),
}) satisfies z.ZodType<RouteStatistics>;

const hours = z.looseObject({
  model: z.string(),
  tier: z.string(),
  calls: z.array(z.number()).describe('by hour, UTC; a day counts for a tenth less with each day after it'),
  capacity: z.array(z.number()).describe('of them: capacity, gateway-fault, internal, quota-unknown'),
}) satisfies z.ZodType<HourCounts>;

export const governorViewSchema = z.looseObject({
  id: z.string().describe('`google/ai-studio/my-project`'),
  epoch: z.string(),
  at,
  processes: z.array(
    z.looseObject({ process: z.string(), askedMsAgo: z.number(), leased: z.int(), waiting: z.int() }),
  ),
  lanes: z.array(lane),
  spend: z.looseObject({
    usd: z.number(),
    limit: z.looseObject({ usd: z.number(), windowMs: z.number() }).exactOptional(),
  }),
  exchanges: z.int(),
  holds: z.array(hold),
  breakers: z.array(breaker),
  degraded: z.array(degraded),
  grants: z.array(grant),
  alerts: z.array(alert),
  events: z.array(event).describe('the latest 50'),
  routes: z.array(statistics),
  hours: z.array(hours).exactOptional().describe('how the hours of a day fare, by model'),
}) satisfies z.ZodType<GovernorView>;
