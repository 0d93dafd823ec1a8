/** A tenant's budget, as a pure reducer. */
export { exchange } from './exchange.ts';
export { LEASE_TERM_MS, USABLE_MS } from './leases.ts';
export { inUsd, microsOf, usdOf } from './money.ts';
export type { BudgetState } from './state.ts';
export { newBudget } from './state.ts';
export { detailsOf, viewOf } from './view.ts';
