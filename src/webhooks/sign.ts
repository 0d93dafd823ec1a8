/** Signs in the manner of the Standard Webhooks specification: HMAC-SHA256 of `id.timestamp.body`. */
import { createHmac } from 'node:crypto';

export const HEADERS = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const;

export const VERSION = 'v1';

export interface Signable {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string | Uint8Array;
}

export function signatureBytes({ id, timestamp, body }: Signable, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

/** One signature for each key, so that a receiver that knows either of two takes it. */
export function signedHeaders(
  signable: Signable,
  keys: readonly Uint8Array[],
): Readonly<Record<(typeof HEADERS)[keyof typeof HEADERS], string>> {
  const signatures = keys.map((key) => `${VERSION},${signatureBytes(signable, key).toString('base64')}`);
  return {
    'webhook-id': signable.id,
    'webhook-timestamp': String(signable.timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
