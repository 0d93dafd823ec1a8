/** What callers in other languages send to an edit session; the session itself checks it again, by hand. */
import { z } from 'zod';
import type { SessionInput } from '../contract/session.ts';
import { wireRequestObject } from './request.ts';

const { prompt, inputs, ...turn } = wireRequestObject.omit({
  conversation: true,
  quality: true,
  when: true,
}).shape;

const turnId = z.string().min(1).max(100).describe('the same id is the same turn, however often it is sent');

export const sessionArgumentSchema = z.strictObject({
  settings: z.strictObject({
    defaults: z.strictObject(turn).describe('what each turn is asked with, unless it says otherwise'),
    overflow: z.enum(['fail', 'drop-oldest-images']).describe('once it is longer than the model takes'),
    idleMs: z.int().min(1_000).describe('without a turn for so long it ends'),
  }),
}) satisfies z.ZodType<SessionInput>;

export const editSchema = z.strictObject({
  turnId,
  prompt,
  inputs,
  overrides: z.strictObject(turn).optional(),
  excerpt: z.string().optional().describe('the beginning of the prompt, for people'),
  traceparent: z.string().optional().describe("W3C traceparent of the caller's span"),
});

const said = {
  by: z.string().max(100).optional().describe('who; kept in history'),
  why: z.string().max(500).optional(),
};

export const undoSchema = z.strictObject({
  turnId: turnId.optional().describe('which must be the last one; sent again it undoes no other'),
  ...said,
});

export const closeSchema = z.strictObject(said);

const asked = {
  askId: z.string().min(1).max(1_000).describe('a new one for each question; the answer names it'),
  from: z.string().min(1).max(1_000).describe('workflow id of who asks, in the session’s namespace'),
};

export const askSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('edit'), edit: editSchema, ...asked }),
  z.strictObject({ kind: z.literal('withdraw'), turnId, ...asked }),
  z.strictObject({ kind: z.literal('undo'), turnId, ...asked }),
  z.strictObject({ kind: z.literal('close'), ...asked }),
]);
