/** What happened, for people: the latest of it. */
import type { StandingEvent } from '../../contract/standing.ts';
import { shortText } from '../../domain/short-text.ts';
import type { StandingState } from './state.ts';

const KEPT = 50;
const LONGEST_WHY_BYTES = 200;

export function withEvent(
  state: StandingState,
  what: StandingEvent['what'],
  subject: string,
  why: string,
  now: number,
): StandingState {
  const event = { at: now, what, subject, why: shortText(why, LONGEST_WHY_BYTES) };
  return { ...state, events: [...state.events.slice(1 - KEPT), event] };
}
