/** Where everything happens: virtual time, chance, and what is written down of it. */
import type { Entry } from './agenda.ts';
import type { Random } from './random.ts';

export interface Stage {
  /** True time; hosts have clocks of their own. */
  readonly now: number;
  readonly random: Random;
  /** A step of the simulation, so many milliseconds from now. */
  later(ms: number, what: string, happen: () => void): Entry;
  note(what: string): void;
}
