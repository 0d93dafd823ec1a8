import { describe, expect, it } from 'vitest';
import { answer, candidate, failure, google, image, named, PNG } from './evidence-of.ts';

const ok = (body: unknown) => answer(200, body);
const finished = (finishReason: string, more: Record<string, unknown> = {}) => ({
  candidates: [{ finishReason, ...more }],
});

describe('200: success', () => {
  it.each<[string, unknown]>([
    ['an inline image', candidate([{ text: 'Here you are' }, image()], 'STOP')],
    ['an image beside an empty part', candidate([{ text: 'a' }, {}, image()], 'STOP')],
    ['an image in snake case', candidate([{ inline_data: { mime_type: 'image/png', data: PNG } }], 'STOP')],
    [
      'an image by reference',
      candidate([{ fileData: { mimeType: 'image/png', fileUri: 'gs://b/o.png' } }], 'STOP'),
    ],
    ['an image after a draft', candidate([image({ thought: true }), image()], 'STOP')],
    ['a last image that is flagged as a thought', candidate([image(), image({ thought: true })], 'STOP')],
    [
      'an only image, flagged, with a signature of its own',
      candidate([image({ thought: true, thoughtSignature: 'c2ln' })], 'STOP'),
    ],
    ['a lying mime type', candidate([{ inlineData: { mimeType: 'image/jpeg', data: PNG } }], 'STOP')],
    ['an answer in an envelope', { response: candidate([image()], 'STOP') }],
    [
      'an image among filtered predictions',
      { predictions: [{ raiFilteredReason: 'x' }, { bytesBase64Encoded: PNG }] },
    ],
    [
      'an Interactions image',
      { status: 'completed', outputs: [{ type: 'image', data: PNG, mime_type: 'image/png' }] },
    ],
    ["a relay's image field", { data: [{ b64_json: PNG }] }],
    [
      'a second candidate with an image',
      {
        candidates: [
          { index: 0, finishReason: 'IMAGE_SAFETY' },
          { index: 1, content: { parts: [image()] } },
        ],
      },
    ],
    [
      'recorded evidence with a length for bytes',
      candidate([{ inlineData: { mimeType: 'image/png', data: 20_000_000 } }], 'STOP'),
    ],
  ])('%s → success', (_, body) => {
    expect(named(ok(body))).toBe('success');
  });
});

describe('200: no usable image', () => {
  it.each<[string, unknown, string]>([
    ['an empty object', {}, 'no-image/blank'],
    ['no candidates', { candidates: [] }, 'no-image/blank'],
    [
      'feedback that does not block',
      { candidates: [], promptFeedback: { safetyRatings: [] } },
      'no-image/blank',
    ],
    ['parts null', candidate(null, 'STOP'), 'no-image/blank'],
    ['an empty text', candidate([{ text: '' }], 'NO_IMAGE'), 'no-image/blank'],
    ['a thought and nothing else', candidate([{ text: 'hm', thought: true }], 'STOP'), 'no-image/blank'],
    ['NO_IMAGE', finished('NO_IMAGE'), 'no-image/blank'],
    [
      'IMAGE_OTHER that blames the prompt',
      finished('IMAGE_OTHER', {
        finishMessage: 'The model could not generate the image based on the prompt provided.',
      }),
      'no-image/blank',
    ],
    [
      'OTHER',
      finished('OTHER', { finishMessage: 'Model failed to generate content due to internal error.' }),
      'no-image/blank',
    ],
    ['words', candidate([{ text: 'I will generate an image.' }], 'STOP'), 'no-image/text-only'],
    [
      'a refusal in words',
      candidate([{ text: "I can't draw that; it violates a policy." }], 'STOP'),
      'no-image/text-only',
    ],
    [
      'a data URL in words',
      candidate([{ text: `![i](data:image/png;base64,${PNG})` }], 'STOP'),
      'no-image/text-only',
    ],
    [
      'words of a new finish reason',
      candidate([{ text: 'x' }], 'FAKE_NEW_FINISH_REASON'),
      'no-image/text-only',
    ],
    ['a flattened answer', 'Here is your image: ', 'no-image/text-only'],
    [
      'drafts only',
      candidate([image({ thought: true }), image({ thought: true })], 'STOP'),
      'no-image/draft-only',
    ],
    ['MAX_TOKENS', candidate([{ text: 'and so' }], 'MAX_TOKENS'), 'no-image/truncated'],
    ['a malformed function call', finished('MALFORMED_FUNCTION_CALL'), 'no-image/malformed'],
    [
      'an image beside a malformed response',
      candidate([image()], 'MALFORMED_RESPONSE'),
      'no-image/malformed',
    ],
    ['content without parts', { candidates: [{ content: { 'invalid-field': true } }] }, 'no-image/malformed'],
    ['parts that are no list', { candidates: [{ content: { parts: 'x' } }] }, 'no-image/malformed'],
    ['candidates that are no list', { candidates: { content: {} } }, 'no-image/malformed'],
    [
      'data that is no base64',
      candidate([{ inlineData: { mimeType: 'image/png', data: '%%%' } }]),
      'no-image/malformed',
    ],
    [
      'an image without data',
      candidate([{ inlineData: { mimeType: 'image/png', data: '' } }]),
      'no-image/corrupt-image',
    ],
    ['JSON that was cut', '{"candidates":[{"content":{"parts":[{"inlineData":{"mi', 'no-image/malformed'],
    ['a shape of nobody', { this: [{ is: {} }] }, 'no-image/malformed'],
  ])('%s → %s', (_, body, verdict) => {
    expect(named(ok(body))).toBe(verdict);
  });

  it('an image that the decoder rejects → corrupt-image', () => {
    const body = candidate([{ text: 'a' }, image()], 'STOP');
    const checks = [{ candidate: 0, part: 1, ok: false, problem: 'truncated' }];
    expect(named(answer(200, body, {}, checks))).toBe('no-image/corrupt-image');
    expect(named(answer(200, body, {}, [{ candidate: 0, part: 1, ok: true }]))).toBe('success');
  });
});

