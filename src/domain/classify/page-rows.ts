/**
 * Web pages and bare CDN codes where JSON was due: nothing in them is the API's word. Who made the
 * page decides: Google's front end, Cloudflare, or some proxy.
 */
import type { Reading } from './reading.ts';
import type { Row } from './row.ts';
import { any, both, byGateway, code, not, row } from './row.ts';

const googlePage = (r: Reading): boolean => r.by.googlePage;
const page = (r: Reading): boolean => r.html && !r.by.google;
/** Cloudflare's own code, alone or in a sentence; `\b` keeps `(error code: 10200)` out. */
const cdnCode = (codes: string): RegExp => new RegExp(`\\berror(?: code)?:?\\s*(?:${codes})\\b`, 'i');
const ORIGIN_CODES = [520, 521, 522, 523, 524, 525, 526, 527, 530] as const;

export const PAGE_ROWS: readonly Row[] = [
  row(
    'cdn-rate-limit',
    'gateway-denial',
    'throttled',
    'named',
    any(cdnCode('1015|1027'), both(page, /you are being rate limited/i)),
  ),
  row(
    'cdn-block',
    'gateway-denial',
    'denied',
    'named',
    any(
      cdnCode('100[5-9]|101[0-3]|1020|1106'),
      both(
        page,
        /you have been blocked|attention required|just a moment|checking your browser|cf-chl|enable cookies|access denied/i,
      ),
    ),
  ),
  row(
    'cdn-origin',
    'gateway-fault',
    'origin-error',
    'named',
    both(
      not(googleSigned),
      any(
        cdnCode('5(?:2[0-7]|30)|1000|1001|1014|1016|1018|1033|110[0-4]'),
        code(...ORIGIN_CODES),
        (r) => r.httpStatus !== undefined && (ORIGIN_CODES as readonly number[]).includes(r.httpStatus),
      ),
    ),
  ),
  row(
    'google-page-location',
    'region',
    'bad-location',
    'inferred',
    both(googlePage, code(404), /\/locations\//),
  ),
  row('google-page-not-found', 'model-gone', 'not-on-endpoint', 'inferred', both(googlePage, code(404))),
  row('google-page-forbidden', 'region', 'wordless', 'inferred', both(googlePage, code(401, 403, 451))),
  row(
    'google-page-too-large',
    'invalid-request',
    'too-large',
    'inferred',
    both(googlePage, code(413, 414, 431)),
  ),
  row(
    'google-page-bad-request',
    'invalid-request',
    'argument',
    'guessed',
    both(googlePage, code(400, 405, 411, 415)),
  ),
  row('page-too-large', 'gateway-denial', 'body-limit', 'inferred', both(page, code(413, 414, 431))),
  row('page-throttled', 'gateway-denial', 'throttled', 'inferred', both(page, code(429))),
  row('page-denied', 'gateway-denial', 'denied', 'inferred', both(page, code(401, 402, 403, 407, 451, 511))),
  row('page-bad-gateway', 'gateway-fault', 'bad-gateway', 'inferred', both(page, code(500, 502, 503, 504))),
  row('page', 'gateway-fault', 'html-answer', 'inferred', page),
  row(
    'redirect',
    'gateway-fault',
    'not-gemini',
    'inferred',
    both(not(googleSigned), code(300, 301, 302, 303, 304, 307, 308)),
  ),
  row('proxy-login', 'gateway-denial', 'denied', 'named', both(not(googleSigned), code(407, 511))),
  row(
    'envoy',
    'gateway-fault',
    'bad-gateway',
    'inferred',
    both(
      not(googleSigned),
      /upstream connect error|no healthy upstream|disconnect\/reset before headers|upstream prematurely closed|application failed to respond|worker threw exception|bad gateway|FUNCTION_INVOCATION_FAILED/i,
      not(code(400, 401, 403, 404, 429)),
    ),
  ),
  row(
    'gateway-silent-timeout',
    'timeout',
    'gateway-timeout',
    'inferred',
    both(
      not(googleSigned),
      /endpoint request timed out|FUNCTION_INVOCATION_TIMEOUT|stream timeout|upstream request timeout|gateway time-?out/i,
    ),
  ),
  row(
    'page-parsed',
    'gateway-fault',
    'html-answer',
    'inferred',
    /unexpected token '?<|invalid character '<'|<!doctype.{0,20}is not valid json/i,
  ),
  row(
    'not-json',
    'gateway-fault',
    'not-gemini',
    'inferred',
    /unexpected token .{0,12}(?:in json|is not valid json)|unexpected end of json input|jsondecodeerror|expecting value: line 1|is not valid json|invalid json response|unexpected non-whitespace character after json/i,
  ),
  row(
    'gateway-blocked-words',
    'gateway-denial',
    'denied',
    'inferred',
    both(byGateway, /blocked by (?:cloudflare|our|the) (?:waf|firewall|security)/i),
  ),
];

function googleSigned(r: Reading): boolean {
  return r.by.google;
}
