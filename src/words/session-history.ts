/** How a turn went on with the conversation, and where it stands in it now. */
import type { SessionView, TurnView } from '../contract/session.ts';
import type { HistoryUse } from '../domain/conversation.ts';

export const HISTORY_WORDS: Readonly<Record<HistoryUse, string>> = {
  none: 'begins the conversation',
  verbatim: 'verbatim',
  reseeded: 'began anew with the last image',
};

/** `head`: the next turn goes on from it. `apart`: delivered, but nothing goes on from it. */
export type Standing = 'head' | 'kept' | 'undone' | 'apart' | Exclude<TurnView['status'], 'done'>;

export type StandingOf = (turn: TurnView) => Standing;

/** From the head back to where the session begins. */
export function standings({ head }: Pick<SessionView, 'head'>, turns: readonly TurnView[]): StandingOf {
  const byId = new Map(turns.map((turn) => [turn.turnId, turn]));
  const kept = new Set<string>();
  for (let id = head; id !== undefined && !kept.has(id); id = byId.get(id)?.after) kept.add(id);
  return ({ turnId, status, undone }) => {
    if (status !== 'done') return status;
    if (undone === true) return 'undone';
    return turnId === head ? 'head' : kept.has(turnId) ? 'kept' : 'apart';
  };
}
