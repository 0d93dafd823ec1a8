/**
 * A process's purse for one tenant: money leased from the tenant's budget, calls that wait for it, and bills
 * that the budget has not heard of yet. Deterministic: the seat (`wallet-seat.ts`) brings times, keys and
 * the exchanges.
 *
 * - B4: allowance + reserved + unheard bills ≤ what the budget counts as held here, at every moment, also
 *   while an exchange is lost or doubled: what is held is told as a whole, and given up before it is told.
 * - B5: nothing is reserved that the budget may take for gone: an allowance is usable for a while after its
 *   asking and never beyond its period, both by this process's own clock.
 */
import { createHash } from 'node:crypto';
import type { BudgetAnswer, BudgetRequest, Inheritance, Settlement } from '../contract/budget.ts';
import { microsOf, usdOf } from '../governor/budget/index.ts';
import type { QuotaWait } from './broker.ts';
import { Asks } from './wallet-asks.ts';
import { BillBook } from './wallet-bills.ts';
import type { Budgets } from './wallet-budgets.ts';
import type { Moment } from './wallet-clock.ts';
import type { Pace } from './wallet-pace.ts';
import { ExchangeMeter, SpendRate } from './wallet-pace.ts';
import { Till } from './wallet-till.ts';
import type { Heard, Situation } from './wallet-waits.ts';
import { answeredWait, knownWait, unansweredWait, unheardWait } from './wallet-waits.ts';
import type { Bill, JournalEntry, MoneyRequest } from './wallet.ts';

export interface PurseSettings {
  /** Unique for each start of a process. */
  readonly process: string;
  readonly tenant: string;
  readonly budgets: Budgets;
  readonly pace: Pace;
}

export interface Settled {
  readonly entry: JournalEntry;
  /** The call was reserved here: its money is counted as held by this process until this is told. */
  readonly isOwn: boolean;
}

interface Pending {
  readonly request: BudgetRequest;
  readonly sentAt: number;
  /** Not before this; Infinity while it is on its way. */
  readonly againAt: number;
  readonly failures: number;
}

/** After the call's timeout: for the slot, the fence, storing the answer and reading its usage. */
const SETTLE_GRACE_MS = 120_000;
/** An allowance that nobody took from for so long goes back. */
const IDLE_MS = 30_000;
/** Near a cap others wait for what goes back, and for what calls came to less than their worst price. */
const TIGHT_MS = 2_000;
/** A lease with something in it is renewed at this age, well within its usable time. */
const RENEW_MS = 4 * 60_000;
/** What is fetched ahead lasts about so long, and more is fetched when less is left than this. */
const AHEAD_MS = 15_000;
const LOW_MS = 5_000;
/** Calls came within this time: there will be more. */
const ACTIVE_MS = 10_000;
/** An exchange that takes longer is none. */
const SILENT_MS = 2_000;
/** Nobody keeps money for a sleeper of a longer time. */
const LONGEST_SLEEP_MS = 150_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

export class Purse {
  readonly settings: PurseSettings;
  readonly asks = new Asks();
  /** The process ends: nothing is asked for any more. */
  isLeaving = false;
  readonly #till = new Till();
  readonly #meter: ExchangeMeter;
  readonly #rate = new SpendRate();
  readonly #bills = new BillBook();
  #takenAt = -Infinity;
  /** When anything was taken from the allowance last, or came into it. */
  #usedAt = -Infinity;
  #leasedAt = -Infinity;
  /** What the budget counts as held here, in millionths. */
  #counted = 0;
  #isTight = false;
  #seq = 0;
  #epoch: string | undefined;
  #heard: Heard | undefined;
  #pending: Pending | undefined;
  #inherited: readonly Inheritance[] = [];

  constructor(settings: PurseSettings) {
    this.settings = settings;
    this.#meter = new ExchangeMeter(settings.pace);
  }

  get failures(): number {
    return this.#pending?.failures ?? 0;
  }

