/** Laws that hold for every input, tried on generated ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BRANCHES, isBranch, isStopBranch } from '../../../src/domain/branch.ts';
import { classify } from '../../../src/domain/classify/index.ts';
import type { Evidence } from '../../../src/domain/evidence.ts';
import { readResponse } from '../../../src/domain/response-parts.ts';
import { REASONS } from '../../../src/domain/reason.ts';
import { answer, candidate, google, image, nameOf, quotaFailure, retryInfo, text } from './evidence-of.ts';

const RUNS = { numRuns: 300 };
const status = fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constant(200));
/** Keys and words of real answers, so that the generated ones reach past the first question. */
const wild = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.jsonValue(),
    fc.constantFrom(
      'IMAGE_SAFETY',
      'RESOURCE_EXHAUSTED',
      '{"error":{',
      'limit: 0',
      '<html>',
      'retry in 5s',
      null,
      429,
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        ...['error', 'message', 'code', 'status', 'details', '@type', 'violations', 'quotaId', 'metadata'],
        ...[
          'candidates',
          'content',
          'parts',
          'finishReason',
          'inlineData',
          'data',
          'mimeType',
          'promptFeedback',
        ],
        ...[
          'blockReason',
          'safetyRatings',
          'usageMetadata',
          'steps',
          'predictions',
          'choices',
          'raw',
          'retryDelay',
        ],
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;

const holds = (evidence: Evidence): void => {
  const verdict = classify(evidence);
  if (verdict.branch === 'success') {
    expect(verdict.billed).toBe('yes');
    return;
  }
  expect(BRANCHES).toContain(verdict.branch);
  expect(Object.keys(REASONS[verdict.branch])).toContain(verdict.reason);
  expect(typeof verdict.message).toBe('string');
  expect(verdict.rule).not.toBe('');
  const { retryAfterMs } = verdict;
  if (retryAfterMs !== undefined) expect(retryAfterMs >= 0 && retryAfterMs <= 86_400_000).toBe(true);
};

describe('total: any input gets a verdict, none throws', () => {
  it('any JSON as a body', () => {
    fc.assert(
      fc.property(status, wild, (code, body) => holds(answer(code, body))),
      RUNS,
    );
  });
  it('any text as a body or as printed text', () => {
    const said = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.jsonValue().map((value) => `429 {${JSON.stringify(value)}`),
      fc.tuple(fc.string(), wild).map(([lead, value]) => `${lead}: ${JSON.stringify(value)?.slice(0, 200)}`),
    );
    fc.assert(
      fc.property(status, said, (code, body) => {
        holds(answer(code, body));
        holds(text(body, code));
      }),
      RUNS,
    );
  });
  it('a text of ten thousand brackets, quotes or backslashes', () => {
    for (const char of [
      '{',
      '[',
      '"',
      "'",
      '\\',
      '{"a":',
      '[{',
      '{"error":',
      'data: {',
      '\\"',
      'violations {',
      '1h',
    ]) {
      const long = char.repeat(10_000);
      holds(text(long));
      holds(answer(500, long));
      holds(answer(200, long));
    }
  });
  it('an object ten thousand levels deep', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 10_000; level += 1) deep = level % 2 === 0 ? { error: deep } : [deep];
    holds(answer(500, deep));
    holds(answer(200, deep));
  });
  it('an object that contains itself', () => {
    const loop: Record<string, unknown> = { code: 429 };
    loop['error'] = loop;
    loop['candidates'] = [{ content: { parts: [loop] } }];
    holds(answer(429, loop));
    holds(answer(200, loop));
  });
  it('keys that mean something to JavaScript', () => {
    const body: unknown = JSON.parse(
      '{"__proto__":{"message":"x"},"constructor":1,"hasOwnProperty":2,"error":{"toString":3}}',
    );
    holds(answer(500, body));
    holds(text('{"__proto__": {"error": 1}, "error": {"constructor": "x"'));
  });
});

