import { describe, expect, it } from 'vitest';
import type { BrokenBy, CallStage, ErrorFacts, Evidence } from '../../../src/domain/evidence.ts';
import { answer, failure, google, named, text } from './evidence-of.ts';

const fetchFailed = (code: string): ErrorFacts => ({
  name: 'TypeError',
  message: 'fetch failed',
  cause: { name: 'Error', message: '', code },
});
const broken = (by: BrokenBy, stage: CallStage, error: ErrorFacts): Evidence => ({
  outcome: { kind: 'broken', by, stage, error },
});
const abort: ErrorFacts = { name: 'AbortError', message: 'This operation was aborted' };

describe('broken calls: who ended them decides', () => {
  it('the caller → cancelled, whatever the error says', () => {
    expect(named(broken('caller', 'sent', fetchFailed('UND_ERR_HEADERS_TIMEOUT')))).toBe('cancelled/caller');
  });
  it('our timer → timeout, although the error is the same AbortError', () => {
    expect(named(broken('our-timeout', 'sent', abort))).toBe('timeout/client-timeout');
  });
  it('nobody known → cancelled is inferred from the AbortError', () => {
    expect(failure(broken('unknown', 'sent', abort))).toMatchObject({
      branch: 'cancelled',
      certainty: 'inferred',
    });
  });
  it('a lost worker → interrupted, possibly billed', () => {
    expect(failure({ outcome: { kind: 'lost' } })).toMatchObject({
      branch: 'interrupted',
      reason: 'no-answer',
      billed: 'possible',
    });
  });
});

describe('broken calls: by code', () => {
  it.each([
    ['ENOTFOUND', 'network/dns'],
    ['EAI_AGAIN', 'network/dns'],
    ['ECONNREFUSED', 'network/refused'],
    ['ECONNRESET', 'network/reset'],
    ['EPIPE', 'network/reset'],
    ['UND_ERR_SOCKET', 'network/reset'],
    ['ETIMEDOUT', 'network/unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'network/unreachable'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout/headers-timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'timeout/headers-timeout'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'network/tls'],
    ['EPROTO', 'network/tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'network/tls'],
    ['E_SOMETHING_NEW', 'network/other'],
  ])('%s → %s', (code, verdict) => {
    expect(named(broken('network', 'sent', fetchFailed(code)))).toBe(verdict);
  });
  it('a check of the SDK before any request → invalid-request, not billed', () => {
    const message =
      'personGeneration parameter is only supported in Gemini Enterprise Agent Platform mode, not in Gemini Developer API mode.';
    expect(failure(broken('unknown', 'before-send', { name: 'Error', message }))).toMatchObject({
      branch: 'invalid-request',
      reason: 'unsupported',
      billed: 'no',
    });
  });
  it('something unheard of → unknown', () => {
    expect(named(broken('unknown', 'sent', { name: 'RangeError', message: 'out of cheese' }))).toBe(
      'unknown/unrecognised',
    );
  });
});

describe('billed', () => {
  it.each<[CallStage, string]>([
    ['before-send', 'no'],
    ['sent', 'possible'],
    ['reading-body', 'possible'],
  ])('a connection lost %s → %s', (stage, billed) => {
    expect(failure(broken('network', stage, fetchFailed('ECONNRESET'))).billed).toBe(billed);
  });
  it.each<[string, Evidence, string]>([
    ["Google's own 504", answer(504, google(504, 'DEADLINE_EXCEEDED', 'Deadline expired.')), 'no'],
    ["Google's own 500", answer(500, google(500, 'INTERNAL', 'Internal error encountered.')), 'no'],
    [
      "Google's 503 in a relay's 500",
      answer(500, {
        error: { message: JSON.stringify(google(503, 'UNAVAILABLE', 'overloaded')), code: '500' },
      }),
      'no',
    ],
    ["a proxy's 502", answer(502, '<html><body>502 Bad Gateway</body></html>'), 'possible'],
    [
      "a proxy's 504",
      answer(504, '<html><head><title>504 Gateway Time-out</title></head></html>'),
      'possible',
    ],
    [
      'an SDK that prints a 502 of a proxy',
      text('[GoogleGenerativeAI Error]: Error fetching from https://x: [502 Bad Gateway] '),
      'possible',
    ],
    ["Cloudflare's 524", answer(524, 'error code: 524'), 'possible'],
    [
      'a relay that could not write the image back',
      answer(500, {
        error: {
          type: 'shell_api_error',
          code: 'write_response_body_failed',
          message: 'write tcp: connection reset by peer',
        },
      }),
      'possible',
    ],
    [
      "a relay's own 500",
      answer(500, {
        error: { code: 'http_error', message: 'Internal server error during gemini_generate_content' },
      }),
      'possible',
    ],
    ["a proxy's 403", answer(403, '<html><body>403 Forbidden</body></html>'), 'no'],
    ['a name that does not resolve', text('getaddrinfo ENOTFOUND generativelanguage.googleapis.com'), 'no'],
  ])('%s → %s', (_, evidence, billed) => {
    expect(failure(evidence).billed).toBe(billed);
  });
});
