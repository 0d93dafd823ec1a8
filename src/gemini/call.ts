/** One exchange with a provider, as every port tells it: what it may take, and how it ended. */
import type { BrokenBy, CallStage, ErrorFacts } from '../domain/evidence.ts';

export interface CallOptions {
  /** Covers connecting, waiting and reading the whole body; of an upload or a list, all its requests. */
  readonly timeoutMs: number;
  /** Aborting it ends the call with `by: 'caller'`; the provider may go on and bill. */
  readonly signal?: AbortSignal;
  /** `<generation>/<n>`, sent as a header so that a relay's log can be matched to the attempt. */
  readonly attemptId: string;
}

export type RawOutcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      /** The body as it came, secrets redacted (I7). */
      readonly body: Uint8Array;
    }
  | {
      readonly kind: 'broken';
      readonly stage: CallStage;
      readonly by: BrokenBy;
      readonly error: ErrorFacts;
      readonly status?: number;
    };

export interface CallRecord {
  readonly outcome: RawOutcome;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly tookMs: number;
}

/** What was asked for, or the exchange that failed, to be classified like any other. */
export type PortAnswer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | {
      readonly kind: 'failed';
      /**
       * Of several requests (an upload, a list) the one that failed. An answer with status 200 is one
       * whose body is not what was asked for.
       */
      readonly record: CallRecord;
    };
