/** What a person may decide now, and what each choice may cost. */
import { z } from 'zod';
import type { Ask, AskOption, HoldScope } from '../domain/ask.ts';
import { sha256, toldTextSchema } from './artifact.ts';
import { branchSchema } from './classification.ts';
import { open, openKinds } from './open.ts';

export const holdScopeSchema = open([
  'credential',
  'project',
  'model',
  'endpoint',
  'gateway',
]) satisfies z.ZodType<HoldScope>;

const worstUsd = z.number();

const option = openKinds('choice', [
  z.looseObject({
    choice: z.literal('route-out'),
    route: z.string(),
    rung: z.int().min(0),
    model: z.string(),
    worstUsd,
  }),
  z.looseObject({
    choice: z.literal('rewrite'),
    prompt: toldTextSchema,
    techniques: z.array(z.string()),
    record: sha256.describe('artifact that shows the difference'),
    worstUsd,
  }),
  z.looseObject({ choice: z.literal('retry'), worstUsd }),
  z.looseObject({ choice: z.literal('change') }),
  z.looseObject({ choice: z.literal('reject') }),
]) satisfies z.ZodType<AskOption>;

export const askSchema = z.looseObject({
  branch: branchSchema,
  reason: z.string(),
  why: z.string().describe('for a person'),
  proof: z.int().describe('same-path attempts in a row that ended in the branch'),
  of: z.int().describe('how many of them prove it'),
  evidence: z.string().describe('what a decision must name'),
  hold: holdScopeSchema.exactOptional().describe('fix the cause first: all of this fails alike'),
  userAction: z.string().exactOptional().describe('what the reason asks a person to do'),
  options: z.array(option),
  expiresAt: z.number().describe('epoch milliseconds; a later decision is refused'),
}) satisfies z.ZodType<Ask>;
