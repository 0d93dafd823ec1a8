/**
 * Secrets that webhooks are signed with: `whsec_` and base64, as the Standard Webhooks specification writes
 * them, or any text long enough. Several, separated by spaces, while one is being replaced.
 */
const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
/** As the specification asks for. */
const FEWEST_BYTES = 24;
const MOST_SECRETS = 4;
const CURE = 'make one with: echo whsec_$(openssl rand -base64 32)';

/** @param field Of the configuration, for messages. Throws a TypeError that never repeats a secret. */
export function secretKeys(given: string | readonly string[], field: string): readonly Uint8Array[] {
  const texts = (typeof given === 'string' ? [given] : given)
    .flatMap((text) => text.split(/\s+/))
    .filter(Boolean);
  if (texts.length === 0) throw new TypeError(`${field} is empty: ${CURE}`);
  if (texts.length > MOST_SECRETS)
    throw new TypeError(
      `${field} has ${texts.length} secrets: give at most ${MOST_SECRETS}, the new one first`,
    );
  return texts.map((text) => keyOf(text, field));
}

function keyOf(text: string, field: string): Uint8Array {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : undefined;
  if (encoded !== undefined && !BASE64.test(encoded))
    throw new TypeError(
      `${field} begins with ${PREFIX} and goes on with something else than base64: ${CURE}`,
    );
  const key = encoded === undefined ? Buffer.from(text) : Buffer.from(encoded, 'base64');
  if (key.length < FEWEST_BYTES)
    throw new TypeError(
      `${field} has ${key.length} bytes, too few to be safe: at least ${FEWEST_BYTES}; ${CURE}`,
    );
  return key;
}
