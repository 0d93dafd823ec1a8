/**
 * A process's exchanges with one governor: what was heard and when, what is on its way, and when to write
 * again. One at a time; what was not answered is sent again as it was, so that no slot is leased twice.
 */
import type { ExchangeAnswer, ExchangeRequest } from '../contract/exchange.ts';
import { reachMs } from '../governor/terms.ts';
import type { GovernorClock } from './governor-clock.ts';
import { synchronised } from './governor-clock.ts';
import type { LinkFailure } from './link-failure.ts';
import { shareOf } from './spread.ts';

export interface Letter<T> {
  readonly request: ExchangeRequest;
  /** What is settled by its answer. */
  readonly uses: readonly T[];
}

interface Sent<T> extends Letter<T> {
  /** When it was sent first: the answer that we hear may be that one's. */
  readonly sentAt: number;
}

export interface CorrespondenceSettings {
  readonly process: string;
  readonly windowMs: number;
  /** @default 0 */
  readonly firstWithinMs?: number;
}

/** Two exchanges are at least this far apart, whatever happens: at most two a second. */
const MIN_GAP_MS = 500;
/** Before the first answer: what a term is taken to be. */
const FIRST_TERM_MS = 5_000;
/** Terms without an answer through which calls without a known limit still go. */
const ALLOWANCE_TERMS = 4;
/** Terms after which what was heard is old: who asks each term never comes there. */
const NEWS_TERMS = 1.5;
/** After a failed exchange: grows to the longest. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
/** Where too many asked at once, they come back within so long: so few at a time that all are answered. */
const CROWDED_RETRY_MS = 20_000;
const LONGEST_CROWDED_MS = 80_000;

export class Correspondence<T> {
  readonly #settings: CorrespondenceSettings;
  readonly #firstTermMs: number;
  #answer: ExchangeAnswer | undefined;
  #heardAt = -Infinity;
  #clock: GovernorClock | undefined;
  #epoch: string | undefined;
  #inFlight: Sent<T> | undefined;
  /** Not answered: sent again as it was. */
  #repeat: Sent<T> | undefined;
  #firstAt: number | undefined;
  #sentAt = -Infinity;
  #failures = 0;
  #isCrowded = false;
  #failedAt = -Infinity;
  #why = 'it has not answered yet';

  constructor(settings: CorrespondenceSettings) {
    this.#settings = settings;
    this.#firstTermMs = Math.min(FIRST_TERM_MS, settings.windowMs / 4);
  }

  /** The latest. */
  get answer(): ExchangeAnswer | undefined {
    return this.#answer;
  }

  get heardAt(): number {
    return this.#heardAt;
  }

  get clock(): GovernorClock | undefined {
    return this.#clock;
  }

  /** The governor's incarnation that is known here. */
  get epoch(): string | undefined {
    return this.#epoch;
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** Why there was no answer. */
  get why(): string {
    return this.#why;
  }

  /** Milliseconds between two exchanges of a busy process. */
  get termMs(): number {
    return this.#answer?.againMs ?? this.#firstTermMs;
  }

  /** Milliseconds that the slots of one exchange reach. */
  get reachMs(): number {
    return reachMs(Math.max(this.termMs, this.#firstTermMs));
  }

  /**
   * Whether a call without a known limit may go by what was heard. After a while without an exchange it must
   * be asked first: a hold may have opened. Who asked in time and is not answered has its allowance.
   */
  isFresh(now: number): boolean {
    const askedAt = (this.#inFlight ?? this.#repeat)?.sentAt ?? now;
    const askedInTime = askedAt - this.#heardAt <= NEWS_TERMS * this.termMs;
    return askedInTime && now - this.#heardAt <= ALLOWANCE_TERMS * this.termMs;
  }

  get isUnderWay(): boolean {
    return this.#inFlight !== undefined;
  }

  get mustRepeat(): boolean {
    return this.#repeat !== undefined;
  }

  /** When the next one may be sent, if it is urgent. */
  earliestAt(now: number): number {
    const { process, firstWithinMs = 0 } = this.#settings;
    this.#firstAt ??= now + firstWithinMs * shareOf(process);
    return Math.max(this.#firstAt, this.#sentAt + MIN_GAP_MS, this.#failedAt + this.#retryMs);
  }

  /** What to send now: the one that was not answered, else what `write` gives. */
  next(write: () => Letter<T>, now: number): ExchangeRequest {
    const letter = this.#repeat ?? { ...write(), sentAt: now };
    this.#repeat = undefined;
    this.#inFlight = letter;
    this.#sentAt = now;
    return letter.request;
  }

  /** @returns What this answers; undefined where it is no answer to what is on its way. */
  heard(answer: ExchangeAnswer, now: number): Letter<T> | undefined {
    const letter = this.#inFlight;
    if (letter === undefined || letter.request.requestId !== answer.requestId) return undefined;
    this.#inFlight = undefined;
    this.#failures = 0;
    const known = this.#epoch === answer.epoch ? this.#clock : undefined;
    this.#clock = synchronised(known, answer.at, letter.sentAt, now);
    this.#epoch = answer.epoch;
    this.#answer = answer;
    this.#heardAt = now;
    return letter;
  }

  failed({ why, isCrowded }: LinkFailure, now: number): void {
    if (this.#inFlight === undefined) return;
    this.#repeat = this.#inFlight;
    this.#inFlight = undefined;
    this.#failures += 1;
    this.#isCrowded = isCrowded;
    this.#failedAt = now;
    this.#why = why;
  }

  /** Where one process was not answered, others were not either: they come back one after another. */
  get #retryMs(): number {
    if (this.#failures === 0) return 0;
    const share = shareOf(`${this.#settings.process} ${this.#failures}`);
    const growth = 2 ** (this.#failures - 1);
    if (this.#isCrowded) return RETRY_MS + Math.min(LONGEST_CROWDED_MS, CROWDED_RETRY_MS * growth) * share;
    return Math.min(LONGEST_RETRY_MS, RETRY_MS * growth) * (0.5 + share);
  }
}
