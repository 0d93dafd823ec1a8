/** How a turn ended, in the words of any generation's end. */
import type { GenerationFailure } from '../contract/generation.ts';
import type { TurnAnswer } from '../contract/session-asks.ts';
import type { TurnFailed } from '../contract/session.ts';
import { finding } from '../domain/finding.ts';
import type { Turn } from './session.ts';
import { turnView } from './view.ts';

const FREE = { sureUsd: 0, possibleUsd: 0 };

/** @param whole The failure as its generation told it; without it, what the session has kept. */
export function turnAnswer(turn: Turn, whole?: GenerationFailure): TurnAnswer {
  const { status, failed, generationId } = turn;
  const failure = status !== 'failed' ? undefined : (whole ?? (failed && failureFrom(generationId, failed)));
  return { kind: 'turn', turn: turnView(turn), ...(failure === undefined ? {} : { failure }) };
}

function failureFrom(id: string, { branch, reason, why, cost = FREE }: TurnFailed): GenerationFailure {
  const { sureUsd, possibleUsd } = cost;
  const billed = sureUsd > 0 ? 'yes' : possibleUsd > 0 ? 'possible' : 'no';
  const rest = { rule: 'session-turn', certainty: 'named', billed, message: why } as const;
  // A session keeps both as texts; a pair of another release is told as it is.
  const classification = finding(branch as 'unknown', reason as 'unrecognised', rest);
  return { id, classification, cause: 'stop-branch', why, cost, trail: [] };
}
