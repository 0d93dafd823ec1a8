/**
 * What a person sends to a generation that asks: one payload for each signal, and the update's, which
 * names its choice. The workflow reads them with `readDecision`; a test holds the two together.
 */
import { z } from 'zod';
import type { SIGNALS } from '../contract/names.ts';
import type { Choice } from '../domain/ask.ts';
import type { ChangeableField } from '../domain/decision.ts';
import { storedTextSchema } from './artifact.ts';
import { wireRequestObject } from './request.ts';

const LONGEST_NAME = 100;
const LONGEST_WHY = 500;
const LONGEST_VALUE = 8 * 1024;

function text(longest: number): z.ZodString {
  return z.string().max(longest).regex(/\S/, 'give a text');
}

const evidence = z
  .string()
  .regex(/^[0-9a-f]{12,64}$/, 'give the SHA-256 that the ask shows, or its first 12 characters')
  .describe("the ask's evidence, or at least its first 12 characters: what the decision was made on");

const said = {
  by: text(LONGEST_NAME).describe('who decides'),
  why: text(LONGEST_WHY),
  evidence,
};

const route = text(LONGEST_NAME).optional().describe('which one, where several routes are offered');

const changeable = {
  prompt: true,
  model: true,
  size: true,
  aspectRatio: true,
  modalities: true,
  thinking: true,
  safetySettings: true,
  systemInstruction: true,
  temperature: true,
  seed: true,
  maxOutputTokens: true,
  callTimeoutMs: true,
  maxPaidCalls: true,
  maxAttempts: true,
  maxCostUsd: true,
  deadlineMs: true,
} as const satisfies Readonly<Record<ChangeableField, true>>;

const shortPrompt = z
  .string()
  .regex(/\S/, 'must not be empty')
  .refine(
    (prompt) => JSON.stringify(prompt).length <= LONGEST_VALUE,
    `must be at most ${LONGEST_VALUE} characters as JSON; store a longer one`,
  );

const change = wireRequestObject
  .pick(changeable)
  .partial()
  .extend({ prompt: z.union([shortPrompt, storedTextSchema]).optional() })
  .refine((fields) => Object.keys(fields).length === 1, 'give exactly one field')
  .meta({ minProperties: 1, maxProperties: 1, description: 'exactly one field and its new value' });

const plain = z.strictObject(said);

export const SIGNAL_SCHEMAS = {
  approveRouteOut: z.strictObject({ ...said, route }),
  rejectRouteOut: plain,
  approveRewrite: plain,
  retryNow: plain,
  changeRequest: z.strictObject({ ...said, change }),
} as const satisfies Readonly<Record<keyof typeof SIGNALS, z.ZodType>>;

export const decideSchema = z.discriminatedUnion('choice', [
  z.strictObject({ choice: z.literal('route-out'), ...said, route }),
  z.strictObject({ choice: z.literal('change'), ...said, change }),
  z.strictObject({ choice: z.enum(['rewrite', 'retry', 'reject']), ...said }),
]) satisfies z.ZodType<{ readonly choice: Choice }>;