/** Errors of Google's, each with the branch it belongs to. */
const SIGNED: readonly (readonly [string, number, unknown])[] = [
  ['capacity', 503, google(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')],
  [
    'capacity',
    429,
    google(429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later. See error-code-429'),
  ],
  ['internal', 500, google(500, 'INTERNAL', 'Internal error encountered.')],
  ['timeout', 504, google(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.')],
  [
    'permission',
    403,
    google(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.'),
  ],
  ['permission', 400, google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.')],
  ['region', 400, google(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.')],
  ['billing', 429, google(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.')],
  ['spend-window', 429, google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your spend-based rate limit.')],
  [
    'policy',
    400,
    google(
      400,
      'INVALID_ARGUMENT',
      "This prompt contains sensitive words that violate Google's Responsible AI practices.",
    ),
  ],
  [
    'signature',
    400,
    google(
      400,
      'INVALID_ARGUMENT',
      'Image part is missing a thought_signature in content position 3, part position 1.',
    ),
  ],
  [
    'file',
    403,
    google(
      403,
      'PERMISSION_DENIED',
      'You do not have permission to access the File abc or it may not exist.',
    ),
  ],
  [
    'model-gone',
    404,
    google(
      404,
      'NOT_FOUND',
      'models/x is not found for API version v1beta, or is not supported for generateContent.',
    ),
  ],
  ['invalid-request', 400, google(400, 'INVALID_ARGUMENT', 'Image size 2K is not supported for this model')],
  [
    'quota-minute',
    429,
    google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      quotaFailure({ quotaId: 'RequestsPerMinute', quotaValue: '5' }),
      retryInfo('34s'),
    ]),
  ],
  [
    'quota-day',
    429,
    google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      quotaFailure({ quotaId: 'RequestsPerDay', quotaValue: '5' }),
      retryInfo('22s'),
    ]),
  ],
  [
    'quota-zero',
    429,
    google(
      429,
      'RESOURCE_EXHAUSTED',
      'Quota exceeded for metric: generativelanguage.googleapis.com/a_requests, limit: 0',
    ),
  ],
  [
    'quota-unknown',
    429,
    google(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
  ],
];

type Wrap = (inner: unknown) => unknown;
const WRAPS: readonly Wrap[] = [
  (inner) => [inner],
  (inner) => ({
    error: { message: JSON.stringify(inner, null, 2), code: 500, status: 'Internal Server Error' },
  }),
  (inner) => ({ error: { message: inner, code: 502, status: 'Bad Gateway' }, type: 'api_validation_error' }),
  (inner) => ({
    error: {
      message: 'Provider returned error',
      code: 500,
      metadata: { raw: JSON.stringify(inner), provider_name: 'Google' },
    },
  }),
  (inner) => ({
    error: {
      message: `litellm.APIError: geminiException - ${JSON.stringify(inner)}\n. Received Model Group=x`,
      type: null,
      code: '500',
    },
  }),
  (inner) => ({ message: JSON.stringify(inner), status: 500, modelId: 'gemini-3-pro-image' }),
  (inner) => ({
    error: { message: 'x', type: 'upstream_error', upstreamStatus: 503, upstreamResponse: inner },
  }),
  (inner) => `got status: UNAVAILABLE. ${JSON.stringify(inner)}`,
  (inner) => JSON.stringify(JSON.stringify(inner)),
];
const wraps = fc.array(fc.constantFrom(...WRAPS), { maxLength: 4 });

describe('wrapping a Google error in envelopes of relays', () => {
  const wrapped = (inner: unknown, around: readonly Wrap[]): unknown =>
    around.reduce((body, wrap) => wrap(body), inner);

  it('keeps the branch, under any status of the relay', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SIGNED),
        wraps,
        fc.constantFrom(400, 403, 429, 500, 502),
        (signed, around, outer) => {
          const [branch, , inner] = signed;
          expect(classify(answer(outer, wrapped(inner, around))).branch).toBe(branch);
        },
      ),
      RUNS,
    );
  });
  it('keeps the branch inside a 200', () => {
    for (const [branch, , inner] of SIGNED) expect(classify(answer(200, inner)).branch).toBe(branch);
  });
  it("keeps Google's signature: not billed", () => {
    fc.assert(
      fc.property(fc.constantFrom(...SIGNED), wraps, ([, , inner], around) => {
        expect(classify(answer(500, wrapped(inner, around))).billed).toBe('no');
      }),
      RUNS,
    );
  });
  it("keeps both statuses apart: the relay's 500 and Google's own", () => {
    const verdict = classify(answer(500, wrapped(SIGNED[0]?.[2], [WRAPS[4] as Wrap])));
    expect(verdict).toMatchObject({ httpStatus: 500, upstreamStatus: 503 });
  });
  it('cut off anywhere behind its words, it never becomes a success or a branch that retries a stop', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SIGNED),
        fc.double({ min: 0.85, max: 1, noNaN: true }),
        ([branch, , inner], share) => {
          const whole = JSON.stringify({ error: { message: JSON.stringify(inner), code: 400 } });
          const verdict = classify(text(whole.slice(0, Math.floor(whole.length * share))));
          expect(verdict.branch).not.toBe('success');
          if (isBranch(branch) && isStopBranch(branch))
            expect(isStopBranch(verdict.branch as never)).toBe(true);
        },
      ),
      RUNS,
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe('what must not matter', () => {
  it('the order of keys', () => {
    for (const [branch, code, body] of SIGNED)
      expect(classify(answer(code, reversed(body))).branch).toBe(branch);
  });
  it('fields that nobody knows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SIGNED), fc.jsonValue(), ([branch, code, body], noise) => {
        const { error } = body as { error: object };
        const noisy = { x_extra: noise, error: { ...error, x_extra: noise } };
        expect(classify(answer(code, noisy)).branch).toBe(branch);
      }),
      RUNS,
    );
  });
  it('fields that nobody knows, in a 200', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (noise) => {
        const body = candidate([image({ x_extra: noise })], 'STOP', { x_extra: noise });
        expect(classify(answer(200, { ...(body as object), x_extra: noise })).branch).toBe('success');
      }),
      RUNS,
    );
  });
});

