/** Short ways to write evidence in tests, and to name a verdict as `branch/reason`. */
import type { Classification, Verdict } from '../../../src/domain/classification.ts';
import { classify } from '../../../src/domain/classify/index.ts';
import type { Evidence, ImageCheck } from '../../../src/domain/evidence.ts';

/** A whole PNG of one pixel. */
export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQImWNwav0CAALIAbzDqqRyAAAAAElFTkSuQmCC';

export function text(said: string, status?: number): Evidence {
  return { outcome: { kind: 'text', text: said, ...(status === undefined ? {} : { status }) } };
}

export function answer(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
  imageChecks?: readonly ImageCheck[],
): Evidence {
  const checks = imageChecks === undefined ? {} : { imageChecks };
  return { outcome: { kind: 'answer', status, headers, body, ...checks } };
}

/** Google's own error envelope. */
export function google(code: number, status: string, message: string, details?: readonly unknown[]): unknown {
  return { error: { code, message, status, ...(details === undefined ? {} : { details }) } };
}

export function quotaFailure(...violations: readonly Record<string, unknown>[]): unknown {
  return { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations };
}

export function retryInfo(retryDelay: unknown): unknown {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay };
}

export function candidate(
  parts: unknown,
  finishReason?: string,
  more: Record<string, unknown> = {},
): unknown {
  return { candidates: [{ content: { role: 'model', parts }, finishReason, index: 0, ...more }] };
}

export function image(more: Record<string, unknown> = {}): unknown {
  return { inlineData: { mimeType: 'image/png', data: PNG }, ...more };
}

export function failure(evidence: Evidence): Classification {
  const verdict = classify(evidence);
  if (verdict.branch === 'success') throw new Error('expected a failure, got success');
  return verdict;
}

export function nameOf(verdict: Verdict): string {
  return verdict.branch === 'success' ? 'success' : `${verdict.branch}/${verdict.reason}`;
}

export function named(evidence: Evidence): string {
  return nameOf(classify(evidence));
}
