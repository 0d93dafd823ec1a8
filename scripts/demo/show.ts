/** What every scene of the demo needs: where it plays, who tells it, and who plays in it. */
import type { Cast } from './scenario.ts';
import type { Stage } from './stage.ts';
import type { Teller } from './teller.ts';

export interface Show {
  readonly stage: Stage;
  readonly teller: Teller;
  readonly cast: Cast;
}
