/**
 * The wallet of one process of a fleet: a purse for each tenant, and the exchanges that fill it. Timers
 * exist only while there is something to ask or to tell, and none of them keeps a process alive.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { BudgetAnswer, BudgetLimit, BudgetRequest } from '../contract/budget.ts';
import type { QuotaWait } from './broker.ts';
import type { BudgetLink } from './budget-link.ts';
import { Budgets } from './wallet-budgets.ts';
import type { WalletClock } from './wallet-clock.ts';
import { moment, systemWalletClock } from './wallet-clock.ts';
import type { Pace } from './wallet-pace.ts';
import { FLEET_PACE } from './wallet-pace.ts';
import { Purse } from './wallet-purse.ts';
import { WalletSeat } from './wallet-seat.ts';
import type { Bill, MoneyRequest, Reservation, Wallet, WalletJournal } from './wallet.ts';

export interface FleetWalletOptions {
  readonly budgets: readonly BudgetLimit[];
  readonly journal: WalletJournal;
  /** Unique for each start of a process. @default host, pid and a random part */
  readonly process?: string;
  readonly clock?: WalletClock;
  /** @default ≤ 2 exchanges a second, 0.2 on average, for each tenant */
  readonly pace?: Pace;
  /** 0–1. @default Math.random */
  readonly random?: () => number;
}

/** As long as a call waits for its slot. */
const DEFAULT_MAX_WAIT_MS = 3_000;
const CLOSE_MS = 5_000;
const FREE: Reservation = { kind: 'reserved', release: () => undefined };

export class FleetWallet implements Wallet {
  readonly process: string;
  readonly #options: FleetWalletOptions;
  readonly #budgets: Budgets;
  readonly #clock: WalletClock;
  readonly #pace: Pace;
  readonly #seats = new Map<string, WalletSeat>();
  #link: BudgetLink | undefined;
  #nextExchangeAt = -Infinity;

  constructor(options: FleetWalletOptions) {
    this.#options = options;
    this.#budgets = new Budgets(options.budgets);
    this.#clock = options.clock ?? systemWalletClock;
    this.#pace = options.pace ?? FLEET_PACE;
    this.process = options.process ?? `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`;
  }

  /** From here on budgets can be reached; until then calls that have one wait. */
  connect(link: BudgetLink): void {
    this.#link = link;
    for (const seat of this.#seats.values()) seat.start();
  }

  outlook(request: MoneyRequest): QuotaWait | undefined {
    const tenant = request.tenant ?? '';
    if (this.#isFree(tenant, request)) return undefined;
    return this.#seatOf(tenant).purse.outlook(request, moment(this.#clock));
  }

  reserve(
    request: MoneyRequest,
    options: { readonly maxWaitMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Reservation | QuotaWait> {
    const tenant = request.tenant ?? '';
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason as Error);
    if (this.#isFree(tenant, request)) return Promise.resolve(FREE);
    return this.#seatOf(tenant).reserve(request, options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS, options.signal);
  }

  async settle(bill: Bill): Promise<void> {
    const tenant = bill.tenant ?? '';
    if (this.#budgets.of(tenant).length === 0) return;
    await this.#seatOf(tenant).settle(bill);
  }

  async close(): Promise<void> {
    let timer: unknown;
    const late = new Promise<void>((resolve) => (timer = this.#clock.setTimeout(resolve, CLOSE_MS)));
    const left = Promise.all([...this.#seats.values()].map((seat) => seat.leave()));
    await Promise.race([left, late]);
    this.#clock.clearTimeout(timer);
    for (const seat of this.#seats.values()) seat.stop();
    this.#link = undefined;
  }

  #isFree(tenant: string, { usd }: MoneyRequest): boolean {
    return !(usd > 0) || this.#budgets.of(tenant).length === 0;
  }

  #seatOf(tenant: string): WalletSeat {
    const known = this.#seats.get(tenant);
    if (known !== undefined) return known;
    const { process } = this;
    const purse = new Purse({ process, tenant, budgets: this.#budgets, pace: this.#pace });
    const { journal, random = Math.random } = this.#options;
    const seat = new WalletSeat(purse, {
      clock: this.#clock,
      random,
      journal,
      exchange: (request) => this.#exchange(tenant, request),
      turn: (now) => this.#turn(now),
    });
    this.#seats.set(tenant, seat);
    return seat;
  }

  async #exchange(tenant: string, request: BudgetRequest): Promise<BudgetAnswer> {
    if (this.#link === undefined) throw new Error('no worker runs: budgets are reached through it');
    return await this.#link.exchange(tenant, request);
  }

  /** The next time at which this process may exchange with any budget: the peak is the process's. */
  #turn(now: number): number {
    const at = Math.max(now, this.#nextExchangeAt);
    this.#nextExchangeAt = at + this.#pace.gapMs;
    return at;
  }
}
