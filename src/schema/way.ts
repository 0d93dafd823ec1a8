/** A rung that a generation has not taken yet, as its view tells it. */
import { z } from 'zod';
import type { Way } from '../domain/way.ts';
import { open } from './open.ts';

export const waySchema = z.looseObject({
  kind: open(['tier', 'fallback', 'endpoint', 'batch', 'route-out']),
  route: z.string(),
  model: z.string(),
  tier: open(['standard', 'flex', 'priority']),
  by: open(['itself', 'person']).describe('`person`: an approval opens it'),
  worstUsd: z.number().describe('of one call there'),
  extraUsd: z.number().describe('by how much that is more than the same call as asked'),
  changes: z.array(z.string()).exactOptional().describe('what is lost or different there'),
  tooDear: z.literal(true).exactOptional().describe('more than `maxCostUsd` leaves'),
}) satisfies z.ZodType<Way>;
