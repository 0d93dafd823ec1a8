/** Temporal's own way: one bare activity on a task queue that is limited to the quota's rate. */
import { proxyActivities } from '@temporalio/workflow';

export interface RatedActivities {
  drawRated(id: string): Promise<void>;
}

export interface RatedRequest {
  readonly id: string;
  /** Provider minute over a real one: retries wait by it. */
  readonly scale: number;
}

export async function ratedGeneration({ id, scale }: RatedRequest): Promise<void> {
  const { drawRated } = proxyActivities<RatedActivities>({
    startToCloseTimeout: '5 min',
    // An eager activity would go past the queue and its limit.
    allowEagerDispatch: false,
    retry: {
      maximumAttempts: 5,
      initialInterval: 1_000 * scale,
      backoffCoefficient: 2,
      maximumInterval: 100_000 * scale,
    },
  });
  await drawRated(id);
}
