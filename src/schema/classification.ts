/** What a failed call, or a failed generation, means. */
import { z } from 'zod';
import type { Branch } from '../domain/branch.ts';
import { BRANCHES } from '../domain/branch.ts';
import type { Billed, Classification, QuotaViolation, SafetyDetail } from '../domain/classification.ts';
import type { Reason } from '../domain/reason.ts';
import { REASONS } from '../domain/reason.ts';
import { open } from './open.ts';

/** Closed: who reads it decides about money. */
export const billedSchema = z
  .enum(['no', 'possible', 'yes'])
  .describe('possible: it was sent and its end is not known') satisfies z.ZodType<Billed>;

export const branchSchema: z.ZodType<Branch> = open(BRANCHES);

const reasons = [...new Set(Object.values(REASONS).flatMap((each) => Object.keys(each)))];
const reasonSchema = open(reasons as [Reason, ...Reason[]]);

const safety = z.looseObject({
  layer: z.union([z.literal(1), z.literal(2)]).describe('1 read the prompt, 2 the image'),
  category: z.string().exactOptional(),
  probability: z.string().exactOptional(),
}) satisfies z.ZodType<SafetyDetail>;

const violation = z.looseObject({
  quotaId: z.string().exactOptional(),
  metric: z.string().exactOptional(),
  limit: z.number().exactOptional(),
  model: z.string().exactOptional(),
  window: open(['minute', 'day', 'zero', 'storage', 'other']),
  unit: open(['requests', 'tokens', 'images', 'bytes', 'other']),
}) satisfies z.ZodType<QuotaViolation>;

/** With every reason for every branch; which belong together, the interface and docs/contract.md say. */
export const flatClassificationSchema = z.looseObject({
  branch: branchSchema,
  reason: reasonSchema,
  rule: z.string().describe('id of the rule that matched'),
  certainty: open(['named', 'inferred', 'guessed']),
  owner: open(['caller', 'operator', 'provider', 'gateway', 'nobody']).describe('who can end the trouble'),
  userAction: z.string().describe('what the owner must do, in one sentence without secrets'),
  alertLevel: open(['info', 'warning', 'error']),
  billed: billedSchema,
  retryAfterMs: z.number().exactOptional(),
  safety: safety.exactOptional(),
  violations: z.array(violation).exactOptional(),
  field: z.string().exactOptional().describe('field of the request that is wrong'),
  message: z.string().describe("the provider's own words"),
  httpStatus: z.number().exactOptional(),
  upstreamStatus: z.number().exactOptional(),
  finishReason: z.string().exactOptional(),
});

export const classificationSchema = flatClassificationSchema as unknown as z.ZodType<Classification>;
