/**
 * The token endpoint's judgement of a signed JWT (RFC 7523), in Google's words. Outcome: the account it
 * speaks for, or the refusal.
 */
import { verify } from 'node:crypto';
import type { KnownServiceAccount } from './service-account.ts';

export type Grant =
  | { readonly kind: 'granted'; readonly account: KnownServiceAccount }
  | { readonly kind: 'refused'; readonly status: number; readonly error: string; readonly why: string };

export interface GrantRules {
  readonly accounts: readonly KnownServiceAccount[];
  /** What the JWT may be addressed to. */
  readonly audiences: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const LONGEST_SECONDS = 3_600;
const SKEW_SECONDS = 300;

export function judgeGrant(form: URLSearchParams, { accounts, audiences, now }: GrantRules): Grant {
  if (form.get('grant_type') !== GRANT_TYPE)
    return refusal('unsupported_grant_type', 'Invalid grant_type: ' + (form.get('grant_type') ?? ''));
  const assertion = form.get('assertion') ?? '';
  const [head = '', body = '', signature = '', ...rest] = assertion.split('.');
  const header = decoded(head);
  const claims = decoded(body);
  if (header === undefined || claims === undefined || rest.length > 0)
    return refusal('invalid_grant', 'Bad Request');
  const account = accounts.find(({ clientEmail }) => clientEmail === claims['iss']);
  if (account === undefined) return refusal('invalid_grant', 'Invalid grant: account not found');
  const signed = Buffer.from(`${head}.${body}`);
  const isSigned =
    header['alg'] === 'RS256' &&
    verify('RSA-SHA256', signed, account.publicKey, Buffer.from(signature, 'base64url'));
  if (!isSigned) return refusal('invalid_grant', 'Invalid JWT Signature.');
  if (!audiences.includes(String(claims['aud'])))
    return refusal('invalid_grant', 'Invalid JWT: Failed audience check.');
  if (!isTimely(claims, now / 1000))
    return refusal(
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    );
  if (!String(claims['scope']).split(' ').includes(SCOPE))
    return refusal('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  return { kind: 'granted', account };
}

function refusal(error: string, why: string): Grant {
  return { kind: 'refused', status: 400, error, why };
}

function isTimely({ iat, exp }: Readonly<Record<string, unknown>>, now: number): boolean {
  if (typeof iat !== 'number' || typeof exp !== 'number') return false;
  return exp > now && iat <= now + SKEW_SECONDS && exp - iat <= LONGEST_SECONDS;
}

function decoded(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
