/**
 * The call that a person's decision comes to. The only place that makes a route-out, and only from an
 * option that `askFor` offered: that is the approval record which I4 asks for.
 */
import type { Ask, AskOption } from '../domain/ask.ts';
import type { FailedAttempt } from '../domain/attempt.ts';
import type { Decision } from '../domain/decision.ts';
import type { PolicySnapshot } from '../domain/snapshot.ts';
import { onRung } from './remedies.ts';
import type { Call } from './step.ts';

/** Where a generation stands: its last attempt, or the call that it never came to make. */
export type Whereabouts = Pick<FailedAttempt, 'variation' | 'route'>;

/** Undefined for a rejection: then the generation goes on as it would have, or ends. */
export function decided(
  decision: Decision,
  { options }: Ask,
  at: Whereabouts,
  snapshot: PolicySnapshot,
): Call | undefined {
  const option = options.find(
    (each) =>
      each.choice === decision.choice &&
      (each.choice !== 'route-out' || decision.route === undefined || each.route === decision.route),
  );
  return option === undefined ? undefined : callOf(option, decision, at, snapshot);
}

function callOf(
  option: AskOption,
  { by, why, change }: Decision,
  { variation, route }: Whereabouts,
  snapshot: PolicySnapshot,
): Call | undefined {
  const call = { kind: 'call', delayMs: 0, why: `${by} decided: ${why}` } as const;
  switch (option.choice) {
    case 'route-out': {
      const rung = snapshot.rungs[option.rung];
      if (rung === undefined) return undefined;
      return {
        ...call,
        variation: onRung(variation, option.rung, rung),
        move: {
          kind: 'remedy',
          remedy: 'route-out',
          change: `${route} → ${option.route}: ${option.model}`,
        },
      };
    }
    case 'rewrite':
      return {
        ...call,
        variation: { ...variation, prompt: option.prompt },
        move: { kind: 'remedy', remedy: 'rewrite', change: option.techniques.join(', ') },
      };
    case 'retry':
      return { ...call, variation, move: { kind: 'operator', choice: 'retry', change: 'the same path' } };
    case 'change':
      // The ladder is made anew from the changed request, so the call starts at its first rung.
      return change === undefined
        ? undefined
        : {
            ...call,
            variation: { rung: 0 },
            move: { kind: 'operator', choice: 'change', change: change.field },
          };
    case 'reject':
      return undefined;
  }
}
