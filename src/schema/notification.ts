/** The body of a webhook. A later release's types and fields pass, so that a receiver outlives them. */
import { z } from 'zod';
import type { BudgetNews, GenerationNews, NotificationEvent, RouteNews } from '../domain/notification.ts';
import { BUDGET_EVENTS, GENERATION_EVENTS, ROUTE_EVENTS } from '../domain/notification.ts';
import { imageRefSchema } from './artifact.ts';
import { openKinds } from './open.ts';
import { costSchema } from './trail.ts';

const text = z.string().exactOptional();

const generation = z.looseObject({
  generation: z.string(),
  run: z.string(),
  tenant: text,
  tags: z.array(z.string()),
  route: text.describe('where it is, or was last'),
  model: text,
  cost: costSchema,
  attempts: z.int(),
  why: text,
  branch: text,
  reason: text,
  message: text.describe("the provider's words; absent where the request hides its prompt"),
  userAction: text,
  until: text.describe('ISO 8601: nobody can decide any more after this'),
  choices: z.array(z.string()).exactOptional().describe('what a person may choose'),
  evidence: text.describe('what the decision has to name'),
  hold: text,
  images: z.array(imageRefSchema).exactOptional(),
}) satisfies z.ZodType<GenerationNews>;

const route = z.looseObject({
  account: z.string().describe('`google/ai-studio/my-project`'),
  why: z.string(),
  model: text.describe('absent where it concerns more than one'),
  tier: text,
  scope: z.looseObject({ kind: z.string(), key: z.string() }).exactOptional(),
  hold: text,
  branch: text,
  reason: text,
  message: text,
  generation: text.describe('whose call showed it'),
  by: text.describe('who paused it'),
}) satisfies z.ZodType<RouteNews>;

const budget = z.looseObject({
  tenant: z.string().describe('empty: requests without a tenant'),
  percent: z.number(),
  period: z.string(),
  label: z.string().describe('`2026-11-26`, `2026-11`'),
  usd: z.number(),
  sureUsd: z.number(),
  possibleUsd: z.number(),
}) satisfies z.ZodType<BudgetNews>;

const kinds = openKinds('type', [
  z.looseObject({ type: z.literal(GENERATION_EVENTS), data: generation }),
  z.looseObject({ type: z.literal(ROUTE_EVENTS), data: route }),
  z.looseObject({ type: z.literal(BUDGET_EVENTS), data: budget }),
  z.looseObject({ type: z.literal('test'), data: z.looseObject({ by: z.string() }) }),
]);

const told = z.looseObject({
  id: z.string().describe('the same each time it is sent, as in header webhook-id'),
  at: z.string().describe('when it happened, ISO 8601'),
  subject: z.string().describe('one line for people'),
  url: text.describe('a page of the console; it opens nothing by itself'),
});

export const notificationSchema = z.intersection(told, kinds) as unknown as z.ZodType<NotificationEvent>;