describe('200: refusals', () => {
  it.each<[unknown, string]>([
    [{ promptFeedback: { blockReason: 'SAFETY' } }, 'safety-prompt/safety'],
    [{ promptFeedback: { blockReason: 'OTHER' } }, 'safety-prompt/other'],
    [{ promptFeedback: { blockReason: 'IMAGE_SAFETY' } }, 'safety-prompt/safety'],
    [{ promptFeedback: { blockReason: 'A_NEW_ONE' } }, 'safety-prompt/unknown-block'],
    [{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }, 'policy/prohibited-content'],
    [{ promptFeedback: { blockReason: 'BLOCKLIST' } }, 'policy/blocklist'],
    [{ promptFeedback: { blockReason: 'JAILBREAK' } }, 'policy/jailbreak'],
    [{ promptFeedback: { blockReason: 'MODEL_ARMOR' } }, 'policy/model-armor'],
    [finished('SAFETY'), 'safety-prompt/safety'],
    [finished('IMAGE_SAFETY'), 'safety-image/image-safety'],
    [finished('PROHIBITED_CONTENT'), 'policy/prohibited-content'],
    [finished('IMAGE_PROHIBITED_CONTENT'), 'policy/prohibited-content'],
    [finished('RECITATION'), 'policy/recitation'],
    [finished('IMAGE_RECITATION'), 'policy/recitation'],
    [finished('SPII'), 'policy/spii'],
    [finished('BLOCKLIST'), 'policy/blocklist'],
    [finished('MISSING_THOUGHT_SIGNATURE'), 'signature/missing'],
    [
      finished('IMAGE_OTHER', { finishMessage: 'The image was filtered out because it violated a policy' }),
      'safety-image/image-other',
    ],
  ])('%j → %s', (body, verdict) => {
    expect(named(ok(body))).toBe(verdict);
  });

  it('an image beside a prohibiting reason is withheld (I14)', () => {
    for (const reason of ['IMAGE_PROHIBITED_CONTENT', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_RECITATION']) {
      expect(named(ok(candidate([image()], reason)))).toBe('policy/image-withheld');
    }
    expect(named(ok(candidate([image()], 'IMAGE_SAFETY')))).toBe('safety-image/image-safety');
    expect(named(ok(candidate([image()], 'SAFETY')))).toBe('safety-prompt/safety');
  });

  it('the enum beats the words: IMAGE_SAFETY that speaks of the Prohibited Use policy', () => {
    const finishMessage =
      "The image was filtered out because it violated Google's Generative AI Prohibited Use policy.";
    expect(failure(ok(finished('IMAGE_SAFETY', { finishMessage })))).toMatchObject({
      branch: 'safety-image',
      message: finishMessage,
      finishReason: 'IMAGE_SAFETY',
    });
  });

  it('a prohibiting reason that is new to us is read by its name, and kept', () => {
    expect(failure(ok(candidate([image()], 'IMAGE_POLICY_VIOLATION')))).toMatchObject({
      branch: 'policy',
      certainty: 'inferred',
      finishReason: 'IMAGE_POLICY_VIOLATION',
    });
  });

  it('keeps the category that decided, also a new one', () => {
    const safetyRatings = [
      { category: 'HARM_CATEGORY_HATE_SPEECH', probability: 'NEGLIGIBLE' },
      { category: 'HARM_CATEGORY_BRAND_NEW', probability: 'VERY_HIGH' },
    ];
    expect(failure(ok({ promptFeedback: { blockReason: 'SAFETY', safetyRatings } })).safety).toEqual({
      layer: 1,
      category: 'HARM_CATEGORY_BRAND_NEW',
      probability: 'VERY_HIGH',
    });
    expect(failure(ok(finished('IMAGE_SAFETY'))).safety).toEqual({ layer: 2 });
  });
});

describe('200: something other than an answer', () => {
  it('an error inside is read as an error', () => {
    const body = google(503, 'UNAVAILABLE', 'The model is overloaded.');
    expect(failure(ok(body))).toMatchObject({
      branch: 'capacity',
      billed: 'no',
      httpStatus: 200,
      upstreamStatus: 503,
    });
  });
  it('an error at the end of a stream that had already generated may be billed', () => {
    const stream = `data: ${JSON.stringify(candidate([{ text: 'First' }]))}\n\n${JSON.stringify(google(499, 'CANCELLED', 'The operation was cancelled.'))}`;
    expect(failure(ok(stream))).toMatchObject({
      branch: 'capacity',
      reason: 'server-cancelled',
      billed: 'possible',
    });
  });
  it('a web page → gateway-fault', () => {
    expect(named(ok('<!DOCTYPE html><html><body>Welcome</body></html>'))).toBe('gateway-fault/html-answer');
  });
  it('nothing → gateway-fault', () => {
    expect(named(ok(''))).toBe('gateway-fault/empty-answer');
    expect(named(ok(null))).toBe('gateway-fault/empty-answer');
  });
  it("Google's canned policy sentence as text → policy", () => {
    const said =
      'The prompt could not be submitted. The prompt contains sensitive words that violate a policy.';
    expect(named(ok(said))).toBe('policy/prohibited-content');
    expect(named(ok(candidate([{ text: said }], 'STOP')))).toBe('policy/prohibited-content');
  });
  it("a relay's own envelope is read by its words", () => {
    expect(named(ok({ success: false, message: '用户额度不足' }))).toBe('gateway-denial/out-of-credit');
    expect(named(ok({ message: 'hello world' }))).toBe('gateway-fault/not-gemini');
  });
  it('a file that is not ready or has failed', () => {
    expect(named(ok({ name: 'files/abc', state: 'PROCESSING' }))).toBe('file/not-ready');
    expect(named(ok({ name: 'files/abc', state: 'FAILED', error: { code: 3 } }))).toBe('file/failed');
  });
});

describe('200: billed', () => {
  it.each<[string, unknown, string]>([
    ['a text was generated', candidate([{ text: 'no' }], 'STOP'), 'yes'],
    [
      'thoughts were generated',
      { ...finished('IMAGE_SAFETY'), usageMetadata: { thoughtsTokenCount: 291 } },
      'yes',
    ],
    ['the prompt was blocked', { promptFeedback: { blockReason: 'SAFETY' } }, 'no'],
    [
      'usage shows no output',
      { ...finished('NO_IMAGE'), usageMetadata: { promptTokenCount: 18, totalTokenCount: 18 } },
      'no',
    ],
    ['nothing is known', {}, 'possible'],
  ])('%s → %s', (_, body, billed) => {
    expect(failure(ok(body)).billed).toBe(billed);
  });
});
