/** A field of a request that cannot be sent as it is; found before any call, nothing is lost. */
import type { ReasonOf } from './reason.ts';

export interface RequestProblem {
  readonly reason: ReasonOf<'invalid-request'>;
  /** `inputs[1].path`, `aspectRatio` */
  readonly field: string;
  /** What was given, short and without secrets. */
  readonly value: string;
  readonly allowed: string;
  /** What is wrong, what is allowed, what to do. */
  readonly message: string;
}
