/** Quotas, overload, slowness: the provider would, and cannot now. */
import type { InputImages } from '../input-images.ts';
import type { Act } from '../scenario.ts';

const LITE = 'gemini-3.1-flash-lite-image';
const FLASH = 'gemini-nano-banana-2.1';
/** Its own, so that neither of two quotas is known before both were met. */
const OLD = 'gemini-3.1-flash-image';

export function busyProvider({ poster }: InputImages): Act {
  return {
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
        trouble: '429 per day, and a RetryInfo that lies',
        request: {
          prompt: `a calendar whose pages fly away, poster [[fault:quota-day*always@${LITE}]]`,
          model: LITE,
          allow: { models: [FLASH] },
        },
      },
      {
        key: 'quota-zero',
        title: 'not in the tier',
        trouble: '429 with limit: 0, no wait helps',
        request: {
          prompt: `an empty glass on a full table, still life [[fault:quota-zero*always@${OLD}]]`,
          model: OLD,
          allow: { models: [FLASH] },
        },
      },
      {
        key: 'capacity',
        title: 'model overloaded',
        trouble: '503 again and again',
        request: {
          prompt: 'a crowded night market, neon [[fault:capacity*always@gemini-3-pro-image]]',
          allow: { models: 'chain' },
        },
      },
      {
        key: 'internal',
        title: 'internal error',
        trouble: '500 INTERNAL, twice',
        request: { prompt: 'a bakery at five in the morning, gouache [[fault:internal*2]]' },
      },
      {
        key: 'deadline',
        title: '4K takes too long',
        trouble: '504 at 4K',
        request: {
          prompt: 'a cathedral of ice, every crystal visible [[fault:deadline*always@4K]]',
          size: '4K',
          allow: { sizes: 'smaller' },
        },
      },
      {
        key: 'smaller-inputs',
        title: 'a heavy input',
        trouble: '504 twice while it is read',
        request: {
          prompt: 'make it rain on this poster [[fault:deadline*2]]',
          inputs: [{ bytes: poster }],
          allow: { inputs: true },
        },
      },
    ],
  };
}
