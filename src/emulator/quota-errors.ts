/**
 * The true shape of Google's 429s: QuotaFailure violations, Help, RetryInfo in fractional seconds.
 * proto3 JSON leaves out a zero, so a model without quota has no `quotaValue` beside `limit: 0`.
 */
import { googleError } from './answer.ts';
import type { Answer } from './answer.ts';

export const QUOTA_DIMENSIONS = ['rpm', 'tpm', 'ipm', 'rpd'] as const;
export type QuotaDimension = (typeof QUOTA_DIMENSIONS)[number];

export interface QuotaViolation {
  readonly dimension: QuotaDimension;
  readonly limit: number;
}

const SERVICE = 'generativelanguage.googleapis.com';
const RATE_LIMITS = 'https://ai.google.dev/gemini-api/docs/rate-limits';

/** No 429 that names images a minute was ever seen in the wild; its two names follow the others' pattern. */
const NAMES: Readonly<Record<QuotaDimension, { readonly id: string; readonly metric: string }>> = {
  rpm: { id: 'GenerateRequestsPerMinutePerProjectPerModel', metric: 'generate_requests_per_model' },
  tpm: {
    id: 'GenerateContentPaidTierInputTokensPerModelPerMinute',
    metric: 'generate_content_paid_tier_input_token_count',
  },
  ipm: { id: 'GenerateImagesPerMinutePerProjectPerModel', metric: 'generate_images_per_model' },
  rpd: { id: 'GenerateRequestsPerDayPerProjectPerModel', metric: 'generate_requests_per_model_per_day' },
};

const FREE_NAMES: Readonly<Record<QuotaDimension, { readonly id: string; readonly metric: string }>> = {
  rpm: {
    id: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
    metric: 'generate_content_free_tier_requests',
  },
  tpm: {
    id: 'GenerateContentInputTokensPerModelPerMinute-FreeTier',
    metric: 'generate_content_free_tier_input_token_count',
  },
  ipm: { id: 'GenerateImagesPerMinutePerProjectPerModel-FreeTier', metric: 'generate_images_per_model' },
  rpd: {
    id: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
    metric: 'generate_content_free_tier_requests',
  },
};

export const QUOTA_HEADLINE = `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: ${RATE_LIMITS}. To monitor your current usage, head to: https://ai.dev/rate-limit. `;

export const QUOTA_HELP = {
  '@type': 'type.googleapis.com/google.rpc.Help',
  links: [{ description: 'Learn more about Gemini API quotas', url: RATE_LIMITS }],
};

/** A protobuf duration, `34.286670503s`. Digits below a millisecond are derived, as clocks there are finer. */
export function retryDelay(ms: number): string {
  // Rounded up: a client that waits exactly as told must not come early.
  const whole = Math.max(1, Math.ceil(ms));
  const digits = (whole / 1000).toFixed(9);
  const fine = String(Math.round(whole * 7919) % 1_000_000).padStart(6, '0');
  return `${digits.slice(0, -6)}${fine}s`;
}

export function quotaExceeded(
  model: string,
  violations: readonly QuotaViolation[],
  retryAfterMs: number,
): Answer {
  const delay = retryDelay(retryAfterMs);
  const lines: string[] = [];
  const listed: unknown[] = [];
  for (const { dimension, limit } of violations) {
    const { id, metric } = (limit === 0 ? FREE_NAMES : NAMES)[dimension];
    lines.push(`* Quota exceeded for metric: ${SERVICE}/${metric}, limit: ${limit}, model: ${model}`);
    listed.push({
      quotaMetric: `${SERVICE}/${metric}`,
      quotaId: id,
      quotaDimensions: { location: 'global', model },
      ...(limit > 0 ? { quotaValue: String(limit) } : {}),
    });
  }
  const message = `${QUOTA_HEADLINE}\n${lines.join('\n')}\nPlease retry in ${delay}.`;
  return googleError(429, 'RESOURCE_EXHAUSTED', message, [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: listed },
    QUOTA_HELP,
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: delay },
  ]);
}
