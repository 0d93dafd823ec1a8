/** What was tried and what it cost: in results, failures and views alike. */
import { z } from 'zod';
import type { TrailLine } from '../contract/generation.ts';
import type { Cost } from '../domain/attempt.ts';
import { sha256 } from './artifact.ts';
import { billedSchema } from './classification.ts';

export const costSchema = z.looseObject({
  sureUsd: z.number().describe('by usage metadata'),
  possibleUsd: z.number().describe('calls without a known outcome, at the worst price'),
}) satisfies z.ZodType<Cost>;

const line = z.looseObject({
  n: z.int().positive(),
  move: z.string().describe('why it was made, for people'),
  model: z.string(),
  verdict: z.string().describe('`branch/reason`, or `success`'),
  billed: billedSchema,
  message: z.string().exactOptional(),
  evidence: sha256.exactOptional(),
  fingerprint: z.string().describe('equal: the same path'),
}) satisfies z.ZodType<TrailLine>;

export const trailSchema = z.array(line).describe('every call, oldest first');
