/**
 * A call that needs an access token. One that Google refuses for the age of its token (401, before any
 * work, so never billed) is sent once more with a new one: docs/decisions/0033.
 */
import type { AccessTokens } from './access-tokens.ts';
import type { CallOptions, CallRecord, RawOutcome } from './port.ts';
import { jsonObject, objectOf, textOf } from './read-answer.ts';

/** Never rejects, as `send` does not. */
export async function withToken(
  tokens: AccessTokens,
  options: CallOptions,
  send: (headers: Readonly<Record<string, string>>, options: CallOptions) => Promise<CallRecord>,
): Promise<CallRecord> {
  const startedAt = Date.now();
  const started = performance.now();
  const took = (): number => Math.round(performance.now() - started);
  const left = (): CallOptions => ({ ...options, timeoutMs: Math.max(0, options.timeoutMs - took()) });

  const sentOnce = async (): Promise<{ readonly outcome: RawOutcome; readonly again: boolean }> => {
    const authorization = await tokens.get(left());
    if (authorization.kind === 'failed') return { outcome: authorization.outcome, again: false };
    const { headers, kept } = authorization;
    const { outcome } = await send(headers, left());
    const refused = isExpired(outcome);
    if (refused) tokens.discard(headers);
    // A token that was made for this very call is not too old.
    return { outcome, again: refused && kept };
  };

  const once = await sentOnce();
  const { outcome } = once.again ? await sentOnce() : once;
  return { outcome, startedAt, tookMs: took() };
}

/** Google's own 401, for nothing but age; what a gateway answers under that number is left alone. */
function isExpired(outcome: RawOutcome): boolean {
  if (outcome.kind !== 'answer' || outcome.status !== 401) return false;
  const error = objectOf(jsonObject(outcome.body) ?? {}, 'error');
  if (error === undefined || textOf(error, 'status') !== 'UNAUTHENTICATED') return false;
  const details = Array.isArray(error['details']) ? (error['details'] as unknown[]) : [];
  const reasons = details.flatMap((detail) =>
    typeof detail === 'object' && detail !== null && 'reason' in detail ? [detail.reason] : [],
  );
  return reasons.length === 0 || reasons.includes('ACCESS_TOKEN_EXPIRED');
}
