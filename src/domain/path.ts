/**
 * Where and how an attempt is made. Two attempts are a same-path retest exactly when their
 * fingerprints are equal: same account, model, tier, payload, inputs and format.
 */

/** Provider + endpoint + project + credential id; `credential` is a hash, never a key (I7). */
export interface Account {
  readonly provider: 'google' | 'openai-compatible';
  readonly endpoint: 'ai-studio' | 'vertex' | 'custom';
  /** Base URL without credentials; the gateway that holds and faults belong to. */
  readonly baseUrl: string;
  /** Project id where it is known, else the route's configured name. */
  readonly project: string;
  /** First 16 hex characters of the credential's SHA-256. */
  readonly credential: string;
}

export const SERVICE_TIERS = ['standard', 'flex', 'priority'] as const;
export type ServiceTier = (typeof SERVICE_TIERS)[number];

/** account + model + service tier. `name` is what configuration and operators call it. */
export interface Route {
  readonly name: string;
  readonly account: Account;
  readonly model: string;
  readonly tier: ServiceTier;
}

export interface Path {
  readonly route: Route;
  /** SHA-256 of the request payload with input bytes replaced by their digests. */
  readonly payloadDigest: string;
  /** SHA-256 of each input image, in order. */
  readonly inputs: readonly string[];
  /** Size, ratio and modalities as sent: `2K 16:9 TEXT+IMAGE`. */
  readonly format: string;
  /** SHA-256 over all of the above. */
  readonly fingerprint: string;
}

/**
 * `google/ai-studio/my-project`: what quotas, leases and the governor are kept by. Without the credential,
 * because the provider counts by project: two keys of one project share its limits
 * (docs/decisions/0019). A relay counts by its own rules, so its address belongs to it.
 */
export function quotaId({ provider, endpoint, project, baseUrl }: Account): string {
  return [provider, endpoint, project, ...(endpoint === 'custom' ? [baseUrl] : [])].join('/');
}

/** `google/ai-studio/my-project/ab12…`: one credential of a project. */
export function accountId(account: Account): string {
  return [account.provider, account.endpoint, account.project, account.credential].join('/');
}

/** The key of breakers and statistics. */
export function routeId(route: Route): string {
  return `${accountId(route.account)}/${route.model}/${route.tier}`;
}
