/**
 * What a person is asked once a branch is proved or nothing else is left: why, on which evidence, what
 * may be chosen and what each choice may cost. Decisions name the evidence they were made on (I12).
 */
import type { Branch } from './branch.ts';
import type { StoredText } from './request.ts';

/** How much of the configuration a cause stops: everything that shares it fails the same way. */
export type HoldScope = 'credential' | 'project' | 'model' | 'endpoint' | 'gateway';

/** Also a single route: account + model + tier. */
export type StopScope = HoldScope | 'route';

export type AskOption =
  | {
      /** Leave to a route that the caller did not allow beforehand. */
      readonly choice: 'route-out';
      readonly route: string;
      /** Index into the snapshot's rungs. */
      readonly rung: number;
      readonly model: string;
      readonly worstUsd: number;
      /** By how much that is more than the same call as asked; below zero where it is less. */
      readonly extraUsd?: number;
      /** What is lost or different there, one thing each; absent where nothing is known to be. */
      readonly changes?: readonly string[];
    }
  | {
      /** Send the prompt that a text model rewrote. */
      readonly choice: 'rewrite';
      readonly prompt: StoredText;
      readonly techniques: readonly string[];
      /** SHA-256 of the record that shows the difference. */
      readonly record: string;
      readonly worstUsd: number;
    }
  /** The same path once more: after the cause was fixed, or against the odds. */
  | { readonly choice: 'retry'; readonly worstUsd: number }
  /** One variable of the request. */
  | { readonly choice: 'change' }
  | { readonly choice: 'reject' };

export type Choice = AskOption['choice'];

export interface Ask {
  /** `operator`: a person paused the route. */
  readonly branch: Branch | 'operator';
  readonly reason: string;
  /** One line for a person. */
  readonly why: string;
  /** Same-path attempts in a row that ended in the branch, and how many prove it. */
  readonly proof: number;
  readonly of: number;
  /**
   * In words, where the proof is the route's and not this generation's: other generations' attempts, or the
   * numbers of the queue. `proof` then counts theirs.
   */
  readonly routeProof?: string;
  /** SHA-256 of the evidence it stands on, the last attempt's or the hold's; a decision names it. */
  readonly evidence: string;
  readonly hold?: StopScope;
  /** The hold that stops the route, where it is known; `gemini-images routes resume h-3` ends it. */
  readonly holdId?: string;
  /** What the reason asks a person to do. */
  readonly userAction?: string;
  readonly options: readonly AskOption[];
  /** Epoch milliseconds; a later decision is refused. */
  readonly expiresAt: number;
}
