/** References into the artifact store. */
import { z } from 'zod';
import type { ImageRef } from '../domain/artifact.ts';
import type { StoredText } from '../domain/request.ts';

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');

export const imageRefSchema = z.looseObject({
  sha256,
  mime: z.string(),
  bytes: z.int().positive(),
  width: z.int().positive(),
  height: z.int().positive(),
}) satisfies z.ZodType<ImageRef>;

/** As a caller sends it: a text that was stored before. */
export const storedTextSchema = z.strictObject({
  sha256,
  bytes: z.int().positive(),
}) satisfies z.ZodType<StoredText>;

export const toldTextSchema = z.looseObject(storedTextSchema.shape) satisfies z.ZodType<StoredText>;