describe('what is new to this version survives', () => {
  const newWord = fc.stringMatching(/^NEW_[A-Z]{3,12}(_[A-Z]{3,8})?$/);
  it('a finish reason, which is never a success by itself', () => {
    fc.assert(
      fc.property(newWord, (word) => {
        const verdict = classify(answer(200, candidate([{ text: 'x' }], word)));
        expect(verdict).toMatchObject({ finishReason: word });
        expect(readResponse(candidate([{ text: 'x' }], word)).candidates[0]?.finishReason).toBe(word);
      }),
      RUNS,
    );
  });
  it('a block reason, which is always a stop', () => {
    fc.assert(
      fc.property(newWord, (word) => {
        const verdict = classify(answer(200, { promptFeedback: { blockReason: word } }));
        expect(verdict).toMatchObject({ finishReason: word });
        expect(isBranch(verdict.branch) && isStopBranch(verdict.branch)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('size', () => {
  it('an image of 20 MB is passed by reference, and neither copied nor searched', () => {
    const data = 'A'.repeat(27_000_000);
    const body = candidate([{ text: 'x' }, { inlineData: { mimeType: 'image/png', data } }], 'STOP');
    const { final } = readResponse(body);
    expect(final?.source.kind === 'inline' && Object.is(final.source.data, data)).toBe(true);
    const searched: number[] = [];
    const original = RegExp.prototype.exec;
    RegExp.prototype.exec = function (said: string) {
      searched.push(said.length);
      return original.call(this, said);
    };
    try {
      expect(nameOf(classify(answer(200, body)))).toBe('success');
    } finally {
      RegExp.prototype.exec = original;
    }
    expect(searched.length).toBeGreaterThan(0);
    expect(Math.max(...searched)).toBeLessThan(1000);
  });
});
