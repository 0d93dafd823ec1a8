/** An access token for a service account, from the `token_uri` of its key (RFC 7523). */
import type { Dispatcher } from 'undici';
import type { JsonObject } from './read-answer.ts';
import { jsonObject, numberOf, textOf } from './read-answer.ts';
import type { Redactor } from './redactor.ts';
import { createRedactor } from './redactor.ts';
import type { ServiceAccount } from './service-account.ts';
import type { RequestToken, TokenOutcome } from './token-outcome.ts';
import { refused, unavailable } from './token-outcome.ts';
import type { Received } from './transport.ts';
import { exchange } from './transport.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TIMEOUT_MS = 20_000;
/** Where the answer does not say. */
const DEFAULT_LIFETIME_S = 3_600;
/** Words that say nothing of the credential: asking again helps. */
const PASSING = ['internal_failure', 'server_error', 'temporarily_unavailable', 'rate_limit_exceeded'];

export function jwtGrant(account: ServiceAccount, dispatcher: Dispatcher, redactor: Redactor): RequestToken {
  const { tokenUrl } = account;
  return async () => {
    const assertion = account.assertion();
    // An assertion is worth a token for an hour, so an echo of it must not be kept; no call ever brings it.
    const own = createRedactor([assertion]);
    let received: Received | undefined;
    const { outcome } = await exchange(
      (fetch) =>
        fetch(tokenUrl, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
        }),
      dispatcher,
      own,
      { timeoutMs: TIMEOUT_MS, attemptId: 'token' },
      (answer) => {
        received = answer;
        return new Response(null);
      },
    );
    const at = `no access token for ${account.email} from ${tokenUrl}`;
    if (outcome.kind === 'broken') return unavailable(at, outcome.error);
    const answer = (received === undefined ? undefined : jsonObject(received.body)) ?? {};
    return read(outcome.status, answer, at, (text) => redactor.text(own.text(text)));
  };
}

function read(
  status: number,
  answer: JsonObject,
  at: string,
  redacted: (text: string) => string,
): TokenOutcome {
  const token = textOf(answer, 'access_token');
  if (status === 200 && token !== undefined) {
    return {
      kind: 'granted',
      headers: { authorization: `Bearer ${token}` },
      lifetimeMs: (numberOf(answer, 'expires_in') ?? DEFAULT_LIFETIME_S) * 1000,
    };
  }
  const code = textOf(answer, 'error');
  const why = redacted(textOf(answer, 'error_description') ?? `HTTP ${status}`);
  const final = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return final && code !== undefined && !PASSING.includes(code)
    ? refused(`${at}: ${why}`, redacted(code))
    : unavailable(`${at}: HTTP ${status}${code === undefined ? '' : ` ${redacted(code)}`}`);
}
