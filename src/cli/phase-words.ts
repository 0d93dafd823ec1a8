/** What a generation is doing, in one line: `backing-off: capacity, retest 2/5; until 14:05:10 (43 s)`. */
import type { Description } from '../client/describe.ts';
import { durationWords } from '../words/duration.ts';

export type PhaseFacts = Pick<Description, 'phase' | 'why' | 'until'>;

/** Without the time that is left, so that it changes only when something happened. */
export function phaseWords({ phase, why }: PhaseFacts): string {
  return why === '' ? phase : `${phase}: ${why.replace(/\s+/g, ' ')}`;
}

export function phaseLine(facts: PhaseFacts, now: number): string {
  const { phase, until } = facts;
  if (until === undefined) return phaseWords(facts);
  const decide = asksAPerson(phase) ? 'decide ' : '';
  return `${phaseWords(facts)}; ${decide}${untilWords(until, now)}`;
}

/** Phases that nothing but a person ends well. */
export function asksAPerson(phase: string): boolean {
  return phase === 'held' || phase === 'awaiting-operator';
}

/** `until 14:05:10 (43 s)`, with the date where it is not today. */
export function untilWords(until: number, now: number): string {
  const at = new Date(until);
  const today = new Date(now).toDateString() === at.toDateString();
  const time = at.toTimeString().slice(0, 8);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} `;
  return `until ${today ? '' : date}${time} (${durationWords(until - now)})`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
