/** The generations of the demo, as data: what is asked, and what goes wrong on the way. */
import type { GenerateRequest } from '../../src/schema/request.ts';

export interface Scenario {
  /** Unique; also the file name of its image. */
  readonly key: string;
  readonly title: string;
  /** What the world does to it. */
  readonly trouble: string;
  readonly request: GenerateRequest;
  /** Started twice with one idempotency key. */
  readonly twice?: true;
  readonly leakedKey?: true;
}

export interface Act {
  readonly title: string;
  readonly scenarios: readonly Scenario[];
}

/** The call that is under way when its worker is killed. Its timeout is short so that the demo is. */
export const KILLED: Scenario = {
  key: 'worker-killed',
  title: 'worker killed in mid-call',
  trouble: 'kill -9 while Gemini draws',
  request: {
    prompt: 'a lighthouse that stays lit in the storm, oil painting [[fault:slow-headers(25s)]]',
    callTimeoutMs: 20_000,
  },
};

/** @param inputs Two images as files hold them. */
export function acts(inputs: readonly [Uint8Array, Uint8Array]): readonly Act[] {
  const [first, second] = inputs;
  return [
    {
      title: 'Good days',
      scenarios: [
        {
          key: 'clean-1k',
          title: 'clean, 1K',
          trouble: 'nothing',
          request: { prompt: 'a red fox in fresh snow, watercolor' },
        },
        {
          key: 'clean-4k',
          title: 'clean, 4K 16:9',
          trouble: 'nothing; a large image',
          request: { prompt: 'a mountain village at dusk, wide shot', size: '4K', aspectRatio: '16:9' },
        },
        {
          key: 'edit',
          title: 'edit with two inputs',
          trouble: 'nothing; two images go in',
          request: {
            prompt: 'put the first image on a postcard in the colours of the second',
            inputs: [{ bytes: first }, { bytes: second }],
          },
        },
        {
          key: 'started-twice',
          title: 'started twice, one key',
          trouble: 'the caller retries its start',
          request: { prompt: 'two herons, one reflection, ink drawing', idempotencyKey: 'order-4711' },
          twice: true,
        },
      ],
    },
    {
      title: 'The provider is busy',
      scenarios: [
        {
          key: 'quota-minute',
          title: 'per-minute quota',
          trouble: '429 per minute, with RetryInfo',
          request: { prompt: 'a clockwork hummingbird, macro photograph [[fault:quota-minute]]' },
        },
        {
          key: 'quota-day',
          title: 'daily quota',
          trouble: '429 per day, RetryInfo lies',
          request: {
            prompt:
              'a calendar whose pages fly away, poster [[fault:quota-day*always@gemini-3.1-flash-lite-image]]',
            model: 'gemini-3.1-flash-lite-image',
            allow: { models: ['gemini-nano-banana-2.1'] },
          },
        },
        {
          key: 'capacity',
          title: 'model overloaded',
          trouble: '503 again and again; another model is allowed',
          request: {
            prompt: 'a crowded night market, neon [[fault:capacity*always@gemini-3-pro-image]]',
            allow: { models: 'chain' },
          },
        },
        {
          key: 'deadline',
          title: '4K takes too long',
          trouble: '504 at 4K; a smaller size is allowed',
          request: {
            prompt: 'a cathedral of ice, every crystal visible [[fault:deadline*always@4K]]',
            size: '4K',
            allow: { sizes: 'smaller' },
          },
        },
      ],
    },
    {
      title: 'Answers that are none',
      scenarios: [
        {
          key: 'blank',
          title: 'blank answer',
          trouble: '200 without an image, only IMAGE was asked',
          request: {
            prompt: 'an empty room with one chair, minimalist [[fault:blank*always@image-only]]',
            modalities: ['IMAGE'],
          },
        },
        {
          key: 'prohibited',
          title: 'prohibited prompt',
          trouble: 'PROHIBITED_CONTENT: one call, none after it',
          request: { prompt: 'a picture that breaks the use policy [[fault:prohibited-content]]' },
        },
        {
          key: 'leaked-key',
          title: 'leaked key',
          trouble: '403: the key was reported as leaked',
          request: { prompt: 'a bunch of keys on a bench in the rain' },
          leakedKey: true,
        },
      ],
    },
    {
      title: 'The line breaks',
      scenarios: [
        {
          key: 'gateway-html',
          title: 'gateway in between',
          trouble: '524 page in HTML, after the work was charged',
          request: { prompt: 'a stone bridge in the fog, pencil [[fault:gateway-524]]' },
        },
        {
          key: 'reset',
          title: 'reset after sending',
          trouble: 'the connection breaks, the work is charged',
          request: { prompt: 'a telegraph line across the prairie, etching [[fault:reset-after]]' },
        },
      ],
    },
  ];
}
