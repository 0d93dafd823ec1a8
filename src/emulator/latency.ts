/** How long the model takes over a call: fixed, or spread evenly and drawn from seed and call number. */
import { draw } from './random.ts';

export type Latency = number | { readonly meanMs: number; readonly spread: number };

/** Milliseconds for the `n`th call. */
export function latencyMs(latency: Latency, seed: string, n: number): number {
  if (typeof latency === 'number') return latency;
  const swing = (draw(seed, 'latency', n) * 2 - 1) * latency.spread;
  return latency.meanMs * (1 + swing);
}
