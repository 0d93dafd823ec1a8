/** Drives one purse: waits for its money, makes its exchanges, reads what the dead left. */
import type { BudgetAnswer, BudgetRequest } from '../contract/budget.ts';
import type { QuotaWait } from './broker.ts';
import type { WalletClock } from './wallet-clock.ts';
import { moment } from './wallet-clock.ts';
import { BudgetSilent } from './wallet-errors.ts';
import { Keeper } from './wallet-keeper.ts';
import type { Purse } from './wallet-purse.ts';
import type { Bill, JournalEntry, MoneyRequest, Reservation, WalletJournal } from './wallet.ts';

export interface SeatPorts {
  readonly clock: WalletClock;
  readonly random: () => number;
  readonly journal: WalletJournal;
  readonly exchange: (request: BudgetRequest) => Promise<BudgetAnswer>;
  /** Takes the process's next turn for an exchange: when it is. */
  readonly turn: (now: number) => number;
}

interface Waiting {
  readonly askKey: string;
  readonly request: MoneyRequest;
  readonly settle: (answer: Reservation | QuotaWait) => void;
}

/** Requests of a dead process that its budget may not have heard: the one under way, and the one after it. */
const UNHEARD_REQUESTS = 2;

/** A budget that takes longer is away. */
const TOLD_WITHIN_MS = 30_000;

let reservations = 0;

export class WalletSeat {
  readonly purse: Purse;
  readonly #ports: SeatPorts;
  readonly #waiting = new Map<string, Waiting>();
  readonly #keeper = new Keeper();
  readonly #reading = new Set<string>();
  #listeners: (() => void)[] = [];
  #timer: unknown;
  #turnAt: number | undefined;
  #exchanging: Promise<void> | undefined;
  #isStopped = false;

  constructor(purse: Purse, ports: SeatPorts) {
    this.purse = purse;
    this.#ports = ports;
  }

