/** The dialect `chat` over real HTTP: what is sent, and every place where an answer has its image. */
import { describe, expect, it } from 'vitest';
import { unpack } from '../../src/artifacts/unpack.ts';
import { CALL, PIXEL, WITHIN, bodyOf, json, served } from './server.ts';

const DATA_URL = `data:image/png;base64,${PIXEL}`;
const answer = (message: object) => ({
  id: 'chatcmpl-1',
  model: 'gpt-image-1',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
});

describe('openai chat: one call', () => {
  it('carries inputs as data URLs before the words, the instruction as the system’s', async () => {
    const { port, asked } = await served('chat', (response) => json(response, answer({ content: 'hm' })));
    const input = { sha256: 'a'.repeat(64), mime: 'image/png', bytes: Buffer.from(PIXEL, 'base64') };
    await port.generate(
      { ...CALL, inputs: [input], systemInstruction: 'be brief', aspectRatio: '16:9', seed: 7 },
      WITHIN,
    );
    expect(asked[0]?.request.url).toBe('/v1/chat/completions');
    expect(JSON.parse(asked[0]?.body.toString() ?? '')).toEqual({
      model: 'gpt-image-1',
      modalities: ['text', 'image'],
      seed: 7,
      messages: [
        { role: 'system', content: 'be brief' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: DATA_URL } },
            { type: 'text', text: 'a fox\n\nAspect ratio 16:9.' },
          ],
        },
      ],
    });
  });
});

describe('openai chat: the image is found', () => {
  const MADE = '/made.png';
  const places: readonly (readonly [string, (link: string) => object])[] = [
    ['in message.images as a data URL', () => ({ images: [{ image_url: { url: DATA_URL } }] })],
    ['in message.images as a link', (link) => ({ images: [{ image_url: { url: link } }] })],
    ['in a list of contents', (link) => ({ content: [{ type: 'image_url', image_url: { url: link } }] })],
    ['as Markdown with a data URL', () => ({ content: `Here: ![fox](${DATA_URL})` })],
    ['as Markdown with a link', (link) => ({ content: `Here: ![fox](${link} "a fox") done` })],
    ['as a bare data URL in the text', () => ({ content: DATA_URL })],
  ];
  it.each(places)('%s', async (_, message) => {
    const { port } = await served('chat', (response, { request }, origin) => {
      if (request.url === MADE)
        response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from(PIXEL, 'base64'));
      else json(response, answer(message(`${origin}${MADE}`)));
    });
    const { outcome } = await port.generate(CALL, WITHIN);
    const { images, texts } = unpack(outcome.kind === 'answer' ? outcome.body : Buffer.alloc(0));
    expect(images.map(({ bytes }) => Buffer.from(bytes ?? []).toString('base64'))).toEqual([PIXEL]);
    expect(texts.join('')).not.toContain('base64');
  });

  it('of 20 MB in the text of a message', async () => {
    const large = 'A'.repeat(28 * 1024 * 1024);
    const { port } = await served('chat', (response) =>
      json(response, answer({ content: `![big](data:image/png;base64,${large})` })),
    );
    const body = bodyOf(await port.generate(CALL, { ...WITHIN, timeoutMs: 30_000 }));
    const url = `data:image/png;base64,${large}`;
    const message = { content: '', images: [{ type: 'image_url', image_url: { url } }] };
    expect(JSON.stringify(body) === JSON.stringify(answer(message))).toBe(true);
  });

  it('in none: words stay words, kept byte for byte', async () => {
    const { port } = await served('chat', (response) =>
      json(response, answer({ content: 'see https://example.com/a.png' })),
    );
    expect(bodyOf(await port.generate(CALL, WITHIN))).toEqual(
      answer({ content: 'see https://example.com/a.png' }),
    );
  });
});
