import { describe, expect, it } from 'vitest';
import { readResponse } from '../../src/domain/response-parts.ts';
import { candidate, image, PNG } from './classify/evidence-of.ts';

const sse = (...chunks: readonly unknown[]) =>
  chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('');

describe('readResponse: which image is final', () => {
  const final = (parts: readonly unknown[], finish = 'STOP') =>
    readResponse(candidate(parts, finish)).final?.part;

  it('the last one, though drafts carry no flag', () => {
    const { final: last, drafts } = readResponse(
      candidate([image(), image(), { text: 'x' }, image()], 'STOP'),
    );
    expect(last?.part).toBe(3);
    expect(drafts.map(({ part }) => part)).toEqual([0, 1]);
  });
  it('the last one, whatever its thought flag says; the flag is recorded', () => {
    expect(readResponse(candidate([image(), image({ thought: true })], 'STOP')).final).toMatchObject({
      part: 1,
      thought: true,
    });
  });
  it('none, where every image is flagged as a thought: only drafts came', () => {
    const parts = readResponse(candidate([image({ thought: true }), image({ thought: true })], 'STOP'));
    expect(parts.final).toBeUndefined();
    expect(parts.drafts).toHaveLength(2);
  });
  it('the flagged one that carries a signature: drafts have none', () => {
    expect(final([image({ thought: true }), image({ thought: true, thoughtSignature: 's' })])).toBe(1);
  });
  it('none, where the finish reason forbids it; it is no draft either', () => {
    const parts = readResponse(candidate([image()], 'IMAGE_PROHIBITED_CONTENT'));
    expect(parts.final).toBeUndefined();
    expect(parts.drafts).toEqual([]);
    expect(parts.images).toHaveLength(1);
  });
  it('the first candidate that has one', () => {
    const body = {
      candidates: [
        { index: 0, finishReason: 'IMAGE_SAFETY' },
        { index: 1, content: { parts: [image()] } },
      ],
    };
    expect(readResponse(body).final).toMatchObject({ candidate: 1, part: 0 });
  });
});

describe('readResponse: parts', () => {
  it('keeps order, kinds and signatures at their positions (I9)', () => {
    const { parts } = readResponse(
      candidate([
        { text: 'thinking', thought: true },
        { text: 'Here', thoughtSignature: 'c2lnMQ==' },
        {},
        image({ thoughtSignature: 'c2lnMg==' }),
        { text: '', thoughtSignature: 'c2lnMw==' },
      ]),
    );
    expect(parts.map(({ kind, thoughtSignature, thought }) => [kind, thought, thoughtSignature])).toEqual([
      ['text', true, undefined],
      ['text', false, 'c2lnMQ=='],
      ['other', false, undefined],
      ['image', false, 'c2lnMg=='],
      ['text', false, 'c2lnMw=='],
    ]);
  });
  it('texts are words for the reader: no thoughts, nothing empty', () => {
    const parts = [{ text: 'hm', thought: true }, { text: 'Here' }, { text: ' ' }];
    expect(readResponse(candidate(parts)).texts.map(({ text }) => text)).toEqual(['Here']);
  });
  it('reads snake case, and images by reference', () => {
    const parts = [
      { inline_data: { mime_type: 'image/webp', data: PNG }, thought_signature: 's' },
      { file_data: { mime_type: 'image/png', file_uri: 'files/1' } },
    ];
    expect(readResponse(candidate(parts)).images).toMatchObject([
      { source: { kind: 'inline', mime: 'image/webp', data: PNG }, thoughtSignature: 's' },
      { source: { kind: 'uri', mime: 'image/png', uri: 'files/1' } },
    ]);
  });
  it('other media are no images', () => {
    expect(readResponse(candidate([{ inlineData: { mimeType: 'audio/wav', data: 'AAAA' } }])).images).toEqual(
      [],
    );
  });
  it('keeps finishMessage, usage, model version and response id', () => {
    const body = {
      ...(candidate([], 'IMAGE_OTHER', { finishMessage: 'why' }) as object),
      usageMetadata: { totalTokenCount: 9 },
      modelVersion: 'gemini-3-pro-image',
      responseId: 'r1',
    };
    expect(readResponse(body)).toMatchObject({
      candidates: [{ finishReason: 'IMAGE_OTHER', finishMessage: 'why' }],
      usageMetadata: { totalTokenCount: 9 },
      modelVersion: 'gemini-3-pro-image',
      responseId: 'r1',
    });
  });
});

describe('readResponse: streams', () => {
  it('folds chunks into one answer; the last usage counts', () => {
    const { parts, candidates, usageMetadata } = readResponse(
      sse(
        { ...(candidate([{ text: 'Here' }]) as object), usageMetadata: { totalTokenCount: 1 } },
        candidate([image()]),
        { ...(candidate(undefined, 'STOP') as object), usageMetadata: { totalTokenCount: 1307 } },
      ),
    );
    expect(parts.map(({ kind, part }) => [kind, part])).toEqual([
      ['text', 0],
      ['image', 1],
    ]);
    expect(candidates).toMatchObject([{ index: 0, finishReason: 'STOP' }]);
    expect(usageMetadata).toEqual({ totalTokenCount: 1307 });
  });
  it('an array of chunks, comments and [DONE] are fine', () => {
    expect(readResponse([candidate([{ text: 'a' }]), candidate([image()])]).final?.part).toBe(1);
    expect(readResponse(`: keep-alive\n\n${sse(candidate([image()]))}data: [DONE]\n\n`).final?.part).toBe(0);
  });
  it('an error at the end, with or without a data: prefix', () => {
    const error = { error: { code: 503, message: 'x', status: 'UNAVAILABLE' } };
    expect(readResponse(sse(candidate([{ text: 'a' }]), error)).error).toEqual(error);
    expect(readResponse(`${sse(candidate([{ text: 'a' }]))}${JSON.stringify(error, null, 2)}`).error).toEqual(
      error,
    );
  });
  it('a chunk that was cut is counted, the rest is read', () => {
    const { brokenChunks, texts } = readResponse(
      `${sse(candidate([{ text: 'a' }]))}data: {"candidates":[{"con`,
    );
    expect([brokenChunks, texts.length]).toEqual([1, 1]);
  });
});
