/** Limits, load and faults on the provider's side: what passes with time. */
import { LONGEST_HINT_MS } from '../hint.ts';
import { worst } from './quota.ts';
import type { Reading } from './reading.ts';
import type { Row } from './row.ts';
import { any, both, byGateway, code, named, not, row } from './row.ts';

/** A reset this far away is a day's, whatever the answer calls it. */
const DAYLIKE_MS = 3_600_000;

const window =
  (name: string, unit?: string) =>
  (r: Reading): boolean => {
    const violation = worst(r.violations);
    return violation?.window === name && (unit === undefined || violation.unit === unit);
  };
export const exhausted = any(
  code(429),
  (r) => r.status === 'RESOURCE_EXHAUSTED',
  /quota (?:was |has been )?exceeded|exceeded your (?:current )?quota|rate limit (?:was |is )?(?:exceeded|reached)|too many requests|resource (?:has been )?exhausted/i,
);
const farHint = (r: Reading): boolean =>
  r.retryAfterMs !== undefined && r.retryAfterMs >= DAYLIKE_MS && r.retryAfterMs < LONGEST_HINT_MS;
const nearHint = (r: Reading): boolean => r.retryAfterMs !== undefined && r.retryAfterMs < DAYLIKE_MS;
const CAPACITY =
  /\boverloaded\b|high demand|(?:out of|no|insufficient|not enough) capacity|capacity (?:is )?(?:exhausted|exceeded|not available)|MODEL_CAPACITY_|(?:service|model|server|gemini)\b.{0,40}(?:is )?(?:currently|temporarily) (?:unavailable|overloaded|busy|not available)|(?:server|system|model|service|上游|系统|服务器?)\s*(?:is )?(?:too |very )?busy|(?:over|at|at full) ?capacity|service (?:is )?(?:temporarily )?unavailable|负载.{0,4}(?:饱和|过高|上限)|过载|繁忙|拥挤/i;

export const LOAD_ROWS: readonly Row[] = [
  row(
    'quota-storage',
    'quota-storage',
    'file-storage',
    'named',
    any(window('storage'), /FileStorageBytes|file[_ ]storage (?:quota|limit|bytes)/i),
  ),
  row(
    'free-tier-none',
    'quota-zero',
    'no-free-tier',
    'inferred',
    /(?:doesn'?t|does not) have a free (?:quota )?tier|not (?:available|included|offered|supported) (?:in|on|for|under) (?:the |your )?(?:free|current) (?:quota )?tier|no free (?:quota )?tier|free tier (?:quota )?(?:is )?not available/i,
  ),
  row(
    'limit-zero',
    'quota-zero',
    'limit-zero',
    'named',
    any(window('zero'), both(exhausted, /\blimit['"]?\s*[:=]\s*['"]?0(?![\d.])/i)),
  ),
  row('day-tokens', 'quota-day', 'tpd', 'named', window('day', 'tokens')),
  row('day-images', 'quota-day', 'ipd', 'named', window('day', 'images')),
  row('day-requests', 'quota-day', 'rpd', 'named', window('day')),
  row(
    'day-code',
    'quota-day',
    'rpd',
    'named',
    both(named('quota_exceeded', 'QUOTA_EXHAUSTED'), not(nearHint)),
  ),
  row(
    'day-words',
    'quota-day',
    'rpd',
    'inferred',
    both(
      exhausted,
      not(byGateway),
      not(/free-models-per/i),
      /per[ _-]day|\bdaily\b|\bRPD\b|for today|requests\/day|每(?:日|天)|当日|今日/i,
    ),
  ),
  row('model-capacity', 'capacity', 'overloaded', 'inferred', both(CAPACITY, not(window('minute')))),
  row('minute-tokens', 'quota-minute', 'tpm', 'named', window('minute', 'tokens')),
  row('minute-images', 'quota-minute', 'ipm', 'named', window('minute', 'images')),
  row('minute-requests', 'quota-minute', 'rpm', 'named', window('minute')),
  row(
    'shared-capacity',
    'capacity',
    'shared-capacity',
    'inferred',
    any(
      both(
        exhausted,
        /error-code-429|resource exhausted[.,]? (?:please )?try again later|dynamic shared quota|provisioned throughput/i,
      ),
    ),
  ),
  row('far-reset', 'quota-day', 'rpd', 'inferred', both(exhausted, farHint)),
  row(
    'minute-code',
    'quota-minute',
    'rpm',
    'inferred',
    both(
      exhausted,
      any(
        both(
          named(
            'RATE_LIMIT_EXCEEDED',
            'REQUEST_LIMIT_EXCEEDED',
            'QUOTA_EXHAUSTED',
            'QUOTA_EXCEEDED',
            'rate_limit_exceeded',
            'quota_exceeded',
          ),
          (r) => !r.by.gateway || r.by.google,
        ),
        /per[ _-]minute|\bRPM\b|\bTPM\b|requests\/min|每分钟/i,
      ),
    ),
  ),
  row(
    'deadline',
    'timeout',
    'server-deadline',
    'inferred',
    both(
      /deadline[ _](?:expired|exceeded)|DeadlineExceeded|DEADLINE_EXCEEDED/i,
      not(/context deadline exceeded/i),
    ),
  ),
  row(
    'cancelled-locally',
    'cancelled',
    'caller',
    'inferred',
    /locally cancell?ed|cancell?ed by (?:the )?(?:user|caller|client)/i,
  ),
  row(
    'server-cancelled',
    'capacity',
    'server-cancelled',
    'named',
    any(
      (r) => r.status === 'CANCELLED',
      named('cancelled'),
      code(499),
      /operation was cancell?ed|client closed request/i,
    ),
  ),
  row(
    'internal-words',
    'internal',
    'internal',
    'inferred',
    both(
      /an internal error has occurred|internal error (?:occurred|encountered)|internal server error during|due to (?:an )?internal error/i,
      not(code(400, 401, 403, 404, 429)),
    ),
  ),
  row(
    'quota-unnamed',
    'quota-unknown',
    'no-details',
    'inferred',
    both(exhausted, (r) => r.by.google),
  ),
];
