/**
 * The Gemini port: what the activities need of a provider, and nothing of its SDK. `generate` makes
 * exactly one provider call and never rejects; what came back, or how it broke, is its result.
 */
import type { BrokenBy, CallStage, ErrorFacts } from '../domain/evidence.ts';
import type { Account, ServiceTier } from '../domain/path.ts';
import type { Modality, SafetySetting, Size, Thinking } from '../domain/request.ts';

export interface InputImage {
  readonly sha256: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
}

export interface ImageCall {
  readonly model: string;
  readonly tier: ServiceTier;
  readonly prompt: string;
  readonly inputs: readonly InputImage[];
  readonly size?: Size;
  readonly aspectRatio?: string;
  readonly modalities: readonly Modality[];
  readonly thinking?: Thinking;
  readonly safetySettings?: readonly SafetySetting[];
  readonly systemInstruction?: string;
  readonly temperature?: number;
  readonly seed?: number;
  readonly maxOutputTokens?: number;
}

export interface CallOptions {
  /** Covers connecting, waiting and reading the whole body. */
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

export interface GeminiPort {
  readonly account: Account;
  generate(call: ImageCall, options: CallOptions): Promise<CallRecord>;
  /** Free of charge; throws on any failure. */
  countTokens(call: ImageCall, options: CallOptions): Promise<number>;
}
