/**
 * The access token of one credential: asked for once for all who wait, kept until shortly before its end,
 * made known to the redactor before anybody has it (I7).
 */
import type { CallOptions } from './port.ts';
import type { Redactor } from './redactor.ts';
import type { Broken, Granted, RequestToken, TokenOutcome } from './token-outcome.ts';

/** Renewed so long before its end, or in its last quarter where it is short: a call must not outlive it unsent. */
const MARGIN_MS = 60_000;
const MARGIN_SHARE = 0.25;

export type Authorization =
  | {
      readonly kind: 'authorized';
      readonly headers: Readonly<Record<string, string>>;
      /** It had been there before: a refusal of it may be its age. */
      readonly kept: boolean;
    }
  | { readonly kind: 'failed'; readonly outcome: Broken };

export interface AccessTokens {
  /** Never rejects; gives up with the caller's own deadline or signal, while the asking goes on for others. */
  get(options: Pick<CallOptions, 'timeoutMs' | 'signal'>): Promise<Authorization>;
  /** The provider refused it: the next `get` asks for another. A newer one stays. */
  discard(headers: Readonly<Record<string, string>>): void;
}

interface Kept extends Granted {
  readonly renewAt: number;
  readonly endsAt: number;
}

export function createAccessTokens(request: RequestToken, redactor: Redactor): AccessTokens {
  let current: Kept | undefined;
  let asking: Promise<TokenOutcome> | undefined;

  const ask = async (): Promise<TokenOutcome> => {
    const outcome = await request();
    if (outcome.kind === 'granted') {
      const token = outcome.headers['authorization']?.replace(/^Bearer /i, '');
      if (token !== undefined) redactor.learn(token);
      // A monotonic clock: a host whose time is set anew must not keep a token for ever.
      const now = performance.now();
      const { lifetimeMs } = outcome;
      const margin = Math.min(MARGIN_MS, lifetimeMs * MARGIN_SHARE);
      current = { ...outcome, renewAt: now + lifetimeMs - margin, endsAt: now + lifetimeMs };
    }
    return outcome;
  };

  return {
    get: async (options) => {
      const held = current;
      if (held !== undefined && performance.now() < held.renewAt)
        return { kind: 'authorized', headers: held.headers, kept: true };
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      const outcome = await unlessLate(asking, options);
      if (outcome.kind === 'granted') return { kind: 'authorized', headers: outcome.headers, kept: false };
      // It could not be renewed early; what is left of it does.
      return held !== undefined && held === current && performance.now() < held.endsAt
        ? { kind: 'authorized', headers: held.headers, kept: true }
        : outcome;
    },
    discard: (headers) => {
      if (current?.headers === headers) current = undefined;
    },
  };
}

async function unlessLate(
  asking: Promise<TokenOutcome>,
  { timeoutMs, signal }: Pick<CallOptions, 'timeoutMs' | 'signal'>,
): Promise<TokenOutcome> {
  const { promise, resolve } = Promise.withResolvers<TokenOutcome>();
  const giveUp = (by: Broken['by']): void => {
    const error = { name: 'TokenUnavailable', message: 'the call ended before there was an access token' };
    resolve({ kind: 'failed', outcome: { kind: 'broken', stage: 'before-send', by, error } });
  };
  const onAbort = (): void => giveUp('caller');
  const timer = setTimeout(() => giveUp('our-timeout'), timeoutMs);
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, asking]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
