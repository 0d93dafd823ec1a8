/**
 * The wallet port: what stands between a call and its price where its tenant has a budget. The worst price
 * is reserved before the call and settled to the real one after it; a budget's cap blocks before the call
 * and says until when. Where no budget applies it costs nothing: no store, no exchange.
 */
import type { Settlement } from '../contract/budget.ts';
import type { QuotaWait } from './broker.ts';

export interface MoneyRequest {
  /** `<generation>/<n>` */
  readonly key: string;
  /** @default '' */
  readonly tenant?: string;
  /** Worst price of the call. */
  readonly usd: number;
  /** What is neither settled nor released so long after its send is booked as possible. */
  readonly callTimeoutMs: number;
  /** Milliseconds since this generation first asked for anything: the longer, the rarer it looks again. */
  readonly waitedMs?: number;
}

/** The right to make one call of the price; settled by the call's key, or released. */
export interface Reservation {
  readonly kind: 'reserved';
  /** Nothing was sent. A second time, and after it was settled, this does nothing. */
  release(): void;
}

/** What a call came to. Both 0: it was not billed. */
export interface Bill {
  /** `<generation>/<n>` */
  readonly key: string;
  /** @default '' */
  readonly tenant?: string;
  readonly sureUsd: number;
  readonly possibleUsd: number;
  /** Handed over, or about to be, to be answered days later: held until this key is settled again. @default 0 */
  readonly awaitedUsd?: number;
  /** Epoch milliseconds: tells the period, where this process did not reserve the call. */
  readonly sentAt: number;
}

export interface Wallet {
  /**
   * In memory, synchronous, no side effect: what is known to be in the way of a call of this price, with
   * `limit: 'budget'`. Undefined: nothing that is known here.
   */
  outlook(request: MoneyRequest): QuotaWait | undefined;
  /**
   * Takes the price out of the tenant's budgets, waiting at most `maxWaitMs` (default 3,000) for an
   * exchange; resolves with a wait when there is no money now. Rejects only with the signal's reason.
   */
  reserve(
    request: MoneyRequest,
    options?: { readonly maxWaitMs?: number; readonly signal?: AbortSignal },
  ): Promise<Reservation | QuotaWait>;
  /**
   * Books what a call came to, once for each key however often it is told. Resolved: it is kept, also if
   * this process dies now. Rejects with what the journal throws, or, for a call that another process
   * reserved, with {@link BudgetSilent}; then it is to be told again.
   */
  settle(bill: Bill): Promise<void>;
  /** Tells what was settled and returns what is left, as well as that goes within a few seconds. */
  close(): Promise<void>;
}

/** Where bills are kept until the budget has them, beyond the death of this process. */
export interface WalletJournal {
  /** Resolves once it is durable. */
  write(entry: JournalEntry): Promise<void>;
  /** What a process wrote for one request to come. */
  read(tenant: string, process: string, seq: number): Promise<readonly JournalEntry[]>;
}

export interface JournalEntry {
  readonly tenant: string;
  readonly process: string;
  /** The request that is to tell it. */
  readonly seq: number;
  readonly settlement: Settlement;
}
