/**
 * An input image that cannot be used, said so that its owner can cure it: which field, what was
 * given, what is allowed, what to do. `retryable` marks the few that another try may cure (a server
 * that is away); the rest stay wrong however often they are asked.
 */
import type { ReasonOf } from '../domain/reason.ts';
import type { RequestProblem } from '../domain/request-problem.ts';

export interface InputFault {
  readonly reason: ReasonOf<'invalid-request'>;
  /** `inputs[1].path` */
  readonly field: string;
  /** What was given, short and without secrets: never bytes, never a URL's query. */
  readonly value: string;
  /** What is wrong with it: `is empty (0 bytes)`. */
  readonly problem: string;
  readonly allowed: string;
  readonly cure: string;
  readonly retryable?: boolean;
}

export class InputProblem extends Error {
  override readonly name = 'InputProblem' as const;
  readonly reason: InputFault['reason'];
  readonly field: string;
  readonly value: string;
  readonly problem: string;
  readonly allowed: string;
  readonly cure: string;
  readonly retryable: boolean;

  constructor(fault: InputFault, options?: ErrorOptions) {
    const { field, value, problem, allowed, cure } = fault;
    super(`${field}: ${value} ${problem}; allowed: ${allowed} — caller: ${cure}`, options);
    this.reason = fault.reason;
    this.field = field;
    this.value = value;
    this.problem = problem;
    this.allowed = allowed;
    this.cure = cure;
    this.retryable = fault.retryable ?? false;
  }
}

export const CURES = {
  whole: 'send a whole, valid image file',
  convert: 'convert the image to PNG, JPEG, WebP, HEIC or HEIF',
  smaller: 'scale the image down or compress it',
} as const;

/** The problem as the client and the workflow hand it to the caller. */
export function requestProblem(error: InputProblem): RequestProblem {
  const { reason, field, value, allowed } = error;
  // Whoever tells a problem names its field first.
  return { reason, field, value, allowed, message: error.message.slice(`${field}: `.length) };
}
