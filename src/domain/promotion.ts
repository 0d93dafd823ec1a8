/** A word on a generation that waits: who wants it to go now, or into the batch lane, and why. */
import type { Junk } from './decision.ts';

export interface MoveSaid {
  /** Who wants it. */
  readonly identity: string;
  readonly reason?: string;
}

const LONGEST_NAME = 100;
const LONGEST_REASON = 500;

/** @param payload As it came from a signal: anything. */
export function readMove(payload: unknown): MoveSaid | Junk {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) {
    return { junk: 'give a JSON object: { "identity": "…", "reason": "…" }' };
  }
  const { identity, reason } = payload as Readonly<Record<string, unknown>>;
  if (typeof identity !== 'string' || identity.trim() === '')
    return { junk: 'identity: give a text, who it is' };
  if (identity.length > LONGEST_NAME) return { junk: `identity: give at most ${LONGEST_NAME} characters` };
  if (reason === undefined || reason === null) return { identity };
  if (typeof reason !== 'string') return { junk: 'reason: give a text, or leave it out' };
  if (reason.length > LONGEST_REASON) return { junk: `reason: give at most ${LONGEST_REASON} characters` };
  return { identity, reason };
}
