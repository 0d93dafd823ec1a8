/** What a generation does next; made by `nextStep`, interpreted by the workflow. */
import type { Ask } from '../domain/ask.ts';
import type { Move, Variation } from '../domain/attempt.ts';
import type { Classification } from '../domain/classification.ts';
import type { EndCause } from '../domain/phase.ts';
import type { PreparedRemedy } from '../domain/preparation.ts';

/** Another call: after `delayMs`, with `variation`, recorded as `move`. */
export interface Call {
  readonly kind: 'call';
  readonly delayMs: number;
  readonly variation: Variation;
  readonly move: Move;
  /** One line for a person: why this, why now. */
  readonly why: string;
  /** Which retest of how many; absent for remedies. */
  readonly retest?: number;
  readonly of?: number;
  /** What a person may decide instead while it waits. */
  readonly ask?: Ask;
  /** A person decided on this very call: it goes through a hold. */
  readonly insists?: true;
}

/** Something to ready before a remedy's call: a prompt, smaller inputs, room in the file storage. */
export interface Prepare {
  readonly kind: 'prepare';
  readonly delayMs: number;
  readonly remedy: PreparedRemedy;
  /** What the call will differ in besides; the prompt is made from this variation's. */
  readonly variation: Variation;
  readonly why: string;
}

/** Nothing goes on by itself: a person decides, or the deadline ends it as `end` says. */
export interface AskStep {
  readonly kind: 'ask';
  readonly ask: Ask;
  readonly end: End;
}

export interface End {
  readonly kind: 'end';
  readonly cause: EndCause;
  readonly classification: Classification;
  readonly why: string;
}

export type Step = { readonly kind: 'deliver' } | Call | Prepare | AskStep | End;
