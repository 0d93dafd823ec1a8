/** What a running generation tells: the answer of query `gemini.describe`, and its memo. */
import { z } from 'zod';
import type { GenerationView } from '../contract/generation.ts';
import type { MemoState } from '../contract/names.ts';
import { revivalSchema } from './argument.ts';
import { askSchema } from './ask.ts';
import { decisionsSchema } from './decision-record.ts';
import { phaseSchema } from './phase.ts';
import { costSchema, trailSchema } from './trail.ts';

const revival = z.looseObject(revivalSchema.shape);

export const viewSchema = z.looseObject({
  id: z.string(),
  phase: phaseSchema,
  trail: trailSchema,
  cost: costSchema,
  deadlineAt: z.number().exactOptional().describe('epoch milliseconds'),
  ask: askSchema.exactOptional().describe('absent while nothing is asked'),
  decisions: decisionsSchema.describe('the last ones that were sent, taken or not'),
  revival: revival.exactOptional(),
  publicStatus: z.string().describe('safe to show to an end user'),
}) satisfies z.ZodType<GenerationView>;

/** Memo key `geminiState`; absent while a generation is on its happy path. */
export const memoStateSchema = z.looseObject({
  phase: z.string(),
  why: z.string(),
  until: z.number().exactOptional().describe('epoch milliseconds'),
  since: z.number().exactOptional(),
  ask: z
    .looseObject({ evidence: z.string(), choices: z.array(z.string()) })
    .exactOptional()
    .describe('absent while nobody is waited for'),
  verdicts: z.array(z.string()).describe('`branch/reason` of the last attempts, oldest first'),
}) satisfies z.ZodType<MemoState>;
