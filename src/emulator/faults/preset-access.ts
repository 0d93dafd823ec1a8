/** Who may call, and from where: keys, permissions, suspended projects, regions. */
import { googleError, invalidArgument } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { keyInvalid, keyLeaked, keyMissing } from '../keys.ts';
import { tokenExpired } from '../vertex/access.ts';
import { front } from './preset.ts';
import type { PresetTable } from './preset.ts';

const DOMAIN = 'googleapis.com';
const SERVICE = 'generativelanguage.googleapis.com';

function errorInfo(
  reason: string,
  metadata: Readonly<Record<string, string>> = { service: SERVICE },
): unknown {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: DOMAIN, metadata };
}

const denied = (message: string, details?: readonly unknown[]) => (): Answer =>
  googleError(403, 'PERMISSION_DENIED', message, details);

const METHOD = 'google.ai.generativelanguage.v1beta.GenerativeService.GenerateContent';

export const ACCESS_PRESETS = {
  'key-invalid': front('400, the key is not valid', 'permission', keyInvalid),
  'key-expired': front('400, the key expired', 'permission', () =>
    invalidArgument('API key expired. Please renew the API key.', [errorInfo('API_KEY_INVALID')]),
  ),
  'key-missing': front('403, no key came along', 'permission', keyMissing),
  'key-leaked': front('403, the key was reported as leaked', 'permission', keyLeaked),
  'key-restricted': front(
    "403, the key's referrer rule blocks",
    'permission',
    denied('Requests from referer <empty> are blocked.', [
      errorInfo('API_KEY_HTTP_REFERRER_BLOCKED', { service: SERVICE, httpReferrer: '<empty>' }),
    ]),
  ),
  'key-method-blocked': front(
    '403, the key may not call this method',
    'permission',
    denied(`Requests to this API ${SERVICE} method ${METHOD} are blocked.`, [
      errorInfo('API_KEY_SERVICE_BLOCKED', { service: SERVICE, methodName: METHOD }),
    ]),
  ),
  unauthenticated: front('401, wrong kind of credential', 'permission', () =>
    googleError(
      401,
      'UNAUTHENTICATED',
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      [errorInfo('ACCESS_TOKEN_TYPE_UNSUPPORTED', { method: METHOD, service: SERVICE })],
    ),
  ),
  'token-expired': front('401, the access token is too old', 'permission', tokenExpired),
  'api-disabled': front(
    '403, the API is not enabled in the project',
    'permission',
    denied(
      'Generative Language API has not been used in project 123456789012 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/generativelanguage.googleapis.com/overview?project=123456789012 then retry.',
      [errorInfo('SERVICE_DISABLED', { service: SERVICE, consumer: 'projects/123456789012' })],
    ),
  ),
  suspended: front(
    '403, the consumer is suspended',
    'permission',
    denied("Permission denied: Consumer 'projects/123456789012' has been suspended.", [
      errorInfo('CONSUMER_SUSPENDED', { service: SERVICE, consumer: 'projects/123456789012' }),
    ]),
  ),
  iam: front(
    '403, an IAM permission is missing',
    'permission',
    denied(
      "Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/p/locations/global/publishers/google/models/m' (or it may not exist).",
      [errorInfo('IAM_PERMISSION_DENIED', { permission: 'aiplatform.endpoints.predict' })],
    ),
  ),
  'permission-denied': front(
    '403 without a finer reason',
    'permission',
    denied('The caller does not have permission'),
  ),
  region: front('400, the location is not supported', 'region', () =>
    googleError(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
  ),
  'region-images': front('400, no image generation in this country', 'region', () =>
    googleError(400, 'FAILED_PRECONDITION', 'Image generation is not available in your country'),
  ),
} as const satisfies PresetTable;
