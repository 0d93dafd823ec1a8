/** The border where sessions and turns come in: a request's own fields, and what a session has besides. */
import { z } from 'zod';
import { InvalidRequest, problemsOf, requestSchema } from './request.ts';

const HOUR = 3_600_000;
const LONGEST_IDLE_MS = 366 * 24 * HOUR;

/** What `images.session()` accepts: what its turns are asked with, unless one says otherwise. */
export const sessionSchema = requestSchema.omit({ prompt: true, inputs: true, idempotencyKey: true }).extend({
  /** The caller's name for it: starting it again is the same session. */
  id: z.string().min(1).max(200).optional(),
  /** Without a turn for so long it ends. @default 30 days */
  idleMs: z.int().min(1_000).max(LONGEST_IDLE_MS).optional(),
  /** Once it is longer than the model takes. @default 'fail' */
  overflow: z.enum(['fail', 'drop-oldest-images']).optional(),
});

export type SessionDraft = z.input<typeof sessionSchema>;
export type ValidSession = z.output<typeof sessionSchema>;

/** What `session.edit()` accepts. */
export const turnSchema = requestSchema.omit({ idempotencyKey: true }).extend({
  /** The same id is the same turn, whatever is retried. @default a new one */
  turnId: z.string().min(1).max(100).optional(),
});

export type TurnDraft = z.input<typeof turnSchema>;
export type ValidTurn = z.output<typeof turnSchema>;

/** Throws {@link InvalidRequest} that names each field. */
export function parseSession(value: unknown): ValidSession {
  const parsed = sessionSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidRequest(problemsOf(parsed.error, value));
}

/** Throws {@link InvalidRequest} that names each field. */
export function parseTurn(value: unknown): ValidTurn {
  const parsed = turnSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidRequest(problemsOf(parsed.error, value));
}
