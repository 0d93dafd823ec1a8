/**
 * An access token from Application Default Credentials: whatever the machine is (a workload identity, a
 * user who logged in with gcloud, Google's own metadata server), as google-auth-library finds it.
 */
import { GoogleAuth } from 'google-auth-library';
import { errorFacts } from './error-facts.ts';
import type { Redactor } from './redactor.ts';
import { CLOUD_PLATFORM } from './service-account.ts';
import type { RequestToken } from './token-outcome.ts';
import { refused, unavailable } from './token-outcome.ts';

/** Where the library does not say how long it lasts: the shortest that Google's servers hand out. */
const DEFAULT_LIFETIME_MS = 300_000;
const NONE_THERE = /could not load the default credentials|unable to detect|does not exist|is not a file/i;

/** @param project Where it is not told, the library asks Google for one before the first token. */
export function defaultCredentials(project: string, redactor: Redactor): RequestToken {
  return async () => {
    try {
      // A new one each time: the library would otherwise hand out the token that was just refused.
      const client = await new GoogleAuth({ scopes: [CLOUD_PLATFORM], projectId: project }).getClient();
      const headers = Object.fromEntries([...(await client.getRequestHeaders())]);
      const endsAt = client.credentials.expiry_date ?? undefined;
      const lifetimeMs = endsAt === undefined ? DEFAULT_LIFETIME_MS : Math.max(0, endsAt - Date.now());
      return { kind: 'granted', headers, lifetimeMs };
    } catch (error) {
      const facts = errorFacts(error, redactor);
      const status = statusOf(error);
      const at = 'no access token from Application Default Credentials';
      return NONE_THERE.test(facts.message) || (status !== undefined && [400, 401, 403].includes(status))
        ? refused(`${at}: ${facts.message}`, facts.code)
        : unavailable(at, facts);
    }
  };
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { readonly status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
}
