/**
 * Turns a refusal into {@link StoreUnavailable}: which store and key, what was said, and what a person can
 * do about it. Anything else (an abort, a bug, an error of the store's own) is passed through, because
 * retrying would not cure it.
 */
import { StoreUnavailable } from './errors.ts';
import { S3Refusal } from './s3-refusal.ts';

const RIGHTS =
  'allow these credentials s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on the objects and s3:ListBucket on the bucket, without which S3 denies also what is not there';
const KEYS =
  'check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile: this server does not know them';
const NO_KEYS =
  'give this process credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role of the machine';
const EXPIRED = 'renew the temporary credentials, or let a role or a profile renew them by itself';
const REGION = 'name the region of the bucket: ?region=… in the URL of the store, or AWS_REGION';
const CLOCK = 'set the clock of this machine (NTP), then it continues by itself';
const FULL = 'free space or raise the quota of the server; nothing stored is lost';
const AWAY = 'check the server, the endpoint and the network, then it continues by itself';
const NAME = 'check the endpoint, and the name server of this machine';
const TLS =
  'check the certificate of the server; give the file of your own authority in NODE_EXTRA_CA_CERTS; http:// and https:// must be as the server speaks';
const CHANGED =
  'the bytes were changed on their way: check the network and what lies between; it continues by itself';
const BUSY = 'the server asks for less or has trouble of its own: it continues by itself';
export const NO_CONDITIONS =
  'this server does not refuse to write what is there already, so two processes cannot agree on who was first: use one that honours If-None-Match, such as AWS S3 or a current MinIO, Ceph or Versity gateway';

const CURES: Readonly<Record<string, string>> = {
  NoSuchBucket: 'create the bucket, or correct its name in the URL of the store',
  AccessDenied: RIGHTS,
  AllAccessDisabled: RIGHTS,
  Forbidden: RIGHTS,
  'HTTP 403': RIGHTS,
  InvalidAccessKeyId: KEYS,
  SignatureDoesNotMatch: KEYS,
  InvalidToken: KEYS,
  XAdminUserNotFound: KEYS,
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  CredentialsProviderError: NO_KEYS,
  PermanentRedirect: REGION,
  AuthorizationHeaderMalformed: REGION,
  IllegalLocationConstraintException: REGION,
  RegionMissing: REGION,
  'HTTP 301': REGION,
  RequestTimeTooSkewed: CLOCK,
  RequestExpired: CLOCK,
  QuotaExceeded: FULL,
  InsufficientStorage: FULL,
  XMinioStorageFull: FULL,
  'HTTP 507': FULL,
  SlowDown: BUSY,
  ServiceUnavailable: BUSY,
  InternalError: BUSY,
  'HTTP 500': BUSY,
  'HTTP 503': BUSY,
  NotImplemented: NO_CONDITIONS,
  XAmzContentSHA256Mismatch: CHANGED,
  BadDigest: CHANGED,
  KeyTooLongError: 'choose a shorter prefix for the store',
  InvalidObjectState:
    'the object was moved to an archive: restore it, and keep the store out of archiving lifecycle rules',
  NoContentLength: 'something between here and the server changes its answers: let it pass them as they are',
  ENOTFOUND: NAME,
  EAI_AGAIN: NAME,
  ECONNREFUSED: AWAY,
  ECONNRESET: AWAY,
  EPIPE: AWAY,
  ETIMEDOUT: AWAY,
  EHOSTUNREACH: AWAY,
  ENETUNREACH: AWAY,
  TimeoutError: AWAY,
  EPROTO: TLS,
  CERT_HAS_EXPIRED: TLS,
  DEPTH_ZERO_SELF_SIGNED_CERT: TLS,
  SELF_SIGNED_CERT_IN_CHAIN: TLS,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TLS,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TLS,
  ERR_TLS_CERT_ALTNAME_INVALID: TLS,
  ERR_MODULE_NOT_FOUND: 'npm install @aws-sdk/client-s3, then start again',
};

/** `store` is the store's `describe()`; `action` completes "cannot …". */
export function s3Failure(error: unknown, store: string, action: string): unknown {
  if (!(error instanceof S3Refusal)) return error;
  const { code, key, message } = error;
  const cure = CURES[code] ?? 'look the error up for this server, then it continues by itself';
  const where = key === '' ? '' : ` at ${key}`;
  return new StoreUnavailable(
    `artifact store ${store}: cannot ${action}${where} (${code}: ${message}) — operator: ${cure}`,
    { cause: error },
  );
}
