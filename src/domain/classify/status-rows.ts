/** Last resort: a status word, a code in words, or no more than the number of an HTTP status. */
import { exhausted } from './load-rows.ts';
import type { Reading } from './reading.ts';
import type { RpcStatus } from './rpc-status.ts';
import type { Row } from './row.ts';
import { any, both, byGateway, code, named, row } from './row.ts';

const status =
  (...words: readonly RpcStatus[]) =>
  (r: Reading): boolean =>
    r.status !== undefined && words.includes(r.status);
const silent = (r: Reading): boolean => r.silent;
const wordless = (r: Reading): boolean => r.silent && r.status === undefined;

export const STATUS_ROWS: readonly Row[] = [
  row('quota-words', 'quota-unknown', 'no-details', 'inferred', exhausted),
  row('status-unauthenticated', 'permission', 'denied', 'named', status('UNAUTHENTICATED')),
  row(
    'status-permission',
    'permission',
    'denied',
    'named',
    any(status('PERMISSION_DENIED'), named('permission_denied')),
  ),
  row('status-not-found', 'model-gone', 'not-found', 'named', any(status('NOT_FOUND'), named('not_found'))),
  row(
    'status-precondition',
    'billing',
    'billing-required',
    'guessed',
    any(status('FAILED_PRECONDITION'), named('failed_precondition')),
  ),
  row('status-unimplemented', 'invalid-request', 'unsupported', 'named', status('UNIMPLEMENTED')),
  row('status-invalid', 'invalid-request', 'argument', 'named', status('INVALID_ARGUMENT', 'OUT_OF_RANGE')),
  row('status-deadline', 'timeout', 'server-deadline', 'named', status('DEADLINE_EXCEEDED')),
  row('status-unavailable', 'capacity', 'overloaded', 'named', status('UNAVAILABLE')),
  row(
    'status-internal',
    'internal',
    'internal',
    'named',
    any(status('INTERNAL', 'UNKNOWN', 'DATA_LOSS', 'ABORTED'), named('api_error')),
  ),
  row('http-403-relay', 'gateway-denial', 'denied', 'guessed', both(code(401, 403), byGateway)),
  row('http-403-wordless', 'region', 'wordless', 'guessed', both(code(403), wordless)),
  row('http-403', 'permission', 'denied', 'guessed', code(401, 403)),
  row('http-404', 'model-gone', 'not-on-endpoint', 'guessed', code(404)),
  row('http-410', 'model-gone', 'shut-down', 'guessed', code(410)),
  row('http-408', 'timeout', 'gateway-timeout', 'guessed', code(408)),
  row(
    'http-413',
    'gateway-denial',
    'body-limit',
    'guessed',
    both(code(413, 414, 431), (r) => !r.by.google),
  ),
  row('http-413-google', 'invalid-request', 'too-large', 'guessed', code(413, 414, 431)),
  row('http-400-silent', 'gateway-fault', 'empty-answer', 'guessed', both(code(400), silent)),
  row(
    'http-4xx',
    'invalid-request',
    'argument',
    'guessed',
    code(400, 405, 406, 411, 412, 415, 416, 422, 501),
  ),
  row('http-502', 'gateway-fault', 'bad-gateway', 'guessed', code(502)),
  row('http-504', 'timeout', 'gateway-timeout', 'guessed', code(504)),
  row('http-503', 'capacity', 'overloaded', 'guessed', code(503)),
  row(
    'http-5xx-silent',
    'gateway-fault',
    'empty-answer',
    'guessed',
    both(
      any(code(500), (r) => (r.code ?? 0) > 504),
      silent,
      byGateway,
    ),
  ),
  row('http-500', 'internal', 'internal', 'guessed', code(500)),
  row('http-5xx', 'gateway-fault', 'relay-error', 'guessed', (r) => (r.code ?? 0) > 504),
];
