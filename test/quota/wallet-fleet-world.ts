/**
 * A fleet that spends: processes with wallets on virtual time, one budget entity behind a network that
 * loses, delays and doubles, generations that run, wait and move on when their process dies, and a provider
 * whose ledger knows what was really billed.
 */
import type { BudgetAnswer, BudgetLimit, BudgetRequest } from '../../src/contract/budget.ts';
import type { BudgetState } from '../../src/governor/budget/index.ts';
import { exchange, microsOf, newBudget } from '../../src/governor/budget/index.ts';
import { FleetWallet } from '../../src/quota/wallet-fleet.ts';
import type { JournalEntry, MoneyRequest, WalletJournal } from '../../src/quota/wallet.ts';
import { VirtualTime } from './virtual-time.ts';

export const TENANT = 'acme';

export interface WorldOptions {
  readonly budgets: readonly BudgetLimit[];
  readonly start?: number | undefined;
  /** 0–1, one after another. @default 0.5 always */
  readonly random?: () => number;
  /** Share of exchanges whose request or whose answer is lost, and of those that arrive twice. */
  readonly lost?: number;
  readonly doubled?: number;
}

interface Host {
  readonly wallet: FleetWallet;
  readonly die: () => void;
  readonly died: Promise<void>;
  dead: boolean;
}

/** What the attempt's store records say (fence and outcome). */
interface Attempt {
  sentAt?: number;
  outcome?: { readonly sureUsd: number; readonly possibleUsd: number };
}

export interface Call {
  readonly id: string;
  readonly worstUsd: number;
  /** What the provider bills when it gets the call. */
  readonly realUsd: number;
  readonly tookMs: number;
  readonly callTimeoutMs: number;
}

/** Heartbeat timeout and Temporal's pause: when another process takes over. */
const TAKE_OVER_MS = 45_000;
const ANSWER_GRACE_MS = 5_000;

