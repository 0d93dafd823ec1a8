/**
 * What may be said about a prompt before money is spent on it. Advice never changes and never stops
 * a request: a wrong warning costs trust, so every rule prefers silence to a guess.
 */
import type { Size } from '../request.ts';

/** In the order in which advice is given. */
export const ADVICE_RULE = {
  longText: 'long-text',
  textNotUpper: 'text-not-upper',
  textWithoutPlacement: 'text-without-placement',
  manySubjects: 'many-subjects',
  preciseRelations: 'precise-relations',
  negation: 'negation',
  namedStyleOrIp: 'named-style-or-ip',
  personAndDress: 'person-and-dress',
  vague: 'vague',
  sizeUnset: 'size-unset',
  ratioUnset: 'ratio-unset',
  editRegenerates: 'edit-regenerates',
} as const;

export type AdviceRule = (typeof ADVICE_RULE)[keyof typeof ADVICE_RULE];

export interface AdviceRequest {
  readonly prompt: string;
  readonly size?: Size;
  readonly aspectRatio?: string;
  readonly model?: string;
  /** How many images come with the prompt. */
  readonly inputs: number;
}

export interface Advice {
  readonly rule: AdviceRule;
  /** One sentence: what was seen, why it matters, what to do; at most 40 characters of the prompt. */
  readonly message: string;
}
