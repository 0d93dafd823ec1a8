/** Series that must wake an alert, and series beside them that must not: what the guides' thresholds mean. */
import type { Alert } from '../../scripts/ops/alert.ts';
import { REASONS } from '../../src/domain/reason.ts';
import type { Branch } from '../../src/domain/branch.ts';

/** Series in promtool's notation, one value a minute: `0+3x30` grows by 3 a minute for half an hour. */
export type Series = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly fires: Series;
  readonly quiet: Series;
}

const LONG = 90;
const WORKER = 'job="gemini-images",instance="127.0.0.1:9464"';

function metric(name: string, labels: Readonly<Record<string, string>>): string {
  const all = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${[WORKER, ...all].join(',')}}`;
}

/** `n` attempts a minute in a branch, from long ago on. */
function calls(branch: Branch | 'none', n: number): Series {
  const reasons: Readonly<Record<string, Readonly<Record<string, { readonly alertLevel: string }>>>> =
    REASONS;
  const [first] = Object.values(reasons[branch] ?? {});
  const level = first?.alertLevel ?? 'none';
  const billed = branch === 'none' ? 'yes' : 'no';
  const labels = { branch, level, model: 'gemini-3-pro-image', tier: 'standard', billed };
  return { [metric('gemini_images_attempts_total', labels)]: `0+${n}x${LONG}` };
}

/** A counter that appears at this value in the 80th minute, as a first failure does. */
const born = (value: number): string => `_x80 ${value}x10`;
const grows = (n: number): string => `0+${n}x${LONG}`;
const steady = (value: number): string => `${value}x${LONG}`;

const attempt = (branch: Branch, level: string): string =>
  metric('gemini_images_attempts_total', {
    ...{ branch, level, model: 'gemini-3-pro-image', tier: 'standard', billed: 'no' },
  });
const quota = (used: number): Series => ({
  [metric('gemini_images_quota_used_ratio', {
    ...{ quota: 'google/ai-studio/shop', model: 'gemini-3-pro-image', dimension: 'rpd', source: 'config' },
  })]: steady(used),
});
const hold = (values: string): Series => ({
  [metric('gemini_images_stops', { quota: 'google/ai-studio/shop', kind: 'hold' })]: values,
});
const dead = (values: string): Series => ({
  [metric('gemini_images_dead_letters_total', { branch: 'policy', level: 'warning', cause: 'stop-branch' })]:
    values,
});
const budget = (mark: string, values: string): Series => ({
  [metric('gemini_images_budget_marks_total', { mark, period: 'day' })]: values,
});
const images = metric('gemini_images_images_total', { model: 'gemini-3-pro-image' });
const paid = metric('gemini_images_attempts_total', {
  ...{ branch: 'none', level: 'none', model: 'gemini-3-pro-image', tier: 'standard', billed: 'yes' },
});
const requests = metric('temporal_request', { operation: 'RespondActivityTaskCompleted' });
const polls = metric('temporal_long_request', { operation: 'PollActivityTaskQueue' });
const failures = metric('temporal_long_request_failure', {
  ...{ operation: 'PollActivityTaskQueue', status_code: 'TRANSPORT_ERROR' },
});
const gone = metric('temporal_request_failure', {
  ...{ operation: 'RespondActivityTaskCompleted', status_code: 'NOT_FOUND' },
});
const tasks = metric('temporal_workflow_task_execution_failed', { failure_reason: 'NonDeterminismError' });

export const ALERT_CASES: Readonly<Record<Alert['name'], AlertCase>> = {
  GeminiImagesRateLimitShare: {
    fires: { ...calls('quota-minute', 11), ...calls('none', 89) },
    quiet: { ...calls('quota-minute', 9), ...calls('none', 91) },
  },
  GeminiImagesCapacityShare: {
    fires: { ...calls('capacity', 26), ...calls('none', 74) },
    quiet: { ...calls('capacity', 24), ...calls('none', 76) },
  },
  GeminiImagesDegraded: {
    fires: { ...calls('capacity', 31), ...calls('none', 69) },
    quiet: { ...calls('capacity', 29), ...calls('none', 71) },
  },
  GeminiImagesRetryableShare: {
    fires: { ...calls('timeout', 16), ...calls('network', 15), ...calls('none', 69) },
    quiet: { ...calls('timeout', 15), ...calls('network', 14), ...calls('none', 71) },
  },
  GeminiImagesRateLimited: {
    fires: { [attempt('quota-day', 'info')]: born(1) },
    quiet: { ...calls('none', 10), [attempt('quota-day', 'info')]: steady(3) },
  },
  GeminiImagesClientFix: {
    fires: { [attempt('permission', 'error')]: born(1) },
    quiet: { [attempt('capacity', 'warning')]: born(1), [attempt('permission', 'error')]: steady(2) },
  },
  GeminiImagesSafetyBlocks: {
    fires: { [attempt('safety-prompt', 'info')]: born(1) },
    quiet: { [attempt('no-image', 'info')]: born(1) },
  },
  GeminiImagesImageSafetyShare: {
    fires: { ...calls('safety-image', 11), ...calls('none', 89) },
    quiet: { ...calls('safety-image', 9), ...calls('none', 91) },
  },
  GeminiImagesPolicy: {
    fires: { [attempt('policy', 'warning')]: born(1) },
    quiet: { [attempt('capacity', 'warning')]: born(1) },
  },
  GeminiImagesQuotaNearLimit: { fires: quota(0.8), quiet: quota(0.79) },
  GeminiImagesHeld: { fires: hold(`0x70 1x20`), quiet: hold(`0x80 1x10`) },
  GeminiImagesDeadLetters: { fires: dead(`0x70 0+1x20`), quiet: dead(grows(1)) },
  GeminiImagesBudgetNearCap: { fires: budget('80', born(1)), quiet: budget('50', born(1)) },
  GeminiImagesBudgetSpent: { fires: budget('100', born(1)), quiet: budget('80', born(1)) },
  GeminiImagesPaidCalls: {
    fires: { [paid]: grows(16), [images]: grows(10) },
    quiet: { [paid]: grows(14), [images]: grows(10) },
  },
  GeminiImagesStoreAway: {
    fires: { [metric('gemini_images_store_failures_total', {})]: `_x87 1x10` },
    quiet: { [metric('gemini_images_store_failures_total', {})]: steady(4) },
  },
  GeminiImagesNoWorker: {
    fires: { [metric('up', {})]: `1x80 0x10` },
    quiet: { [metric('up', {})]: steady(1) },
  },
  GeminiImagesTemporalFailing: {
    fires: { [requests]: grows(54), [polls]: grows(40), [failures]: grows(6) },
    quiet: { [requests]: grows(56), [polls]: grows(40), [failures]: grows(4), [gone]: grows(20) },
  },
  GeminiImagesWorkflowTasksFail: { fires: { [tasks]: `0x80 0+1x10` }, quiet: { [tasks]: steady(3) } },
};
