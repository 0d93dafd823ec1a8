/** The border where sessions and turns come in: a request's own fields, and what a session has besides. */
import { z } from 'zod';
import { FIX_PATH, textFixProblems, textFixPrompt } from '../domain/text-fix.ts';
import { InvalidRequest, problemsOf, requestObject } from './request.ts';

const HOUR = 3_600_000;
const LONGEST_IDLE_MS = 366 * 24 * HOUR;

/** A session names its model, whose signatures its conversation has (I9), and somebody waits for each turn. */
const turnObject = requestObject.omit({ quality: true, when: true, idempotencyKey: true });

/** What `images.session()` accepts: what its turns are asked with, unless one says otherwise. */
export const sessionSchema = turnObject.omit({ prompt: true, inputs: true }).extend({
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
export const turnSchema = turnObject.extend({
  /** The same id is the same turn, whatever is retried. @default a new one */
  turnId: z.string().min(1).max(100).optional(),
});

export type TurnDraft = z.input<typeof turnSchema>;
export type ValidTurn = z.output<typeof turnSchema>;

/** What `session.fixText()` accepts: a turn's fields with a correction in place of a prompt. */
export const textFixSchema = turnSchema.omit({ prompt: true }).extend({
  right: z.string(),
  wrong: z.string().optional(),
  where: z.string().optional(),
  spelled: z.boolean().optional(),
});

export type TextFixDraft = z.input<typeof textFixSchema>;

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

/** @returns The turn that makes the correction. Throws {@link InvalidRequest} that names each field. */
export function parseTextFix(value: unknown): TurnDraft {
  const parsed = textFixSchema.safeParse(value);
  if (!parsed.success) throw new InvalidRequest(problemsOf(parsed.error, value));
  const { right, wrong, where, spelled, ...turn } = parsed.data;
  const fix = { right, wrong, where, spelled };
  const problems = textFixProblems(fix);
  if (problems.length > 0) throw new InvalidRequest(problems);
  return { ...FIX_PATH, ...turn, prompt: textFixPrompt(fix) };
}
