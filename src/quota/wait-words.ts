/** Why a turn has not come, in words for people. */
import type { LaneAnswer } from '../contract/exchange.ts';
import { describeDuration, describeWait } from './describe.ts';

export interface WaitFacts {
  readonly model: string;
  readonly answer: LaneAnswer | undefined;
  /** Milliseconds since that answer. */
  readonly ageMs: number;
  readonly ahead: number;
  /** Nobody calls for so long. */
  readonly closedMs: number;
  readonly windowMs: number;
}

export function waitWords({ model, answer, ageMs, ahead, closedMs, windowMs }: WaitFacts): string {
  const by = closedMs > 0 ? (answer?.closed?.by ?? 'pause') : (answer?.binding?.dimension ?? 'rpm');
  if (by === 'spend') {
    const until = describeDuration(closedMs);
    return `${model}: the project spends faster than its tier allows, for another ${until}, ${ahead} ahead`;
  }
  const known = by === 'pause' ? undefined : answer?.limits.find(({ dimension }) => dimension === by);
  return describeWait({
    model,
    ...(answer === undefined ? {} : { countedAs: answer.countedAs }),
    binding: by,
    ...(known === undefined ? {} : { known: { ...known, ageMs: known.ageMs + ageMs } }),
    windowMs,
    untilMs: closedMs,
    ahead,
  });
}