  /** What is known to be in the way of a call, and will be for a while. */
  outlook(request: MoneyRequest, now: Moment): QuotaWait | undefined {
    const situation = this.#situation(request, now.mono);
    const known = knownWait(situation);
    if (known !== undefined || this.failures === 0 || situation.price <= this.#till.usable(now.mono))
      return known;
    return unansweredWait(this.settings.tenant, request, this.asks.size);
  }

  /** What is not worth asking again: the budget has just said so, and asking has its price. */
  early(request: MoneyRequest, now: Moment): QuotaWait | undefined {
    const situation = this.#situation(request, now.mono);
    return this.settings.pace.everyMs > 0
      ? answeredWait(situation)
      : knownWait({ ...situation, heard: undefined });
  }

  /** Also what was in the way a moment ago: others hold the rest. */
  shortage(request: MoneyRequest, now: Moment): QuotaWait | undefined {
    return answeredWait(this.#situation(request, now.mono));
  }

  /** For a call whose time here is over before the budget has heard of it. */
  unheard(request: MoneyRequest, now: Moment): QuotaWait {
    const { tenant } = this.settings;
    const isSilent = this.failures > 0 || (this.#pending?.sentAt ?? Infinity) + SILENT_MS <= now.mono;
    return (isSilent ? unansweredWait : unheardWait)(tenant, request, this.asks.size);
  }

  /** Takes the price out of the allowance, where it is in it. */
  reserve(id: string, askKey: string, { key, usd, callTimeoutMs }: MoneyRequest, now: Moment): boolean {
    const { mono } = now;
    const micros = microsOf(usd);
    if (this.asks.get(askKey) === undefined) this.#rate.add(micros, mono);
    const overdueAt = mono + callTimeoutMs + SETTLE_GRACE_MS;
    if (!this.#till.take(id, { key, micros, overdueAt }, mono)) return false;
    this.#takenAt = mono;
    this.#usedAt = mono;
    this.asks.leave(askKey);
    return true;
  }

  release(id: string, now: Moment): void {
    this.#till.release(id, now.mono);
  }

  join(askKey: string, { usd }: MoneyRequest, now: Moment): void {
    this.asks.join(askKey, microsOf(usd), now.mono);
  }

  /** Its generation sleeps; money is fetched for it in time, unless that is far away. */
  sendAway(askKey: string, ms: number, now: Moment): void {
    if (ms > LONGEST_SLEEP_MS) this.asks.leave(askKey);
    else this.asks.sleep(askKey, now.mono + ms);
  }

  /** @returns What is to be kept until it was told; undefined where the bill is known, or is none. */
  settle(bill: Bill, now: Moment): Settled | undefined {
    const { tenant, process, budgets } = this.settings;
    const sureMicros = microsOf(bill.sureUsd);
    const possibleMicros = microsOf(bill.possibleUsd);
    const awaitedMicros = microsOf(bill.awaitedUsd ?? 0);
    const own = this.#till.spend(bill.key, sureMicros + possibleMicros + awaitedMicros, now.mono);
    const stamp = own?.stamp ?? budgets.stamp(tenant, bill.sentAt);
    const settlement: Settlement = {
      ...{ key: keyHash(bill.key), stamp, sureMicros, possibleMicros },
      ...(awaitedMicros === 0 ? {} : { awaitedMicros }),
    };
    const { reportMs, gatherMs } = this.settings.pace;
    const isOwn = own !== undefined;
    const patience = isOwn ? Math.min(reportMs, this.#isTight ? TIGHT_MS : Infinity) : gatherMs;
    const isNew = this.#bills.add(settlement, isOwn, now.mono + patience);
    return isNew ? { isOwn, entry: { tenant, process, seq: this.#seq + 1, settlement } } : undefined;
  }

  /** Books what is overdue as possible, and forgets who will not come back. @returns For the journal. */
  tick(now: Moment): readonly JournalEntry[] {
    this.asks.forget(now.mono);
    return this.#till.overdue(now.mono).flatMap(({ key, micros }) => {
      const bill = { key, sureUsd: 0, possibleUsd: usdOf(micros), sentAt: now.wall };
      return this.settle(bill, now)?.entry ?? [];
    });
  }

  /** When there is something to do: an exchange, or a reservation that is overdue. Infinity: nothing. */
  due(now: number): number {
    return Math.min(this.exchangeAt(now), this.#till.overdueAt);
  }

  /** When the next exchange is to be made; Infinity where there is nothing to ask or to tell. */
  exchangeAt(now: number): number {
    if (this.#pending !== undefined) return this.#pending.againAt;
    return Math.max(this.#wantedAt(now), this.#meter.freeAt(now));
  }

  #wantedAt(now: number): number {
    const { gatherMs } = this.settings.pace;
    const ask = this.asks.unheard();
    if (ask !== undefined && ask.micros > this.#till.usable(now)) return Math.max(ask.since + gatherMs, now);
    if (this.#inherited.length > 0 || this.#isLow(now)) return now;
    return Math.min(
      this.#bills.dueAt,
      this.#till.isEmpty ? Infinity : this.#leasedAt + RENEW_MS,
      // More is counted as held here than calls need.
      this.#counted > this.#till.reserved ? this.#usedAt + this.#idleMs : Infinity,
    );
  }

  /** Money for the calls of the next seconds is missing, and there is some to be had. */
  #isLow(now: number): boolean {
    if (this.#isTight || !this.#fetchesAhead || now - this.#takenAt > ACTIVE_MS) return false;
    return this.#till.usable(now) < this.#rate.perMs(now) * LOW_MS;
  }

  get #idleMs(): number {
    if (!this.#fetchesAhead) return 0;
    return this.#isTight ? TIGHT_MS : IDLE_MS;
  }

  /** Where an exchange costs nothing, nothing is worth having beforehand. */
  get #fetchesAhead(): boolean {
    return this.settings.pace.everyMs > 0 && !this.isLeaving;
  }

  /** The request that is to be sent now: a new one, or the one that was not answered yet. */
  request(now: Moment): BudgetRequest {
    const before = this.#pending;
    if (before !== undefined) {
      this.#pending = { ...before, againAt: Infinity };
      return before.request;
    }
    const request = this.#newRequest(now);
    this.#meter.spend(now.mono);
    this.#leasedAt = now.mono;
    this.#pending = { request, sentAt: now.mono, againAt: Infinity, failures: 0 };
    return request;
  }

  #newRequest({ mono, wall }: Moment): BudgetRequest {
    const { process, tenant, budgets } = this.settings;
    const isIdle = mono - this.#usedAt >= this.#idleMs;
    // Given up before it is told: from here on it may be somebody else's (B4).
    this.#till.giveUp(this.#isTight || isIdle || this.isLeaving ? 'all' : 'stale', mono);
    const holds = this.#till.holds();
    this.#counted = holds.reduce((sum, { micros }) => sum + micros, 0);
    const seq = ++this.#seq;
    const { calls, spare } = this.asks.tell(seq, this.#till.allowance, mono);
    const ahead = Math.ceil(this.#rate.perMs(mono) * AHEAD_MS - spare);
    const inherited = this.#inherited;
    this.#inherited = [];
    return {
      process,
      seq,
      ...(this.#epoch === undefined ? {} : { epoch: this.#epoch }),
      terms: budgets.terms(tenant, wall),
      holds,
      settled: this.#bills.take(),
      calls: this.isLeaving ? [] : calls,
      aheadMicros: isIdle || !this.#fetchesAhead ? 0 : Math.max(0, ahead),
      heard: this.#heard?.answer.standings ?? [],
      inherited,
    };
  }

  /** @returns False for an answer that nobody waits for. */
  answered(answer: BudgetAnswer, { mono }: Moment): boolean {
    if (this.#pending === undefined || answer.seq !== this.#pending.request.seq) return false;
    const { sentAt } = this.#pending;
    this.#pending = undefined;
    this.#epoch = answer.epoch;
    this.#isTight = answer.tight;
    const ends = answer.standings.map(({ endsInMs }) => endsInMs);
    // From the first asking on: the budget's own clock started later (B5).
    this.#till.fill(answer.grantedMicros, answer.stamp, sentAt + Math.min(answer.usableMs, ...ends), mono);
    this.#counted += answer.grantedMicros;
    if (answer.grantedMicros > 0) this.#usedAt = mono;
    this.#heard = { answer, sentAt, at: mono };
    return true;
  }

  /** @param random 0–1: processes that failed together do not come back together. */
  failed(now: Moment, random: number): void {
    if (this.#pending === undefined) return;
    const failures = this.#pending.failures + 1;
    const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.5 + random / 2);
    this.#pending = { ...this.#pending, failures, againAt: now.mono + pause };
  }

  /** What was found in the journal of a dead process: told with the next request. */
  inherit(found: Inheritance): void {
    this.#inherited = [...this.#inherited.filter(({ process }) => process !== found.process), found];
  }

  /** The process ends: nothing is taken any more. True: there is something left to tell. */
  leave(now: Moment): boolean {
    const hasToTell =
      this.#counted > this.#till.reserved || this.#bills.dueAt !== Infinity || this.#pending !== undefined;
    this.isLeaving = true;
    this.#till.giveUp('all', now.mono);
    return hasToTell;
  }

  /** The last request that the budget has answered. */
  get heardSeq(): number {
    return this.#heard?.answer.seq ?? 0;
  }

  /** Whether the budget has answered a request that spoke of this call. */
  wasHeard(askKey: string): boolean {
    const askedIn = this.asks.get(askKey)?.askedIn;
    return askedIn !== undefined && this.heardSeq >= askedIn;
  }

  #situation(request: MoneyRequest, now: number): Situation {
    const { tenant, budgets } = this.settings;
    const price = microsOf(request.usd);
    const atHand = this.#till.usable(now);
    return { tenant, budgets: budgets.of(tenant), heard: this.#heard, price, atHand, request, now };
  }
}

function keyHash(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}