  reserve(given: MoneyRequest, maxWaitMs: number, signal?: AbortSignal): Promise<Reservation | QuotaWait> {
    const { clock } = this.#ports;
    const taken = this.#take(given, given.key);
    if (taken !== undefined) return Promise.resolve(taken);
    const now = moment(clock);
    const askKey = this.#freeKey(given.key);
    const known = this.purse.early(given, now);
    this.purse.join(askKey, given, now);
    if (known !== undefined || maxWaitMs <= 0) {
      const answer = known ?? this.purse.unheard(given, now);
      this.purse.sendAway(askKey, answer.ms, now);
      return Promise.resolve(answer);
    }
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clock.clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.delete(askKey);
      };
      const onAbort = (): void => {
        end();
        this.purse.asks.leave(askKey);
        reject(signal?.reason as Error);
      };
      const settle = (answer: Reservation | QuotaWait): void => {
        end();
        resolve(answer);
      };
      const waiting: Waiting = { askKey, request: given, settle };
      const timer = clock.setTimeout(() => this.#giveUp(waiting), maxWaitMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(askKey, waiting);
      this.schedule();
    });
  }

  /** A second run of the same call waits beside the first. */
  #freeKey(key: string): string {
    let free = key;
    while (this.#waiting.has(free)) free += '+';
    return free;
  }

  /** Resolves once the bill is safe: in the journal, or with the budget. */
  async settle(bill: Bill): Promise<void> {
    const settled = this.purse.settle(bill, moment(this.#ports.clock));
    this.serve();
    const { isOwn = false, entry } = settled ?? {};
    const keep = isOwn ? this.#ports.journal.write.bind(this.#ports.journal) : this.#told.bind(this);
    await this.#keeper.keep(bill.key, entry && (() => keep(entry)));
  }

  /** Nobody holds money for a call that another process reserved: its bill is safe with the budget only. */
  async #told({ seq, tenant }: JournalEntry): Promise<void> {
    const { clock } = this.#ports;
    let isLate = false;
    const timer = clock.setTimeout(() => {
      isLate = true;
      this.#notify();
    }, TOLD_WITHIN_MS);
    while (this.purse.heardSeq < seq && !isLate) {
      await new Promise<void>((resolve) => this.#listeners.push(resolve));
    }
    clock.clearTimeout(timer);
    if (this.purse.heardSeq < seq) throw new BudgetSilent(tenant);
  }

  #notify(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  /** Money may have come back: in the order in which they came. */
  serve(): void {
    for (const waiting of [...this.#waiting.values()]) {
      const taken = this.#take(waiting.request, waiting.askKey);
      if (taken !== undefined) waiting.settle(taken);
    }
    this.schedule();
  }

  /** Tells and returns everything, once what is on its way has arrived. */
  async leave(): Promise<void> {
    while (!this.#isStopped && this.purse.leave(moment(this.#ports.clock))) {
      await (this.#exchanging ?? this.#exchange());
      if (this.purse.failures > 0) return;
    }
  }

  start(): void {
    this.#isStopped = false;
    this.purse.isLeaving = false;
    this.schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#ports.clock.clearTimeout(this.#timer);
  }

  schedule(): void {
    const { clock } = this.#ports;
    clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = clock.mono();
    const due = this.purse.due(now);
    if (this.#isStopped || due === Infinity) return;
    this.#timer = clock.setTimeout(() => this.#act(), Math.max(0, Math.ceil(due - now)));
  }

  #act(): void {
    const now = moment(this.#ports.clock);
    for (const entry of this.purse.tick(now)) {
      // The lease covers it until it is told, and its attempt has a later run.
      this.#ports.journal.write(entry).catch(() => undefined);
    }
    if (this.purse.exchangeAt(now.mono) > now.mono) return this.schedule();
    this.#turnAt ??= this.#ports.turn(now.mono);
    if (this.#turnAt > now.mono) {
      this.#timer = this.#ports.clock.setTimeout(() => this.#act(), Math.ceil(this.#turnAt - now.mono));
      return;
    }
    void this.#exchange();
  }

  /** Never rejects. */
  #exchange(): Promise<void> {
    this.#turnAt = undefined;
    const request = this.purse.request(moment(this.#ports.clock));
    const told = this.#ports.exchange(request).then(
      (answer) => this.#answered(answer),
      () => this.purse.failed(moment(this.#ports.clock), this.#ports.random()),
    );
    const done = told.finally(() => {
      this.#exchanging = undefined;
      this.schedule();
    });
    this.#exchanging = done;
    return done;
  }

  #answered(answer: BudgetAnswer): void {
    const now = moment(this.#ports.clock);
    if (!this.purse.answered(answer, now)) return this.purse.failed(now, this.#ports.random());
    this.#notify();
    for (const waiting of [...this.#waiting.values()]) {
      const taken = this.#take(waiting.request, waiting.askKey);
      if (taken !== undefined) waiting.settle(taken);
      else if (this.purse.wasHeard(waiting.askKey)) this.#disappoint(waiting);
    }
    for (const orphan of answer.orphans) void this.#readJournal(orphan.process, orphan.seq);
  }

  /** The budget knows of it and gave nothing. */
  #disappoint({ askKey, request, settle }: Waiting): void {
    const now = moment(this.#ports.clock);
    const shortage = this.purse.shortage(request, now);
    // Another call of this process took what was meant for it: it is asked for again.
    if (shortage === undefined) return this.purse.join(askKey, request, now);
    this.purse.sendAway(askKey, shortage.ms, now);
    settle(shortage);
  }

  #giveUp({ askKey, request, settle }: Waiting): void {
    const now = moment(this.#ports.clock);
    const taken = this.#take(request, askKey);
    const answer = taken ?? this.purse.shortage(request, now) ?? this.purse.unheard(request, now);
    if (answer.kind === 'wait') this.purse.sendAway(askKey, answer.ms, now);
    settle(answer);
  }

  #take(request: MoneyRequest, askKey: string): Reservation | undefined {
    const id = `r${++reservations}`;
    if (!this.purse.reserve(id, askKey, request, moment(this.#ports.clock))) return undefined;
    this.schedule();
    const release = (): void => {
      this.purse.release(id, moment(this.#ports.clock));
      this.serve();
    };
    return { kind: 'reserved', release };
  }

  /** What cannot be read now is told again by the budget, which keeps the dead process's money meanwhile. */
  async #readJournal(process: string, seq: number): Promise<void> {
    if (this.#reading.has(process)) return;
    this.#reading.add(process);
    const { journal } = this.#ports;
    const { tenant } = this.purse.settings;
    try {
      const requests = Array.from({ length: UNHEARD_REQUESTS }, (_, i) =>
        journal.read(tenant, process, seq + 1 + i),
      );
      const settled = (await Promise.all(requests)).flat().map(({ settlement }) => settlement);
      this.purse.inherit({ process, settled });
      this.schedule();
    } catch {
      // Told again.
    } finally {
      this.#reading.delete(process);
    }
  }
}
