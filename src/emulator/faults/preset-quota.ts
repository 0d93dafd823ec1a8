/** Quota, spend and billing: every 429 kind, and the payment errors under other statuses. */
import { googleError } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { storageExceeded } from '../files/refusals.ts';
import { QUOTA_HEADLINE, QUOTA_HELP, quotaExceeded } from '../quota-errors.ts';
import type { QuotaViolation } from '../quota-errors.ts';
import { front } from './preset.ts';
import type { FaultedCall, PresetTable } from './preset.ts';

function exceeded(violations: readonly QuotaViolation[], delayMs: number): (call: FaultedCall) => Answer {
  return (call) => quotaExceeded(call.model, violations, call.delayMs ?? delayMs * call.timeScale);
}

const exhausted = (message: string) => (): Answer => googleError(429, 'RESOURCE_EXHAUSTED', message);

/** What the provider gives a project. */
const STORAGE_BYTES = 20 * 1024 ** 3;

export const QUOTA_PRESETS = {
  'quota-minute': front(
    'requests a minute used up, with RetryInfo',
    'quota-minute',
    exceeded([{ dimension: 'rpm', limit: 500 }], 34_286),
  ),
  'quota-tokens': front(
    'input tokens a minute used up',
    'quota-minute',
    exceeded([{ dimension: 'tpm', limit: 10_000 }], 40_025),
  ),
  'quota-images': front(
    'images a minute used up',
    'quota-minute',
    exceeded([{ dimension: 'ipm', limit: 20 }], 12_417),
  ),
  'quota-day': front(
    'requests a day used up, with a RetryInfo that says 22 s',
    'quota-day',
    exceeded([{ dimension: 'rpd', limit: 250 }], 22_000),
  ),
  'quota-minute-and-day': front(
    'one 429 that lists the minute and the day',
    'quota-day',
    exceeded(
      [
        { dimension: 'rpm', limit: 10 },
        { dimension: 'rpd', limit: 250 },
      ],
      18_604,
    ),
  ),
  'quota-zero': front(
    'limit: 0, the model is not in the tier',
    'quota-zero',
    exceeded(
      [
        { dimension: 'rpm', limit: 0 },
        { dimension: 'rpd', limit: 0 },
        { dimension: 'tpm', limit: 0 },
      ],
      34_858,
    ),
  ),
  'quota-unknown': front('429 without details', 'quota-unknown', () =>
    googleError(429, 'RESOURCE_EXHAUSTED', QUOTA_HEADLINE, [QUOTA_HELP]),
  ),
  'quota-storage': front('file storage is full, RetryInfo says int64 max', 'quota-storage', () =>
    storageExceeded(STORAGE_BYTES),
  ),
  'spend-window': front(
    'rolling spend rate exceeded',
    'spend-window',
    exhausted(
      "You exceeded your spend-based rate limit. Your spending rate has exceeded the allowed limit for your account's billing history and tier.",
    ),
  ),
  'billing-prepay': front(
    'prepaid credit is used up',
    'billing',
    exhausted(
      'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.',
    ),
  ),
  'billing-cap': front(
    'monthly spending cap reached',
    'billing',
    exhausted(
      'Your project has exceeded its monthly spending cap. Please go to AI Studio at https://ai.studio/spend',
    ),
  ),
  'billing-disabled': front('billing is disabled for the project', 'billing', () =>
    googleError(403, 'PERMISSION_DENIED', 'Billing is disabled for this project.', [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'BILLING_DISABLED',
        domain: 'googleapis.com',
      },
    ]),
  ),
  'billing-required': front('the method needs a paid plan', 'billing', () =>
    googleError(400, 'FAILED_PRECONDITION', 'This API method requires billing to be enabled.'),
  ),
} as const satisfies PresetTable;
