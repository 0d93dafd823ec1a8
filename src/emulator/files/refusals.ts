/** Google's words for files that cannot be used, and for a project whose storage is full. */
import { googleError, invalidArgument } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { QUOTA_HEADLINE } from '../quota-errors.ts';

export function fileForbidden(id: string): Answer {
  return googleError(
    403,
    'PERMISSION_DENIED',
    `You do not have permission to access the File ${id} or it may not exist.`,
  );
}

export function fileNotActive(id: string): Answer {
  return googleError(
    400,
    'FAILED_PRECONDITION',
    `The File ${id} is not in an ACTIVE state and usage is not allowed.`,
  );
}

export function urlNotFetchable(): Answer {
  return invalidArgument('Cannot fetch content from the provided URL.');
}

/** No time makes room by itself: RetryInfo says the longest that a duration can hold. */
const INT64_MAX_SECONDS = '9223372036854775807s';

export function storageExceeded(limitBytes: number): Answer {
  return googleError(429, 'RESOURCE_EXHAUSTED', QUOTA_HEADLINE, [
    {
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [
        {
          quotaMetric: 'generativelanguage.googleapis.com/file_storage_bytes',
          quotaId: 'FileStorageBytesPerProject',
          // proto3 JSON leaves out a zero.
          ...(limitBytes > 0 ? { quotaValue: String(limitBytes) } : {}),
        },
      ],
    },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: INT64_MAX_SECONDS },
  ]);
}
