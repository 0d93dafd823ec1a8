/**
 * Wake signals: no decision, only a nudge to look again now, because a hold was resumed or a grant given.
 * However many come before the next look, they cost that one look; where nothing is looked for, nothing.
 */
import { defineSignal, setHandler } from '@temporalio/workflow';
import { WAKE_SIGNAL } from '../src/contract/names.ts';

export class Wakes {
  private rang = false;

  listen(): void {
    setHandler(defineSignal(WAKE_SIGNAL), () => this.ring(), {
      description: 'Looks again now, where the generation waits for its route. Takes nothing.',
    });
  }

  ring(): void {
    this.rang = true;
  }

  get isRung(): boolean {
    return this.rang;
  }

  /** Before a look: what rings during it asks for another one. */
  answer(): void {
    this.rang = false;
  }
}
