/**
 * What came back from one provider call, as JSON: everything the classifier may read, and nothing
 * that must not be kept. Secrets are redacted before a value of this type exists (I7); image bytes
 * are replaced by their length, the raw response being an artifact of its own (I1, I2).
 */

/** An Error and its chain of causes, flattened. `code` is a system or undici code (`ECONNRESET`). */
export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly cause?: ErrorFacts;
}

/** The `code` of a call that we never sent: its slot was over before its fence was closed. */
export const SLOT_EXPIRED = 'SLOT_EXPIRED';

/**
 * How far a call had come when it broke. `before-send`: no byte of the request left us, so it
 * cannot have been billed. From `sent` on it may have been.
 */
export type CallStage = 'before-send' | 'sent' | 'reading-body';

/** Who ended a call that broke: the network, our own timer, the caller's cancel, or nobody known. */
export type BrokenBy = 'network' | 'our-timeout' | 'caller' | 'unknown';

/** Whether one image part of a 200 could be decoded; absent facts mean that nothing was decoded. */
export interface ImageCheck {
  readonly candidate: number;
  readonly part: number;
  readonly ok: boolean;
  readonly problem?: string;
}

export type Outcome =
  | {
      readonly kind: 'answer';
      /** HTTP status. */
      readonly status: number;
      /** Lower-case names. */
      readonly headers: Readonly<Record<string, string>>;
      /** Parsed JSON where the body was JSON, else the text (HTML, SSE, empty). */
      readonly body: unknown;
      readonly imageChecks?: readonly ImageCheck[];
    }
  | {
      readonly kind: 'broken';
      readonly stage: CallStage;
      readonly by: BrokenBy;
      readonly error: ErrorFacts;
      /** Known when headers had arrived before the body broke. */
      readonly status?: number;
    }
  | {
      /** Only the text that an SDK, a relay or a log printed; the call itself was not ours. */
      readonly kind: 'text';
      readonly text: string;
      readonly status?: number;
    }
  | {
      /** A fence was closed and no answer was ever stored: worker or server lost in mid-call. */
      readonly kind: 'lost';
      /** Somebody called it out of a batch job that had it: its answer is not waited for. */
      readonly left?: true;
    };

export interface Evidence {
  readonly outcome: Outcome;
  /** The model that was asked, as the request named it. */
  readonly model?: string;
  /** What was asked for; a NO_IMAGE means less when only IMAGE was asked. */
  readonly modalities?: readonly ('TEXT' | 'IMAGE')[];
}
