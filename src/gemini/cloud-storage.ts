/**
 * Reading objects of Google Cloud Storage with a Vertex route's own credential. It makes the request and sends
 * nothing: inputs are fetched in one place, with that place's bounds.
 */
import type { AccessTokens } from './access-tokens.ts';
import type { GeminiPort } from './port.ts';

const GOOGLE = 'https://storage.googleapis.com';

/** @param baseUrl Where a relay or the emulator stands in for Google. */
export function createRequestObject(
  tokens: AccessTokens,
  baseUrl = GOOGLE,
): NonNullable<GeminiPort['requestObject']> {
  return async ({ bucket, object }, options) => {
    const authorization = await tokens.get(options);
    if (authorization.kind === 'failed') return { kind: 'failed', why: authorization.outcome.error.message };
    const path = `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(object)}`;
    return { kind: 'ready', url: `${baseUrl}${path}?alt=media`, headers: authorization.headers };
  };
}
