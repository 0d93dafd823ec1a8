/** What an activity came to, as the workflow reads it. */
import type { FailedAttempt } from '../../src/domain/attempt.ts';

export interface CameTo<T> {
  readonly delivery?: T;
  readonly attempt?: FailedAttempt;
}

export async function activityOutcomeOf<T>(run: Promise<T>): Promise<CameTo<T>> {
  try {
    return { delivery: await run };
  } catch (error) {
    const [detail] =
      (error as { readonly details?: readonly { readonly attempt?: FailedAttempt }[] }).details ?? [];
    if (detail?.attempt === undefined) throw error;
    return { attempt: detail.attempt };
  }
}
