/**
 * What a piece of evidence means. Made by `classify()`, recorded in history by the activity that
 * saw the evidence, and read by the policies; the workflow never classifies (so the classifier may
 * improve without breaking replay).
 */
import type { Branch } from './branch.ts';
import type { AlertLevel, Owner, ReasonOf } from './reason.ts';

/** `named`: the provider said it in a field. `inferred`: read from words. `guessed`: status only. */
export type Certainty = 'named' | 'inferred' | 'guessed';

/**
 * `no`: an error signed by Google, or nothing was sent. `possible`: sent, and then a gateway
 * timeout, a lost connection, our own timeout or crash. `yes`: a 200 that generated.
 */
export type Billed = 'no' | 'possible' | 'yes';

/** Which filter refused: 1 reads the prompt (configurable), 2 reads the image (not configurable). */
export interface SafetyDetail {
  readonly layer: 1 | 2;
  /** As the provider spelt it, so that new categories survive. */
  readonly category?: string;
  readonly probability?: string;
}

/** One exceeded limit of a 429, as the provider named it. */
export interface QuotaViolation {
  readonly quotaId?: string;
  readonly metric?: string;
  /** The limit; 0 means the tier does not include the model. */
  readonly limit?: number;
  /** The resolved model id, which may differ from the one that was asked. */
  readonly model?: string;
  readonly window: 'minute' | 'day' | 'zero' | 'storage' | 'other';
  readonly unit: 'requests' | 'tokens' | 'images' | 'bytes' | 'other';
}

type Finding<B extends Branch> = {
  readonly branch: B;
  readonly reason: ReasonOf<B>;
};

export type Classification = { [B in Branch]: Finding<B> }[Branch] & {
  /** Id of the classifier's table row that matched, so that a verdict can be argued with. */
  readonly rule: string;
  readonly certainty: Certainty;
  readonly owner: Owner;
  readonly userAction: string;
  readonly alertLevel: AlertLevel;
  readonly billed: Billed;
  /** The provider's hint in milliseconds, capped to a day; absent when none or malformed (I5). */
  readonly retryAfterMs?: number;
  readonly safety?: SafetyDetail;
  readonly violations?: readonly QuotaViolation[];
  /** The request field an invalid-request names (`imageConfig.aspectRatio`). */
  readonly field?: string;
  /** The innermost original message, whole; what people read first. */
  readonly message: string;
  /** Statuses kept apart when a relay wrapped the provider's answer. */
  readonly httpStatus?: number;
  readonly upstreamStatus?: number;
  readonly finishReason?: string;
};

/** `success` needs an image part that may be delivered. */
export type Verdict =
  { readonly branch: 'success'; readonly rule: string; readonly billed: 'yes' } | Classification;
