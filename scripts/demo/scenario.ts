/** The generations of the demo, as data: what is asked, and what goes wrong on the way. */
import type { GenerateRequest } from '../../src/schema/request.ts';

export interface Scenario {
  /** Unique; also the file name of its image. */
  readonly key: string;
  readonly title: string;
  /** What the world does to it. */
  readonly trouble: string;
  readonly request: GenerateRequest;
  /** Started twice with one idempotency key. */
  readonly twice?: true;
}

export interface Act {
  readonly title: string;
  readonly scenarios: readonly Scenario[];
  /** Told once, in place of one line for each, when all were delivered by their first call. */
  readonly summary?: string;
}

/** Scenario by generation id; an id that two starts shared is there once. */
export type Cast = Map<string, Scenario>;
