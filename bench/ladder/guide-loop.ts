/**
 * The loop that the recovery guides describe, with all that they ask for: branch first, the provider's own delay
 * where it names one, growing waits, a second model after two failures, a breaker for the process, a place in a
 * queue, then the dead letter. Five calls at most.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '@google/genai';
import type { Draw } from './draw.ts';
import { FALLBACKS, PRIMARY, SCALE } from './trace.ts';

const SECOND_MODEL = FALLBACKS[0];
const FAILURES_BEFORE_LEAVING = 2;
const ATTEMPTS = 5;
const QUEUE_SECONDS = 300;
const BREAKER = { failures: 5, windowSeconds: 60 } as const;

/** Five failures of the first model in a minute: the second one, until a call a minute later went well. */
class Breaker {
  #failures: number[] = [];
  #probeAt: number | undefined;

  allows(now: number): boolean {
    if (this.#probeAt === undefined) return true;
    if (now < this.#probeAt) return false;
    this.#probeAt = now + seconds(BREAKER.windowSeconds);
    return true;
  }

  failed(now: number): void {
    this.#failures = [...this.#failures.filter((at) => at > now - seconds(BREAKER.windowSeconds)), now];
    if (this.#failures.length >= BREAKER.failures) this.#probeAt ??= now + seconds(BREAKER.windowSeconds);
  }

  served(): void {
    this.#failures = [];
    this.#probeAt = undefined;
  }
}

type Failure =
  | { readonly kind: 'stop'; readonly why: string }
  /** The day's quota is gone: waiting here helps nobody before midnight. */
  | { readonly kind: 'leave'; readonly why: string }
  | { readonly kind: 'retry'; readonly why: string; readonly waitSeconds: number; readonly ofModel: boolean };

/** A call in which nothing is ever tried twice is the SDK's without its own retries. */
export function guideLoop(draw: Draw): (prompt: string) => Promise<Buffer> {
  const breaker = new Breaker();
  return async (prompt) => {
    let failures = 0;
    let left = false;
    let why = '';
    for (let n = 1; n <= ATTEMPTS; n += 1) {
      const now = Date.now();
      const model = left || !breaker.allows(now) ? SECOND_MODEL : PRIMARY;
      const failure = await attempt(draw, model, prompt, failures);
      if (Buffer.isBuffer(failure)) {
        if (model === PRIMARY) breaker.served();
        return failure;
      }
      why = failure.why;
      if (failure.kind === 'stop') break;
      if (failure.kind === 'leave') {
        left = true;
        continue;
      }
      if (model === PRIMARY && failure.ofModel) breaker.failed(Date.now());
      failures += 1;
      if (!left && failures >= FAILURES_BEFORE_LEAVING) left = true;
      // Two failures of the second model too: the queue, and one last time from there.
      const queued = n === ATTEMPTS - 1;
      if (n < ATTEMPTS) await sleep(seconds(queued ? QUEUE_SECONDS : failure.waitSeconds));
    }
    throw new Error(why);
  };
}

async function attempt(
  draw: Draw,
  model: string,
  prompt: string,
  failures: number,
): Promise<Buffer | Failure> {
  try {
    const drawn = await draw(model, prompt);
    if (drawn.kind === 'image') return drawn.bytes;
    // Layer 2 is a matter of chance: once more, at once. What is prohibited is told, never repeated.
    return drawn.why.includes('PROHIBITED')
      ? { kind: 'stop', why: drawn.why }
      : { kind: 'retry', why: drawn.why, waitSeconds: 0, ofModel: false };
  } catch (error) {
    return failureOf(error, failures);
  }
}

function failureOf(error: unknown, failures: number): Failure {
  const status = error instanceof ApiError ? error.status : 0;
  const text = error instanceof Error ? error.message : String(error);
  const retry = (waitSeconds: number): Failure => ({
    ...{ kind: 'retry', why: `status ${status}`, waitSeconds },
    ofModel: true,
  });
  switch (status) {
    case 429: {
      if (text.includes('PerDay')) return { kind: 'leave', why: 'status 429, the day' };
      const told = /"retryDelay":\s*\\?"([\d.]+)s/.exec(text)?.[1];
      // What is on the wire is in the provider's scaled seconds already.
      const wait = told === undefined ? Math.min(60, 2 ** failures) : Number(told) / SCALE;
      return retry(wait + Math.random());
    }
    case 503:
      return retry(Math.min(300, 30 * 2 ** failures) * (0.8 + 0.4 * Math.random()));
    case 502:
      return retry(30);
    case 0:
    case 500:
      return retry(Math.min(64, 2 * 2 ** failures));
    default:
      return { kind: 'stop', why: `status ${status}` };
  }
}

function seconds(provider: number): number {
  return provider * 1_000 * SCALE;
}
