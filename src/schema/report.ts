/** What `gemini-images report --json` tells. */
import { z } from 'zod';
import type {
  BatchAdvice,
  CheaperModel,
  OtherProvider,
  QuietHoursAdvice,
  TierUpgrade,
} from '../domain/report/advice/finding.ts';
import type { Report } from '../domain/report/report.ts';
import { WAIT_KINDS } from '../domain/tally.ts';
import { WAIT_LIMITS } from '../domain/wait-limit.ts';
import { open, openKinds } from './open.ts';

const at = z.number().describe('epoch milliseconds');
const share = z.number().describe('0–1');
const usd = z.number().describe('USD');

const money = {
  key: z.string(),
  generations: z.int().describe('runs that have a call here'),
  delivered: z.int(),
  images: z.int(),
  calls: z.int().describe('provider calls, text calls included'),
  textCalls: z.int(),
  failed: z.int().describe('calls that did not give what they were made for'),
  billed: z.int().describe('calls billed for sure'),
  maybeBilled: z.int(),
  sureUsd: usd,
  possibleUsd: usd,
  wastedSureUsd: usd.describe('of it, for calls that failed'),
  wastedPossibleUsd: usd,
  usdPerImage: usd.exactOptional(),
};
const line = z.looseObject(money);
const lines = z.array(line);

const quota = {
  account: z.string(),
  model: z.string(),
  dimension: z.string(),
  limit: z.number(),
  used: z.number(),
  source: z.string(),
  ageMs: z.number(),
};

const verdict = open(['worth-it', 'not-now', 'too-few']);
const hourShare = z.looseObject({ hour: z.int(), calls: z.number(), share });

const tierUpgrade = z.looseObject({
  id: z.literal('tier-upgrade'),
  verdict,
  generations: z.int(),
  binding: z.looseObject({ limit: open(WAIT_LIMITS), generations: z.int(), ms: z.number() }).exactOptional(),
  waitedMs: z.number().describe('what a higher tier saves at most'),
  refusedByDay: z.int(),
  nearlyUsed: z.array(z.looseObject(quota)),
}) satisfies z.ZodType<TierUpgrade>;

const batch = z.looseObject({
  id: z.literal('batch'),
  verdict,
  imageCalls: z.int(),
  patientCalls: z.int().describe('live calls of generations that could have waited a day'),
  share,
  patientUsd: usd,
  savingUsd: usd,
}) satisfies z.ZodType<BatchAdvice>;

const quietHours = z.looseObject({
  id: z.literal('quiet-hours'),
  verdict,
  knownHours: z.int(),
  calls: z.number(),
  share,
  worst: hourShare.exactOptional(),
  quietest: hourShare.exactOptional(),
  movable: z.int(),
  avoidable: z.int().describe('failures'),
}) satisfies z.ZodType<QuietHoursAdvice>;

const otherProvider = z.looseObject({
  id: z.literal('other-provider'),
  verdict,
  conditions: z.array(
    z.looseObject({
      id: open(['capacity-at-peak', 'safety', 'daily-volume', 'availability']),
      holds: z.boolean().exactOptional().describe('absent: too little is known'),
      value: z.number(),
      limit: z.number().describe('of availability: 0 where nobody said what is needed'),
      of: z.number(),
    }),
  ),
  holding: z.int(),
  needed: z.int(),
}) satisfies z.ZodType<OtherProvider>;

const modelPrice = z.looseObject({
  model: z.string(),
  images: z.int(),
  usdPerImage: usd,
  failedShare: share,
});

const cheaperModel = z.looseObject({
  id: z.literal('cheaper-model'),
  verdict,
  main: modelPrice.exactOptional(),
  cheaper: modelPrice.exactOptional(),
  savedPerImageUsd: usd,
  turns: z.int(),
}) satisfies z.ZodType<CheaperModel>;

export const reportSchema = z.looseObject({
  version: z.literal(1),
  since: at,
  until: at,
  madeAt: at,
  coverage: z.looseObject({
    lookedAt: z.int(),
    complete: z.boolean(),
    countedSince: at.exactOptional(),
    retentionDays: z.number().exactOptional(),
    running: z.int().exactOptional().describe('their calls are not counted yet'),
    readFromResults: z.int(),
    silentAccounts: z.array(z.string()),
  }),
  total: z.looseObject({
    ...money,
    dead: z.int(),
    cancelled: z.int(),
    revived: z.int(),
    availability: share.exactOptional().describe('delivered, of what was not the caller’s own doing'),
    unknown: z
      .looseObject({ terminated: z.int(), 'timed-out': z.int(), 'no-tally': z.int() })
      .describe('runs whose cost is not known; in no other number'),
  }),
  failures: z.array(
    z.looseObject({
      ...money,
      branch: z.string(),
      reason: z.string(),
      shareOfCalls: share,
      shareOfGenerations: share,
    }),
  ),
  ends: z.array(z.looseObject({ verdict: z.string(), generations: z.int() })),
  hours: z.array(
    z.looseObject({
      hour: z.int().describe('of the day, UTC'),
      calls: z.int(),
      failed: z.int(),
      capacity: z.int(),
      failedShare: share,
    }),
  ),
  spend: z.looseObject({
    byDay: lines,
    byModel: lines,
    byRoute: lines,
    byTenant: lines,
    byUrgency: lines,
  }),
  waits: z.array(
    z.looseObject({ kind: open(WAIT_KINDS), ms: z.number(), generations: z.int(), meanMs: z.number() }),
  ),
  quotas: z.array(z.looseObject({ ...quota, share: z.number(), warns: z.boolean() })),
  advice: z.array(openKinds('id', [tierUpgrade, batch, quietHours, otherProvider, cheaperModel])),
}) satisfies z.ZodType<Report>;
