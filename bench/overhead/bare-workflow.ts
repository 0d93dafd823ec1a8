/** The workflow to compare with: one activity, Temporal's own retries. */
import { proxyActivities } from '@temporalio/workflow';

export interface BareRequest {
  readonly model: string;
  readonly prompt: string;
  readonly imageSize: string;
}

export interface BareResult {
  readonly path: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

export interface BareActivities {
  draw(request: BareRequest): Promise<BareResult>;
}

const { draw } = proxyActivities<BareActivities>({ startToCloseTimeout: '5 min' });

export async function bareGeneration(request: BareRequest): Promise<BareResult> {
  return await draw(request);
}