export class FleetWorld {
  readonly time: VirtualTime;
  readonly hosts: Host[] = [];
  readonly exchanges: { readonly at: number; readonly process: string }[] = [];
  readonly waits: { readonly id: string; readonly ms: number; readonly why: string }[] = [];
  /** What was really billed, in millionths, and when it was reserved, by the calls' ids. */
  readonly bills = new Map<string, { readonly micros: number; readonly reservedAt: number }>();
  readonly settled = new Set<string>();
  readonly journal: JournalEntry[] = [];
  state: BudgetState;
  /** The entity is away. */
  isAway = false;
  isJournalFull = false;
  /** Nothing is lost or doubled any more. */
  isCalm = false;
  readonly #options: WorldOptions;
  #hostIds = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.time = new VirtualTime(options.start);
    this.state = newBudget(TENANT, 'e1', this.time.wall);
  }

  random(): number {
    return this.#options.random?.() ?? 0.5;
  }

  /** Epoch milliseconds. */
  billed(from = 0, until = Infinity): number {
    const within = [...this.bills.values()].filter(
      ({ reservedAt }) => reservedAt >= from && reservedAt < until,
    );
    return within.reduce((sum, { micros }) => sum + micros, 0);
  }

  /** Of the present period of the first budget. */
  get sums() {
    const { sureMicros = 0, possibleMicros = 0 } = this.state.budgets[0]?.now ?? {};
    return { sure: sureMicros, possible: possibleMicros };
  }

  get leased(): number {
    return this.state.leases.flatMap(({ holds }) => holds).reduce((sum, { micros }) => sum + micros, 0);
  }

  start(skewMs = 0): Host {
    const clock = this.time.clock(skewMs);
    const { promise: died, resolve } = Promise.withResolvers<void>();
    const host: Host = {
      wallet: new FleetWallet({
        budgets: this.#options.budgets,
        journal: this.#journal(),
        process: `p${(this.#hostIds += 1)}`,
        clock,
        random: () => this.random(),
      }),
      die: () => {
        host.dead = true;
        clock.die();
        resolve();
      },
      died,
      dead: false,
    };
    host.wallet.connect({ exchange: (_, request) => this.#network(request, () => host.dead) });
    this.hosts.push(host);
    return host;
  }

  /** One exchange, straight to the entity. */
  tell(request: BudgetRequest): BudgetAnswer {
    const { state, answer } = exchange(this.state, request, this.time.wall);
    this.state = structuredClone(state);
    return structuredClone(answer);
  }

  async #network(request: BudgetRequest, isDead: () => boolean): Promise<BudgetAnswer> {
    const { lost = 0, doubled = 0 } = this.isCalm ? {} : this.#options;
    const given = structuredClone(request);
    this.exchanges.push({ at: this.time.now, process: given.process });
    const never = new Promise<never>(() => undefined);
    const fail = async (): Promise<never> => {
      await this.time.sleep(2_000);
      throw new Error('the deadline has passed');
    };
    await this.time.sleep(5 + this.random() * 200);
    if (this.isAway || this.random() < lost) return isDead() ? never : await fail();
    const answer = this.tell(given);
    // Somebody on the way sends it once more, much later.
    if (this.random() < doubled) this.time.setTimeout(() => void this.tell(given), this.random() * 60_000);
    if (this.random() < lost) return isDead() ? never : await fail();
    await this.time.sleep(5 + this.random() * 200);
    return isDead() ? never : answer;
  }

  #journal(): WalletJournal {
    return {
      write: async (entry) => {
        if (this.isJournalFull) throw new Error('the store is full');
        await this.time.sleep(2);
        this.journal.push(structuredClone(entry));
      },
      read: async (tenant, process, seq) =>
        this.journal.filter(
          (entry) => entry.tenant === tenant && entry.process === process && entry.seq === seq,
        ),
    };
  }

  /** A generation of one call, from its start to its booking, whatever dies on the way. */
  async generate(call: Call): Promise<void> {
    const attempt: Attempt = {};
    const startedAt = this.time.now;
    for (;;) {
      const host = this.#living();
      if (host === undefined) {
        await this.time.sleep(1_000);
        continue;
      }
      const run = this.#run(host, call, attempt, startedAt);
      const came = await Promise.race([run, this.#death(host)]);
      if (came === 'settled') return;
      if (came !== 'died') await this.time.sleep(Math.max(1_000, came.waitMs));
    }
  }

  #living(): Host | undefined {
    const living = this.hosts.filter(({ dead }) => !dead);
    return living[Math.floor(this.random() * living.length)];
  }

  async #death(host: Host): Promise<'died'> {
    await host.died;
    await this.time.sleep(TAKE_OVER_MS);
    return 'died';
  }

  async #run(
    host: Host,
    call: Call,
    attempt: Attempt,
    startedAt: number,
  ): Promise<'settled' | { readonly waitMs: number }> {
    const never = new Promise<never>(() => undefined);
    const { id, worstUsd, callTimeoutMs } = call;
    if (attempt.sentAt === undefined) {
      const request: MoneyRequest = {
        key: id,
        tenant: TENANT,
        usd: worstUsd,
        callTimeoutMs,
        waitedMs: this.time.now - startedAt,
      };
      const known = host.wallet.outlook(request);
      const answer = known ?? (await host.wallet.reserve(request));
      if (host.dead) return await never;
      if (answer.kind === 'wait') {
        this.waits.push({ id, ms: answer.ms, why: answer.why });
        return { waitMs: answer.ms };
      }
      const reservedAt = this.time.wall;
      // Dead between reserve and fence, now and then a slot that does not come.
      await this.time.sleep(this.random() * 50);
      if (host.dead) return await never;
      if (this.random() < 0.05) {
        answer.release();
        return { waitMs: 1_000 };
      }
      attempt.sentAt = this.time.wall;
      if (this.bills.has(id)) throw new Error(`${id} was called twice`);
      this.bills.set(id, { micros: microsOf(call.realUsd), reservedAt });
      await this.time.sleep(call.tookMs);
      if (host.dead) return await never;
      attempt.outcome = { sureUsd: call.realUsd, possibleUsd: 0 };
    }
    while (attempt.outcome === undefined) {
      if (this.time.wall >= attempt.sentAt + callTimeoutMs + ANSWER_GRACE_MS) {
        attempt.outcome = { sureUsd: 0, possibleUsd: worstUsd };
      } else await this.time.sleep(2_000);
      if (host.dead) return await never;
    }
    const bill = { key: id, tenant: TENANT, ...attempt.outcome, sentAt: attempt.sentAt };
    const booked = await host.wallet.settle(bill).then(
      () => true,
      () => false,
    );
    if (host.dead) return await never;
    if (!booked) return { waitMs: 1_000 };
    this.settled.add(id);
    return 'settled';
  }
}
