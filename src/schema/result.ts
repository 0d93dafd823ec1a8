/** What workflow `geminiGeneration` returns. */
import { z } from 'zod';
import type { GenerationResult, PromptChange } from '../contract/generation.ts';
import { imageRefSchema, sha256 } from './artifact.ts';
import { decisionsSchema } from './decision-record.ts';
import { textRemedySchema } from './phase.ts';
import { costSchema, trailSchema } from './trail.ts';

const promptChange = z.looseObject({
  remedy: textRemedySchema,
  change: z.string(),
  techniques: z.array(z.string()),
  record: sha256.describe('artifact with the texts and their difference'),
  prompt: sha256.describe('artifact: the prompt that was sent'),
}) satisfies z.ZodType<PromptChange>;

export const resultSchema = z.looseObject({
  id: z.string(),
  images: z.array(imageRefSchema).describe('final images, in the artifact store'),
  drafts: z.array(imageRefSchema).describe('thinking images'),
  texts: z.array(z.string()).describe('each cut to 500 characters; whole in `contents`'),
  contents: sha256.exactOptional().describe("artifact: the model's contents with their signatures"),
  route: z.string(),
  model: z.string(),
  modelVersion: z.string().exactOptional(),
  size: z.string().exactOptional(),
  pathWhy: z.string().exactOptional().describe('why not the path that was asked for'),
  promptChange: promptChange.exactOptional().describe('absent: the prompt was sent as asked'),
  decisions: decisionsSchema.exactOptional().describe('what people decided on the way'),
  cost: costSchema,
  trail: trailSchema,
  warnings: z.array(z.string()),
}) satisfies z.ZodType<GenerationResult>;
