/** What is simulated: the pure parts of governor and broker, from `src` or from a copy with a seeded bug. */
import type { exchange } from '../../src/governor/exchange.ts';
import type { afterLoss } from '../../src/governor/reports.ts';
import type { newGovernor } from '../../src/governor/state.ts';
import type { msToPacificMidnight } from '../../src/quota/pacific.ts';
import type { Seat } from '../../src/quota/seat.ts';

export interface Engine {
  readonly exchange: typeof exchange;
  readonly afterLoss: typeof afterLoss;
  readonly newGovernor: typeof newGovernor;
  readonly Seat: typeof Seat;
  readonly msToPacificMidnight: typeof msToPacificMidnight;
}

/** @param src URL of a folder that holds `governor` and `quota`; ends in a slash. */
export async function engineAt(src: URL): Promise<Engine> {
  const load = async (file: string): Promise<Engine> => (await import(new URL(file, src).href)) as Engine;
  const { exchange } = await load('governor/exchange.ts');
  const { afterLoss } = await load('governor/reports.ts');
  const { newGovernor } = await load('governor/state.ts');
  const { msToPacificMidnight } = await load('quota/pacific.ts');
  const { Seat } = await load('quota/seat.ts');
  return { exchange, afterLoss, newGovernor, Seat, msToPacificMidnight };
}

export const SRC = new URL('../../src/', import.meta.url);
