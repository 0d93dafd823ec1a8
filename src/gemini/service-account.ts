/** A service account's key, read and checked once; its private key goes nowhere but into signatures. */
import type { KeyObject } from 'node:crypto';
import { createHash, createPrivateKey, sign } from 'node:crypto';

export const GOOGLE_TOKEN_URL = 'https://oauth2.googleapis.com/token';
export const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';
/** The longest that Google allows. */
const ASSERTION_SECONDS = 3_600;

/** The JSON that Google Cloud hands out for a service account; what is not named here is not read. */
export interface ServiceAccountKey {
  readonly client_email: string;
  /** PEM. */
  readonly private_key: string;
  readonly private_key_id?: string;
  /** @default https://oauth2.googleapis.com/token */
  readonly token_uri?: string;
}

export interface ServiceAccount {
  readonly email: string;
  /** First 16 hex characters of a hash of e-mail address and key id: tells two keys apart, opens nothing. */
  readonly id: string;
  readonly tokenUrl: string;
  /** A signed JWT that can be exchanged for an access token (RFC 7523). */
  assertion(): string;
}

/**
 * @param given The key as an object or as its JSON.
 * @param field What messages call it. Throws a TypeError that names the field and the cure.
 */
export function readServiceAccount(given: ServiceAccountKey | string, field: string): ServiceAccount {
  const json = typeof given === 'string' ? parsed(given, field) : given;
  const text = (name: keyof ServiceAccountKey): string => {
    const value: unknown = json[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new TypeError(`${field}.${name} is missing: give the JSON key file of a service account`);
  };
  const email = text('client_email');
  const key = privateKey(text('private_key'), `${field}.private_key`);
  const tokenUrl = json.token_uri ?? GOOGLE_TOKEN_URL;
  if (!/^https?:$/.test(URL.parse(tokenUrl)?.protocol ?? ''))
    throw new TypeError(`${field}.token_uri is no web address: leave it as Google wrote it`);
  // Without a key id two keys of one account are told apart by their fingerprint.
  const keyId = json.private_key_id ?? fingerprint(json.private_key);
  return {
    email,
    id: fingerprint(`${email} ${keyId}`),
    tokenUrl,
    assertion: () => {
      const issued = Math.floor(Date.now() / 1000);
      const head = {
        alg: 'RS256',
        typ: 'JWT',
        ...(json.private_key_id === undefined ? {} : { kid: json.private_key_id }),
      };
      const claims = {
        iss: email,
        scope: CLOUD_PLATFORM,
        aud: tokenUrl,
        iat: issued,
        exp: issued + ASSERTION_SECONDS,
      };
      const signed = [head, claims].map((part) => base64url(JSON.stringify(part))).join('.');
      return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
    },
  };
}

function parsed(text: string, field: string): ServiceAccountKey {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would quote the text, which is a secret.
  }
  if (typeof value === 'object' && value !== null) return value as ServiceAccountKey;
  throw new TypeError(`${field} is no JSON object: give the JSON key file of a service account`);
}

function privateKey(pem: string, field: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // What OpenSSL says of it helps nobody, and it is a secret's.
  }
  throw new TypeError(`${field} is no RSA private key: give the JSON key file as Google wrote it`);
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
