/** What a running generation tells: the answer of query `gemini.describe`, and its memo. */
import { z } from 'zod';
import type { GenerationView } from '../contract/generation.ts';
import type { MemoState } from '../contract/names.ts';
import { revivalSchema } from './argument.ts';
import { askSchema } from './ask.ts';
import { decisionsSchema } from './decision-record.ts';
import { phaseSchema } from './phase.ts';
import { costSchema, trailSchema } from './trail.ts';
import { waySchema } from './way.ts';

const revival = z.looseObject(revivalSchema.shape);

export const viewSchema = z.looseObject({
  id: z.string(),
  phase: phaseSchema,
  trail: trailSchema,
  cost: costSchema,
  deadlineAt: z.number().exactOptional().describe('epoch milliseconds'),
  ask: askSchema.exactOptional().describe('absent while nothing is asked'),
  ways: z
    .array(waySchema)
    .exactOptional()
    .describe('where it may still go, and by whose word; absent where nowhere'),
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
    .looseObject({
      evidence: z.string(),
      choices: z.array(z.string()),
      worstUsd: z
        .record(z.string(), z.number())
        .exactOptional()
        .describe('of each choice that may cost something'),
      changes: z
        .record(z.string(), z.array(z.string()))
        .exactOptional()
        .describe('what is lost or different with a choice'),
    })
    .exactOptional()
    .describe('absent while nobody is waited for'),
  cause: z
    .looseObject({
      branch: z.string(),
      reason: z.string(),
      scope: z.looseObject({ kind: z.string(), key: z.string() }).exactOptional(),
      hold: z.string().exactOptional().describe('unique within its governor'),
      account: z.string().exactOptional().describe('`google/ai-studio/my-project`'),
    })
    .exactOptional()
    .describe('what it shares with others that wait for a person'),
  cost: costSchema.exactOptional().describe('of all its attempts so far; absent before the first one'),
  message: z.string().exactOptional().describe('the words of its last verdict, cut to 200 bytes'),
  verdicts: z.array(z.string()).describe('`branch/reason` of the last attempts, oldest first'),
}) satisfies z.ZodType<MemoState>;
