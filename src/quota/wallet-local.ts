/**
 * The wallet of a process without a fleet (`quota: 'local'`): the same purses, and the budgets in this
 * process's memory. After a restart nothing was spent.
 */
import type {
  BudgetAnswer,
  BudgetEvent,
  BudgetLimit,
  BudgetRequest,
  BudgetView,
} from '../contract/budget.ts';
import type { BudgetState } from '../governor/budget/index.ts';
import { exchange, newBudget, viewOf } from '../governor/budget/index.ts';
import type { WalletClock } from './wallet-clock.ts';
import { systemWalletClock } from './wallet-clock.ts';
import { FleetWallet } from './wallet-fleet.ts';
import { LOCAL_PACE } from './wallet-pace.ts';

const PROCESS = 'local';

export type MarksPassed = (tenant: string, events: readonly BudgetEvent[]) => void;

export class LocalWallet extends FleetWallet {
  readonly #states: Map<string, BudgetState>;
  readonly #now: () => number;
  #passed: MarksPassed | undefined;

  constructor(budgets: readonly BudgetLimit[], clock: WalletClock = systemWalletClock) {
    const states = new Map<string, BudgetState>();
    const link = {
      exchange: (tenant: string, request: BudgetRequest): Promise<BudgetAnswer> => {
        const now = clock.wall();
        const before = states.get(tenant) ?? newBudget(tenant, PROCESS, now);
        const { state, answer, events } = exchange(before, request, now);
        states.set(tenant, state);
        if (events.length > 0) this.#passed?.(tenant, events);
        return Promise.resolve(answer);
      },
    };
    // What dies with the process need not be found after it.
    const journal = { write: () => Promise.resolve(), read: () => Promise.resolve([]) };
    super({ budgets, journal, process: PROCESS, clock, pace: LOCAL_PACE });
    this.connect(link);
    this.#states = states;
    this.#now = () => clock.wall();
  }

  /** Told of each mark that is passed, until the next one who listens; must not throw. */
  listen(passed: MarksPassed): void {
    this.#passed = passed;
  }

  /** How the budgets stand that anything was asked of. */
  views(): readonly BudgetView[] {
    return [...this.#states.values()].map((state) => viewOf(state, this.#now()));
  }
}
