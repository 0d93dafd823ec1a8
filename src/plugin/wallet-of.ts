/** Which wallet the options ask for. */
import { storeJournal } from '../../activities/wallet-journal.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Wallet } from '../quota/wallet.ts';
import { FleetWallet } from '../quota/wallet-fleet.ts';
import { LocalWallet } from '../quota/wallet-local.ts';
import type { QuotaOptions } from './quota-options.ts';

/** Throws a TypeError that names the budget and the cure. */
export function walletOf(
  { quota, budgets = [] }: Pick<QuotaOptions, 'quota' | 'budgets'>,
  store: ArtifactStore,
): Wallet {
  return quota === 'fleet'
    ? new FleetWallet({ budgets, journal: storeJournal(store) })
    : new LocalWallet(budgets);
}
