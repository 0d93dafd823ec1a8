import { unanswered } from './wallet-words.ts';

/** A call's cost could not be booked: it is to be settled again, until the budget's entity answers. */
export class BudgetSilent extends Error {
  override readonly name = 'BudgetSilent';

  constructor(tenant: string) {
    super(`${unanswered(tenant)}: what a call cost is not booked yet`);
  }
}
