/** What a generation does next; made by `nextStep`, interpreted by the workflow. */
import type { Move, Variation } from '../domain/attempt.ts';
import type { Classification } from '../domain/classification.ts';
import type { EndCause } from '../domain/phase.ts';

export type Step =
  | { readonly kind: 'deliver' }
  | {
      /** Another call: after `delayMs`, with `variation`, recorded as `move`. */
      readonly kind: 'call';
      readonly delayMs: number;
      readonly variation: Variation;
      readonly move: Move;
      /** One line for a person: why this, why now. */
      readonly why: string;
      /** Which retest of how many; absent for remedies. */
      readonly retest?: number;
      readonly of?: number;
    }
  | {
      readonly kind: 'end';
      readonly cause: EndCause;
      readonly classification: Classification;
      readonly why: string;
    };
