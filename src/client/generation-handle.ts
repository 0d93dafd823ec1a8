/** One generation, held by whoever started or revived it. */
import type { GenerationResult } from '../contract/generation.ts';
import type { Description } from './describe.ts';

export interface WaitOptions {
  /** How long this caller waits; the generation goes on after it. @default 10 minutes */
  readonly waitMs?: number;
}

export interface GenerationHandle {
  readonly id: string;
  result(options?: WaitOptions): Promise<GenerationResult>;
  describe(): Promise<Description>;
  cancel(): Promise<void>;
}
