/** Access tokens the emulator has issued: opaque, each for one account and for a time. */
import { randomBytes } from 'node:crypto';
import type { KnownServiceAccount } from './service-account.ts';

export interface IssuedToken {
  readonly account: KnownServiceAccount;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export class TokenDesk {
  #issued = new Map<string, IssuedToken>();

  issue(account: KnownServiceAccount, lifetimeMs: number, now: number): string {
    const token = `ya29.c.${randomBytes(96).toString('base64url')}`;
    this.#issued.set(token, { account, expiresAt: now + lifetimeMs });
    return token;
  }

  find(token: string): IssuedToken | undefined {
    return this.#issued.get(token);
  }

  /** All tokens end now, as when an account's key is revoked. */
  expire(now: number): number {
    const living = [...this.#issued].filter(([, { expiresAt }]) => expiresAt > now);
    for (const [token, issued] of living) this.#issued.set(token, { ...issued, expiresAt: now });
    return living.length;
  }

  reset(): void {
    this.#issued = new Map();
  }
}
