/** What a person sent and what came of it. */
import { z } from 'zod';
import { CHOICES, MOVE_CHOICES } from '../domain/decision.ts';
import type { DecisionRecord } from '../domain/decision.ts';
import type { Judgement } from '../domain/judgement.ts';
import { open } from './open.ts';

const outcome = open(['taken', 'stale', 'refused', 'junk']);

export const decisionRecordSchema = z.looseObject({
  at: z.number().describe('epoch milliseconds'),
  via: open(['signal', 'update', 'grant']).describe('`grant`: an operator decided beforehand'),
  outcome,
  answer: z.string().describe('what came of it, for the person who sent it'),
  choice: open([...CHOICES, ...MOVE_CHOICES]).exactOptional(),
  by: z.string().exactOptional(),
  why: z.string().exactOptional(),
  evidence: z.string().exactOptional(),
  route: z.string().exactOptional(),
  field: z.string().exactOptional().describe('field of the request that was changed'),
}) satisfies z.ZodType<DecisionRecord>;

export const decisionsSchema = z.array(decisionRecordSchema);

/** Details of the failure by which the update `decide` is refused. */
export const refusalSchema = z.looseObject({
  outcome,
  answer: z.string(),
  evidence: z.string().exactOptional().describe('what a decision must name now'),
}) satisfies z.ZodType<Judgement>;
