/** What an operator tells a governor, done or refused with words. Total: a command that is no command, too. */
import type { GovernorCommand, Scope } from '../../contract/standing.ts';
import { shortText } from '../../domain/short-text.ts';
import { endDegraded } from './degraded.ts';
import { withEvent } from './events.ts';
import { granted, revoked } from './grants.ts';
import { holdWords, LONGEST_MESSAGE_BYTES, withRoom } from './holds.ts';
import { resumed } from './resume.ts';
import { isScope, modelWords, scopeWords } from './scope.ts';
import type { HoldState, StandingState } from './state.ts';

const LONGEST_NAME = 100;
const LONGEST_WHY = 500;
const LONGEST_KEY = 500;

export type Commanded = { readonly state: StandingState } | { readonly refused: string };

export function command(state: StandingState, told: GovernorCommand, now: number): Commanded {
  const problem = textProblem('by', told.by, LONGEST_NAME) ?? textProblem('why', told.why, LONGEST_WHY);
  const done = problem ?? carriedOut(state, told, now);
  return typeof done === 'string' ? { refused: done } : { state: done };
}

function textProblem(field: string, value: unknown, longest: number): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return `${field}: give a text`;
  return value.length > longest ? `${field}: give at most ${longest} characters` : undefined;
}

function carriedOut(state: StandingState, told: GovernorCommand, now: number): StandingState | string {
  switch (told.kind) {
    case 'pause':
      return textProblem('scope', told.scope.key, LONGEST_KEY) ?? paused(state, told.scope, told, now);
    case 'resume':
      return resumed(state, told.hold, told, now);
    case 'grant':
      return granted(state, told, now);
    case 'revoke':
      return revoked(state, told.grant, told, now);
    case 'end-degraded':
      return (
        endDegraded(state, told.route, `${told.by}: ${told.why}`, now) ??
        `route: ${modelWords(told.route)} is not degraded`
      );
    default:
      return 'kind: give one of pause, resume, grant, revoke, end-degraded';
  }
}

function paused(
  state: StandingState,
  scope: Scope,
  { by, why }: { readonly by: string; readonly why: string },
  now: number,
): StandingState | string {
  const known = state.holds.find((hold) => hold.branch === 'operator' && isScope(hold.scope, scope));
  if (known !== undefined) {
    return `scope: ${scopeWords(scope)} was paused by ${known.by ?? 'somebody'} before (${known.id})`;
  }
  const n = state.numbered.holds + 1;
  const hold: HoldState = {
    ...{ id: `h-${n}`, scope, branch: 'operator', reason: 'paused', phase: 'held' },
    ...{ message: shortText(why, LONGEST_MESSAGE_BYTES), since: now, by, calls: 0, usedBy: [] },
  };
  const numbered = { ...state.numbered, holds: n };
  const after = { ...state, numbered, holds: [...withRoom(state.holds), hold] };
  return withEvent(after, 'paused', holdWords(hold), `${by}: ${why}`, now);
}
