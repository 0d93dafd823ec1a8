/** What a generation's run came to: memo `geminiEnded`. */
import { z } from 'zod';
import { SERVICE_TIERS } from '../domain/path.ts';
import type { CallTally, Tally } from '../domain/tally.ts';
import { WAIT_KINDS } from '../domain/tally.ts';
import { open } from './open.ts';

const calls = z.looseObject({
  hour: z.int().describe('hours since 1970, UTC, in which they were sent'),
  route: z.string(),
  model: z.string(),
  tier: open([...SERVICE_TIERS, 'batch', 'unknown']),
  verdict: z.string().exactOptional().describe('`branch/reason`; absent where they gave what they were for'),
  text: z.literal(true).exactOptional().describe('calls of a text model'),
  calls: z.int(),
  billed: z.int().describe('of them, for sure'),
  maybeBilled: z.int(),
  sureUsd: z.number(),
  possibleUsd: z.number(),
}) satisfies z.ZodType<CallTally>;

const waits = Object.fromEntries(
  WAIT_KINDS.map((kind) => [kind, z.number().exactOptional()] as const),
) as Record<(typeof WAIT_KINDS)[number], z.ZodExactOptional<z.ZodNumber>>;

export const tallySchema = z.looseObject({
  v: z.literal(1),
  end: open(['done', 'dead', 'cancelled']),
  verdict: z.string().exactOptional().describe('`branch/reason` that a dead one ended in'),
  images: z.int(),
  drafts: z.int(),
  urgency: open(['interactive', 'standard', 'batch']),
  deadlineMs: z.number(),
  quality: open(['draft', 'final']).exactOptional(),
  tenant: z.string().exactOptional(),
  turn: z.literal(true).exactOptional().describe('a turn of an edit session'),
  revived: z.literal(true).exactOptional().describe('a dead letter that was brought back: the new run alone'),
  waitMs: z.looseObject(waits).describe('milliseconds, by what it waited for'),
  calls: z.array(calls),
}) satisfies z.ZodType<Tally>;
