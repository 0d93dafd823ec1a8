/** What workflow `geminiGeneration` returns. */
import { z } from 'zod';
import type { DeliveredConversation, GenerationResult, PromptChange } from '../contract/generation.ts';
import type { Past } from '../domain/request.ts';
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

const storedImage = z.looseObject({
  kind: z.literal('artifact'),
  sha256,
  mime: z.string(),
  bytes: z.number(),
});

export const pastSchema = z.looseObject({
  sha256: sha256.describe('artifact: who said what, part by part, as references'),
  turns: z.number(),
  images: z.number(),
  bytes: z.number(),
  older: z.number(),
  chars: z.number(),
  json: z.number(),
  tokens: z.number(),
  signedBy: z.string().describe('where its thought signatures are good'),
  image: storedImage.describe('what a conversation begins anew with on another route'),
}) satisfies z.ZodType<Past>;

const conversation = z.looseObject({
  past: pastSchema,
  use: z.enum(['none', 'verbatim', 'reseeded']),
  leftOut: z.number(),
}) satisfies z.ZodType<DeliveredConversation>;

export const resultSchema = z.looseObject({
  id: z.string(),
  images: z.array(imageRefSchema).describe('final images, in the artifact store'),
  drafts: z.array(imageRefSchema).describe('thinking images'),
  texts: z.array(z.string()).describe('each cut to 500 characters; whole in `contents`'),
  contents: sha256.exactOptional().describe("artifact: the model's contents with their signatures"),
  conversation: conversation.exactOptional().describe("of a session's turn: what the next one goes on with"),
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
