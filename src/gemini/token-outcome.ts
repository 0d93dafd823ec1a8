/**
 * What asking for an access token came to. A failure is the outcome of the call that needed the token:
 * nothing of that call was sent. `TokenRefused` is the authority's word about the credential, which only a
 * person can mend; `TokenUnavailable` says that it could not be asked, which passes.
 */
import type { ErrorFacts } from '../domain/evidence.ts';
import type { RawOutcome } from './port.ts';

export type Broken = Extract<RawOutcome, { readonly kind: 'broken' }>;

export interface Granted {
  readonly kind: 'granted';
  /** What authorizes a call: `authorization`, and a quota project where the credential names one. */
  readonly headers: Readonly<Record<string, string>>;
  /** From now on. */
  readonly lifetimeMs: number;
}

export type TokenOutcome = Granted | { readonly kind: 'failed'; readonly outcome: Broken };

/** Asks for a new token; never rejects. */
export type RequestToken = () => Promise<TokenOutcome>;

/** @param code The authority's own word: `invalid_grant`. */
export function refused(message: string, code?: string): TokenOutcome {
  const error: ErrorFacts = { name: 'TokenRefused', message, ...(code === undefined ? {} : { code }) };
  return { kind: 'failed', outcome: { kind: 'broken', stage: 'before-send', by: 'unknown', error } };
}

export function unavailable(message: string, cause?: ErrorFacts): TokenOutcome {
  const error: ErrorFacts = {
    name: 'TokenUnavailable',
    message,
    ...(cause === undefined ? {} : { cause }),
  };
  return { kind: 'failed', outcome: { kind: 'broken', stage: 'before-send', by: 'network', error } };
}
