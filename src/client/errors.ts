/** What the client throws. Each carries what a program needs and reads as what a person needs. */
import type { GenerationFailure, TrailLine } from '../contract/generation.ts';
import type { Branch } from '../domain/branch.ts';
import type { Classification } from '../domain/classification.ts';
import type { DecisionOutcome } from '../domain/decision.ts';
import { readable } from '../domain/finding.ts';
import type { Owner } from '../domain/reason.ts';

/** The generation ended unserved; it stays in Temporal as a dead letter, with its evidence. */
export class GenerationFailed extends Error {
  override readonly name = 'GenerationFailed' as const;
  readonly id: string;
  readonly branch: Branch;
  readonly reason: string;
  readonly owner: Owner;
  readonly userAction: string;
  readonly trail: readonly TrailLine[];
  /** SHA-256 of the last attempt's evidence artifact. */
  readonly evidence: string | undefined;
  readonly classification: Classification;
  readonly failure: GenerationFailure;

  constructor(failure: GenerationFailure, options?: ErrorOptions) {
    super(`${readable(failure.classification)} (${failure.why})`, options);
    const { classification } = failure;
    this.id = failure.id;
    this.branch = classification.branch;
    this.reason = classification.reason;
    this.owner = classification.owner;
    this.userAction = classification.userAction;
    this.trail = failure.trail;
    this.evidence = failure.evidence;
    this.classification = classification;
    this.failure = failure;
  }
}

/** The caller's own wait ended first; the generation goes on. Ask again with `result(id)`. */
export class StillRunning extends Error {
  override readonly name = 'StillRunning' as const;
  readonly id: string;
  readonly phase: string;
  readonly why: string;
  /** When it goes on by itself, where that is known. */
  readonly until: Date | undefined;

  constructor(state: {
    readonly id: string;
    readonly phase: string;
    readonly why: string;
    readonly until?: number;
  }) {
    const until = state.until === undefined ? undefined : new Date(state.until);
    super(
      `generation ${state.id} is still running: ${state.phase}${state.why === '' ? '' : `, ${state.why}`}` +
        `${until === undefined ? '' : ` until ${until.toISOString()}`}; it goes on, ask again with result('${state.id}')`,
    );
    this.id = state.id;
    this.phase = state.phase;
    this.why = state.why;
    this.until = until;
  }
}

/** The same idempotency key was used with another request (I11). Nothing was started. */
export class IdempotencyConflict extends Error {
  override readonly name = 'IdempotencyConflict' as const;
  readonly id: string;

  constructor(id: string) {
    super(
      `${id} was started with another request: use another idempotencyKey, or send the same request again`,
    );
    this.id = id;
  }
}

/** Temporal did not answer within the deadline. Whether a start took effect is told by `started`. */
export class ServerUnreachable extends Error {
  override readonly name = 'ServerUnreachable' as const;
  /** `unknown`: the start was sent, so ask `result(id)` before starting again, or give a key. */
  readonly started: 'no' | 'unknown';
  readonly id: string | undefined;

  constructor(message: string, options?: ErrorOptions & { readonly id?: string }) {
    super(message, options);
    this.started = options?.id === undefined ? 'no' : 'unknown';
    this.id = options?.id;
  }
}

/** No generation has this id, neither in Temporal nor in the store. */
export class UnknownGeneration extends Error {
  override readonly name = 'UnknownGeneration' as const;

  constructor(id: string) {
    super(
      `no generation ${id}: check the id and the namespace; Temporal forgets closed ones after its retention`,
    );
  }
}

/** A person's decision was not taken (I12); nothing of it entered the generation's history. */
export class DecisionRefused extends Error {
  override readonly name = 'DecisionRefused' as const;
  readonly id: string;
  /** `stale`: made on evidence that has changed. `refused`: not possible now. `junk`: not a decision. */
  readonly outcome: Exclude<DecisionOutcome, 'taken'>;
  /** Why, in words for the person who sent it. */
  readonly answer: string;
  /** SHA-256 of what is asked on now; absent while nothing is asked. */
  readonly evidence: string | undefined;

  constructor(id: string, refusal: Refusal, options?: ErrorOptions) {
    super(`the decision on ${id} was not taken (${refusal.outcome}): ${refusal.answer}`, options);
    this.id = id;
    this.outcome = refusal.outcome;
    this.answer = refusal.answer;
    this.evidence = refusal.evidence;
  }
}

export interface Refusal {
  readonly outcome: DecisionRefused['outcome'];
  readonly answer: string;
  readonly evidence?: string;
}

/**
 * The server is there, and no worker took the decision within the deadline. It may still be taken by one
 * that comes back at once; sent with `later: true` it waits for one however long that takes.
 */
export class NoWorkerAnswered extends Error {
  override readonly name = 'NoWorkerAnswered' as const;
  readonly id: string;

  constructor(id: string, deadlineMs: number, options?: ErrorOptions) {
    super(
      `no worker took the decision on ${id} within ${deadlineMs} ms: start a worker and decide again, or send it ` +
        'with later: true, as a signal that is judged when a worker is back',
      options,
    );
    this.id = id;
  }
}

/** There is no dead letter to bring back. Nothing was started. */
export class NotRevivable extends Error {
  override readonly name = 'NotRevivable' as const;
  readonly id: string;
  /** The run that stands in the way, where it is known. */
  readonly run: string | undefined;

  constructor(id: string, why: string, run?: string, options?: ErrorOptions) {
    super(`${id} cannot be revived: ${why}`, options);
    this.id = id;
    this.run = run;
  }
}
