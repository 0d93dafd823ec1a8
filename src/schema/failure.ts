/** First detail of the failure `gemini.<branch>` that ends a generation unserved. */
import { z } from 'zod';
import type { GenerationFailure } from '../contract/generation.ts';
import { sha256 } from './artifact.ts';
import { classificationSchema } from './classification.ts';
import { decisionsSchema } from './decision-record.ts';
import { open } from './open.ts';
import { costSchema, trailSchema } from './trail.ts';

const END_CAUSES = [
  'stop-branch',
  'no-remedy',
  'attempts-spent',
  'paid-calls-spent',
  'cost-spent',
  'deadline',
  'rejected',
] as const;

export const failureSchema = z.looseObject({
  id: z.string(),
  classification: classificationSchema,
  cause: open(END_CAUSES).describe('what ended it'),
  why: z.string(),
  cost: costSchema,
  trail: trailSchema,
  evidence: sha256.exactOptional(),
  decisions: decisionsSchema.exactOptional(),
}) satisfies z.ZodType<GenerationFailure>;
