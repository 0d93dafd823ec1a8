/** What a person may decide now, and what each choice may cost. */
import { z } from 'zod';
import type { Ask, AskOption, StopScope } from '../domain/ask.ts';
import { BRANCHES } from '../domain/branch.ts';
import { sha256, toldTextSchema } from './artifact.ts';
import { open, openKinds } from './open.ts';

export const stopScopeSchema = open([
  'credential',
  'project',
  'model',
  'endpoint',
  'gateway',
  'route',
]) satisfies z.ZodType<StopScope>;

const worstUsd = z.number();

const option = openKinds('choice', [
  z.looseObject({
    choice: z.literal('route-out'),
    route: z.string(),
    rung: z.int().min(0),
    model: z.string(),
    worstUsd,
    extraUsd: z
      .number()
      .exactOptional()
      .describe('by how much that is more than the same call as asked; below zero where it is less'),
    changes: z.array(z.string()).exactOptional().describe('what is lost or different there'),
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
  branch: open([...BRANCHES, 'operator']).describe('`operator`: a person paused the route'),
  reason: z.string(),
  why: z.string().describe('for a person'),
  proof: z.int().describe('same-path attempts in a row that ended in the branch'),
  of: z.int().describe('how many of them prove it'),
  routeProof: z
    .string()
    .exactOptional()
    .describe("in words, where the proof is the route's and not this generation's"),
  evidence: z.string().describe('what a decision must name'),
  hold: stopScopeSchema.exactOptional().describe('fix the cause first: all of this fails alike'),
  holdId: z.string().exactOptional().describe('of the hold that stops the route, where it is known'),
  userAction: z.string().exactOptional().describe('what the reason asks a person to do'),
  options: z.array(option),
  expiresAt: z.number().describe('epoch milliseconds; a later decision is refused'),
}) satisfies z.ZodType<Ask>;
