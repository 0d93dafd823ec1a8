/**
 * What answers of such a provider mean, from the wire to the branch: its own errors, a gateway's before it, a
 * relay's behind it, and answers that were billed without an image.
 */
import { describe, expect, it } from 'vitest';
import { extractResponse } from '../../src/artifacts/extract.ts';
import { readContent } from '../../src/artifacts/contents.ts';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { classify } from '../../src/domain/classify/index.ts';
import type { Handler } from './server.ts';
import { CALL, PIXEL, WITHIN, json, served } from './server.ts';

const store = new MemoryArtifactStore();

async function extractionOf(handler: Handler) {
  const { port } = await served('images', handler);
  const { outcome } = await port.generate(CALL, WITHIN);
  if (outcome.kind === 'broken') throw new Error(outcome.error.message);
  const { sha256 } = await store.put(outcome.body, 'application/json');
  return { outcome, extraction: await extractResponse(store, sha256) };
}

async function verdictOn(handler: Handler): Promise<string> {
  const { outcome, extraction } = await extractionOf(handler);
  const { bodyForClassifier: body, checks: imageChecks } = extraction;
  const { status, headers } = outcome;
  const verdict = classify({
    outcome: { kind: 'answer', status, headers, body, imageChecks },
    model: CALL.model,
  });
  const { branch, billed } = verdict;
  return 'reason' in verdict ? `${branch}/${verdict.reason} ${billed}` : `${branch} ${billed}`;
}

const error =
  (status: number, message: string, type: string, code: string | null = null): Handler =>
  (response) =>
    json(response, { error: { message, type, param: null, code } }, status);
const page =
  (status: number): Handler =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'text/html', server: 'nginx' })
      .end('<html><h1>hm</h1></html>');

describe('openai verdicts', () => {
  const rows: readonly (readonly [string, Handler, string])[] = [
    [
      "the provider's own key error",
      error(401, 'Incorrect API key provided: sk-1****9.', 'invalid_request_error', 'invalid_api_key'),
      'permission/key-invalid no',
    ],
    [
      "the provider's own limit",
      error(
        429,
        'Rate limit reached for gpt-image-1 on images per min: Limit 5.',
        'x',
        'rate_limit_exceeded',
      ),
      'quota-minute/rpm no',
    ],
    [
      'an account without credit',
      error(429, 'You exceeded your current quota.', 'insufficient_quota', 'insufficient_quota'),
      'gateway-denial/out-of-credit no',
    ],
    [
      'a hard billing limit',
      error(400, 'Billing hard limit has been reached', 'x', 'billing_hard_limit_reached'),
      'gateway-denial/out-of-credit no',
    ],
    [
      "the provider's own fault",
      error(500, 'The server had an error.', 'server_error'),
      'internal/internal possible',
    ],
    [
      "a relay's fault behind which a call may have been billed",
      error(500, 'bad response status code 502', 'upstream_error', 'bad_response_status_code'),
      'gateway-fault/relay-error possible',
    ],
    ['a page of a gateway', page(502), 'gateway-fault/bad-gateway possible'],
    ['a page with status 200', page(200), 'gateway-fault/html-answer possible'],
    [
      'a refusal of the safety system',
      error(400, 'Your request was rejected by the safety system.', 'x', 'moderation_blocked'),
      'policy/prohibited-content no',
    ],
    [
      'an unknown model',
      error(404, "The model 'm' does not exist.", 'invalid_request_error', 'model_not_found'),
      'model-gone/not-found no',
    ],
    ['an image', (response) => json(response, { data: [{ b64_json: PIXEL }] }), 'success yes'],
    [
      'a link that is gone',
      (response, { request }, origin) => {
        if (request.url?.startsWith('/v1')) json(response, { data: [{ url: `${origin}/gone.png` }] });
        else response.writeHead(404).end();
      },
      'no-image/corrupt-image yes',
    ],
    [
      'a link to a page',
      (response, { request }, origin) => {
        if (request.url?.startsWith('/v1')) json(response, { data: [{ url: `${origin}/login` }] });
        else response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      },
      'no-image/corrupt-image yes',
    ],
  ];
  it.each(rows)('%s', async (_, handler, verdict) => {
    expect(await verdictOn(handler)).toBe(verdict);
  });

  it('an image leaves contents from which a session goes on elsewhere, without a signature', async () => {
    const { extraction } = await extractionOf((response) => json(response, { data: [{ b64_json: PIXEL }] }));
    expect(await readContent(store, extraction.contents ?? '')).toMatchObject({
      role: 'model',
      parts: [{ inlineData: { data: PIXEL } }],
    });
  });
});
