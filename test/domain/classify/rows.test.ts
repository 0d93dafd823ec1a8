/** Every row of the table decides something, and every branch can be reached. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BRANCHES } from '../../../src/domain/branch.ts';
import { readCorpusLine } from '../../../src/domain/classify/corpus-line.ts';
import { classify } from '../../../src/domain/classify/index.ts';
import { TABLE } from '../../../src/domain/classify/table.ts';
import type { Evidence } from '../../../src/domain/evidence.ts';
import { answer, google, nameOf, quotaFailure, text } from './evidence-of.ts';
import * as texts from './texts.ts';

const googlePage = (code: number, words = '') =>
  `<!DOCTYPE html><html lang=en><title>Error ${code} (x)!!1</title><body style="background:url(//www.google.com/images/errors/robot.png)">${words} That's an error.</body></html>`;
const plain = (code: number, message: string) => ({ error: { code, message } });
const google503 = { 'server-timing': 'gfet4t7; dur=836' };

/** Rule, verdict, evidence: rows that no wording of the wild reaches. */
const ROWS: readonly (readonly [rule: string, verdict: string, evidence: Evidence])[] = [
  [
    'google-page-not-found',
    'model-gone/not-on-endpoint',
    answer(404, googlePage(404, 'The requested URL /v1/x was not found')),
  ],
  [
    'google-page-forbidden',
    'region/wordless',
    answer(403, googlePage(403, 'Your client does not have permission to get URL /v1beta')),
  ],
  ['google-page-too-large', 'invalid-request/too-large', answer(413, googlePage(413))],
  ['google-page-bad-request', 'invalid-request/argument', answer(400, googlePage(400))],
  [
    'page-throttled',
    'gateway-denial/throttled',
    answer(429, '<html><title>429 Too Many Requests</title></html>'),
  ],
  ['page', 'gateway-fault/html-answer', answer(404, '<html><title>404 Not Found</title></html>')],
  ['redirect', 'gateway-fault/not-gemini', answer(302, '', { location: 'https://login.example/' })],
  ['proxy-login', 'gateway-denial/denied', answer(407, 'Proxy Authentication Required')],
  [
    'page-parsed',
    'gateway-fault/html-answer',
    text('SyntaxError: Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON'),
  ],
  ['not-json', 'gateway-fault/not-gemini', text('SyntaxError: Unexpected end of JSON input')],
  [
    'gateway-blocked-words',
    'gateway-denial/denied',
    answer(400, 'Request blocked by our WAF', { 'cf-ray': 'x' }),
  ],
  ['region-page', 'region/location', answer(451, plain(451, 'Unavailable'))],
  ['told-block-unknown', 'safety-prompt/unknown-block', text('blockReason: SOMETHING_ELSE')],
  [
    'told-image-withheld',
    'safety-image/image-other',
    text('finishReason: IMAGE_OTHER. Images were filtered out'),
  ],
  ['content-filter', 'safety-prompt/other', text('The request was stopped by the content filter')],
  [
    'day-images',
    'quota-day/ipd',
    answer(
      429,
      google(429, 'RESOURCE_EXHAUSTED', 'x', [
        quotaFailure({ quotaId: 'ImagesPerDayPerProject', quotaValue: '9' }),
      ]),
    ),
  ],
  ['cancelled-locally', 'cancelled/caller', text('StatusCode.CANCELLED: Locally cancelled by application!')],
  [
    'invalid-code',
    'invalid-request/argument',
    answer(400, { error: { code: 'invalid_request', message: 'x' } }),
  ],
  [
    'relay-timeout',
    'timeout/gateway-timeout',
    answer(500, { error: { message: 'timeout awaiting response', type: 'server_error' } }),
  ],
  [
    'relay-network',
    'gateway-fault/relay-error',
    answer(500, { error: { message: 'read: connection reset by peer', type: 'server_error' } }),
  ],
  ['status-not-found', 'model-gone/not-found', answer(404, google(404, 'NOT_FOUND', 'x'))],
  ['status-unimplemented', 'invalid-request/unsupported', answer(501, google(501, 'UNIMPLEMENTED', 'x'))],
  ['status-invalid', 'invalid-request/argument', text('StatusCode.INVALID_ARGUMENT', 404)],
  ['status-deadline', 'timeout/server-deadline', answer(504, google(504, 'DEADLINE_EXCEEDED', 'x'))],
  [
    'http-403-relay',
    'gateway-denial/denied',
    answer(403, plain(403, 'no such plan (request id: 202505270830536917459243)')),
  ],
  ['http-404', 'model-gone/not-on-endpoint', answer(404, '')],
  ['http-410', 'model-gone/shut-down', answer(410, plain(410, 'x'))],
  ['http-408', 'timeout/gateway-timeout', answer(408, plain(408, 'x'))],
  ['http-413', 'gateway-denial/body-limit', answer(413, '')],
  ['http-413-google', 'invalid-request/too-large', answer(413, plain(413, 'x'), google503)],
  ['http-4xx', 'invalid-request/argument', answer(422, plain(422, 'x'))],
  ['http-504', 'timeout/gateway-timeout', answer(504, plain(504, 'x'))],
  ['http-503', 'capacity/overloaded', answer(503, plain(503, 'x'))],
  ['http-5xx-silent', 'gateway-fault/empty-answer', answer(500, '', { server: 'nginx' })],
  ['http-5xx', 'gateway-fault/relay-error', answer(599, plain(599, 'x'))],
];

describe('rows', () => {
  it.each(ROWS)('%s → %s', (rule, verdict, evidence) => {
    const found = classify(evidence);
    expect([found.rule, nameOf(found)]).toEqual([rule, verdict]);
  });
});

describe('reach', () => {
  const corpus = readFileSync(new URL('../../corpus/cases.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => readCorpusLine(JSON.parse(line)).evidence);
  const wordings = Object.values(texts).flat();
  const verdicts = [
    ...corpus,
    ...ROWS.map(([, , evidence]) => evidence),
    ...wordings.map(([, said, status]) => text(said, status)),
    ...wordings.map(([, said, status]) => answer(status ?? 500, said)),
    { outcome: { kind: 'lost' } } as const,
  ].map((evidence) => classify(evidence));

  it('every row of the table decides something', () => {
    const hit = new Set(verdicts.map(({ rule }) => rule));
    expect(TABLE.map(({ id }) => id).filter((id) => !hit.has(id))).toEqual([]);
  });
  it('every branch is reached', () => {
    const hit = new Set<string>(verdicts.map(({ branch }) => branch));
    expect(BRANCHES.filter((branch) => !hit.has(branch))).toEqual([]);
  });
  it('rule ids are unique', () => {
    const ids = TABLE.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
