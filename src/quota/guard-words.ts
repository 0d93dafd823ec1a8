/** Words for people: what stops a route, and what it waits for. */
import type { Breaker, Hold, Stop } from '../contract/standing.ts';
import { UNNAMED_HOLD } from '../domain/route-stop.ts';
import { modelWords, scopeWords } from '../governor/standing/index.ts';
import { describeDuration } from './describe.ts';

/** `h-3: credential ab12… is held by permission/key-leaked: Your API key was reported as leaked` */
export function holdWhy({ id, scope, branch, reason, message, by, phase, resumed }: Hold): string {
  const what =
    branch === 'operator'
      ? `${scopeWords(scope)} is paused by ${by ?? 'an operator'}: ${message}`
      : `${scopeWords(scope)} is held by ${branch}/${reason}: ${message}`;
  const told = id === UNNAMED_HOLD ? what : `${id}: ${what}`;
  if (phase === 'held') return told;
  const trying = phase === 'probing' ? 'a text call tries it' : 'one generation goes first';
  return `${told} (resumed by ${resumed?.by ?? 'an operator'}, ${trying})`;
}

/** `gemini-3-pro-image: 7 of 9 calls within a minute ended in capacity, next try in 12 s` */
export function breakerWhy({ route, failures, calls, branch }: Breaker, tryInMs: number): string {
  const next = tryInMs > 0 ? `next try in ${describeDuration(tryInMs)}` : 'one generation goes first';
  return `${modelWords(route)}: ${failures} of ${calls} calls within a minute ended in ${branch}, ${next}`;
}

export function stopWhy(stop: Stop, tryInMs: number): string {
  switch (stop.kind) {
    case 'hold':
      return holdWhy(stop.hold);
    case 'breaker':
      return breakerWhy(stop.breaker, tryInMs);
    case 'unproved':
      return `${scopeWords(stop.scope)}: no answer has proved it yet, a few calls go first`;
  }
}
