/** The whole argument of workflow `geminiGeneration`. */
import { z } from 'zod';
import type { Revival } from '../contract/generation.ts';
import { CHANGEABLE_FIELDS } from '../domain/decision.ts';
import { wireRequestSchema } from './request.ts';

/** Written by `revive` only; a caller who starts a generation leaves it out. */
export const revivalSchema = z.strictObject({
  of: z.string().describe('run id of the dead letter'),
  by: z.string(),
  why: z.string(),
  attempts: z.int().min(0),
  requestDigest: z.string(),
  evidence: z.string().exactOptional(),
  changed: z.enum(CHANGEABLE_FIELDS).exactOptional(),
}) satisfies z.ZodType<Revival>;

export const argumentSchema = z.strictObject({
  request: wireRequestSchema,
  revival: revivalSchema.exactOptional().describe('leave it out'),
  traceparent: z.string().exactOptional().describe("W3C traceparent of the caller's span"),
});
