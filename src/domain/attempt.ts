/**
 * One provider call of a generation, as history keeps it (I3): small, with the verdict and a
 * reference to the whole evidence. The evidence itself is an artifact.
 */
import type { Billed, Classification } from './classification.ts';
import type { TokenCounts } from './cost.ts';
import type { Modality, Size, StoredText } from './request.ts';

/** What distinguishes a call from the request as given; each remedy changes exactly one field. */
export interface Variation {
  /** Index into the snapshot's rungs. */
  readonly rung: number;
  readonly size?: Size;
  readonly modalities?: readonly Modality[];
  readonly callTimeoutMs?: number;
  /** The text that a remedy made, in place of the request's prompt. */
  readonly prompt?: StoredText;
  /** The inputs scaled down, in place of the request's. */
  readonly inputs?: 'smaller';
  /** The caller's looser settings (`allow.safetySettings`), in place of the request's. */
  readonly safety?: 'looser';
  /** As an item of a batch job, at the price of batches: another path than the same call made live. */
  readonly batch?: true;
  /** Its signatures were refused: the conversation begins anew, with its last image. */
  readonly history?: 'reseeded';
}

/** Why an attempt was made. `change` names the one variable that differs from the attempt before. */
export type Move =
  | { readonly kind: 'first' }
  | { readonly kind: 'retest'; readonly change?: 'modalities' | 'callTimeout' }
  | { readonly kind: 'queued' }
  | { readonly kind: 'remedy'; readonly remedy: CallRemedy; readonly change: string }
  /** Readies a remedy, by a text model's call where it needs one; delivers no image, proves nothing of the path. */
  | { readonly kind: 'prepare'; readonly remedy: TextRemedy | 'smaller-inputs' | 'delete-files' }
  /** A person's word: the same path again, or with one variable of the request changed. */
  | { readonly kind: 'operator'; readonly choice: 'retry' | 'change'; readonly change: string };

/** Remedies whose prompt a text model makes. */
export type TextRemedy = 'rewrite' | 'simplify';

/** Remedies that end in another call. */
export const CALL_REMEDIES = [
  'tier',
  'standard-tier',
  'fallback',
  'endpoint',
  'smaller-size',
  'smaller-inputs',
  'simplify',
  'rewrite',
  'safety-settings',
  're-upload',
  'delete-files',
  'rebuild',
  'reseed',
  'batch',
  'route-out',
] as const;
export type CallRemedy = (typeof CALL_REMEDIES)[number];

export interface Cost {
  /** USD that a billed answer cost, from its usage metadata. */
  readonly sureUsd: number;
  /** USD that calls without a known outcome may have cost, at the worst price. */
  readonly possibleUsd: number;
}

export interface Attempt {
  /** 1, 2, 3 …; continues across revivals. */
  readonly n: number;
  readonly move: Move;
  readonly variation: Variation;
  readonly route: string;
  readonly model: string;
  readonly fingerprint: string;
  /** Epoch milliseconds at the worker that sent; for people, no decision reads it. */
  readonly startedAt: number;
  readonly tookMs: number;
  readonly billed: Billed;
  readonly cost: Cost;
  /** Of a billed answer, where it told them; absent from an earlier release's. */
  readonly tokens?: TokenCounts;
  /** Absent when the attempt delivered. */
  readonly classification?: Classification;
  /** What a text call came to; it delivers no image. */
  readonly note?: string;
  /** SHA-256 of the evidence artifact. */
  readonly evidence?: string;
  /** Epoch milliseconds of the daily quota's reset, computed by the activity (I8); quota-day only. */
  readonly resetAt?: number;
}

export type FailedAttempt = Attempt & { readonly classification: Classification };

export function mayHaveBeenBilled(attempt: Attempt): boolean {
  return attempt.billed !== 'no';
}

export function totalCost(attempts: readonly Attempt[]): Cost {
  return attempts.reduce<Cost>(
    (sum, { cost }) => ({
      sureUsd: sum.sureUsd + cost.sureUsd,
      possibleUsd: sum.possibleUsd + cost.possibleUsd,
    }),
    { sureUsd: 0, possibleUsd: 0 },
  );
}
