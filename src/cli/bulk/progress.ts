/** How a bulk stands, on standard error: one line that is rewritten on a terminal, else a line now and then. */
import type { BulkProgress } from '../../client/bulk-item.ts';
import { durationWords } from '../../words/duration.ts';
import { oneLine } from '../../words/one-line.ts';
import { paint } from '../output.ts';
import type { ProgressStream } from '../progress-line.ts';
import { withoutSecrets } from '../secrets.ts';
import { costWords } from '../trail-words.ts';

/** Of the whole bulk, with what earlier runs have kept. */
export interface BulkSight extends BulkProgress {
  /** Ended in this run: what the rate is made of. */
  readonly endedNow: number;
  /** Lines that could not be used, beside those that the client refused. */
  readonly bad: number;
  /** Milliseconds since the beginning. */
  readonly elapsedMs: number;
  /** Generations in all, so far as can be told; absent while it cannot. */
  readonly expected?: number;
}

const TICK_MS = 1_000;
const LINE_EVERY_MS = 10_000;
const ERASE_LINE = '\r\u001b[2K';
const BAR = 20;
/** Before so many have ended a rate is chance. */
const FEWEST_FOR_A_RATE = 5;

export class BulkProgressLine {
  readonly #stream: ProgressStream;
  readonly #look: () => BulkSight;
  readonly #rewrites: boolean;
  readonly #timer: NodeJS.Timeout;
  #before = '';

  constructor(look: () => BulkSight, stream: ProgressStream = process.stderr) {
    this.#look = look;
    this.#stream = stream;
    this.#rewrites = stream.isTTY === true && process.env['TERM'] !== 'dumb';
    this.#timer = setInterval(() => this.#show(), this.#rewrites ? TICK_MS : LINE_EVERY_MS).unref();
  }

  /** Writes a line of its own. */
  say(text: string): void {
    this.#stream.write(`${this.#rewrites ? ERASE_LINE : ''}${withoutSecrets(text)}\n`);
    if (this.#rewrites) this.#show();
  }

  end(): void {
    clearInterval(this.#timer);
    if (this.#rewrites) this.#stream.write(ERASE_LINE);
  }

  #show(): void {
    const sight = this.#look();
    const text = withoutSecrets(sightWords(sight));
    if (this.#rewrites) {
      // A line that wraps cannot be rewritten.
      const cut = text.slice(0, (this.#stream.columns || 80) - 1);
      this.#stream.write(`${ERASE_LINE}${paint('dim', cut, process.stderr)}`);
      return;
    }
    // A log where nothing happens for a night says so once.
    const { elapsedMs: _, ...rest } = sight;
    const now = JSON.stringify(rest);
    if (now !== this.#before) this.#stream.write(`${durationWords(sight.elapsedMs).padStart(6)}  ${text}\n`);
    this.#before = now;
  }
}

/** `[#####···············] 25 %  250 done, 3 failed, 50 in flight, 60/min, 33.500 USD, ≈ 12 min left` */
export function sightWords(sight: BulkSight): string {
  const { delivered, failed, invalid, bad, notStarted, inFlight, cost } = sight;
  const { endedNow, elapsedMs, expected, away } = sight;
  const ended = delivered + failed;
  const perMinute = endedNow < FEWEST_FOR_A_RATE ? undefined : (endedNow * 60_000) / Math.max(1, elapsedMs);
  const left = expected === undefined ? undefined : Math.max(0, expected - ended - invalid - notStarted);
  const parts = [
    `${delivered} done`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(invalid + bad === 0 ? [] : [`${invalid + bad} invalid`]),
    ...(notStarted === 0 ? [] : [`${notStarted} not started`]),
    `${inFlight} in flight`,
    ...(perMinute === undefined
      ? []
      : [`${perMinute < 10 ? perMinute.toFixed(1) : Math.round(perMinute)}/min`]),
    costWords(cost),
    ...(perMinute === undefined || left === undefined || left === 0
      ? []
      : [`≈ ${durationWords((left / perMinute) * 60_000)} left`]),
    ...(away === undefined ? [] : [`waits: ${oneLine(away)}`]),
  ];
  return `${bar(sight)}${parts.join(', ')}`;
}

function bar({ delivered, failed, invalid, notStarted, expected }: BulkSight): string {
  if (expected === undefined || expected === 0) return '';
  const share = Math.min(1, (delivered + failed + invalid + notStarted) / expected);
  const full = Math.floor(share * BAR);
  return `[${'#'.repeat(full)}${'·'.repeat(BAR - full)}] ${String(Math.floor(share * 100)).padStart(3)} %  `;
}
