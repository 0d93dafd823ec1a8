/** Vercel's AI SDK, from the directory it was installed in. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PRIMARY, RATIO, SCALE } from './trace.ts';

interface AiSdk {
  generateImage(options: {
    readonly model: unknown;
    readonly prompt: string;
    readonly aspectRatio: string;
    readonly maxRetries: number;
  }): Promise<{
    readonly image: { readonly uint8Array: Uint8Array };
    readonly images: readonly { readonly uint8Array: Uint8Array }[];
  }>;
}

interface AiSdkGoogle {
  createGoogleGenerativeAI(options: { readonly apiKey: string; readonly baseURL: string }): {
    image(model: string): unknown;
  };
}

/** Five attempts, as the others have: two retries, its default, deliver less. */
const MAX_RETRIES = 4;
/** Its first wait is a constant of 2 s; shorter timers are others'. */
const SHORTEST_WAIT_MS = 1_000;

/**
 * Beside `maxRetries` it documents no remedy for an image: a second model is its gateway's, which is a service.
 * Its waits are constants, so timers of this process are scaled for it.
 */
export async function aiSdk(
  directory: string,
  baseUrl: string,
): Promise<(prompt: string) => Promise<Buffer>> {
  const load = async (name: string): Promise<unknown> => {
    const path = createRequire(join(directory, 'package.json')).resolve(name);
    return await import(pathToFileURL(path).href);
  };
  const { generateImage } = (await load('ai')) as AiSdk;
  const { createGoogleGenerativeAI } = (await load('@ai-sdk/google')) as AiSdkGoogle;
  const google = createGoogleGenerativeAI({ apiKey: 'bench-key', baseURL: `${baseUrl}/v1beta` });
  scaleTimers();
  return async (prompt) => {
    const { images } = await generateImage({
      model: google.image(PRIMARY),
      prompt,
      aspectRatio: RATIO,
      maxRetries: MAX_RETRIES,
    });
    // The last one is final; with drafts before it, `image` would be a draft.
    const last = images.at(-1);
    if (last === undefined) throw new Error('no image');
    return Buffer.from(last.uint8Array);
  };
}

function scaleTimers(): void {
  const unscaled = globalThis.setTimeout;
  const scaled = (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): NodeJS.Timeout =>
    unscaled(callback, ms !== undefined && ms >= SHORTEST_WAIT_MS ? ms * SCALE : ms, ...args);
  globalThis.setTimeout = Object.assign<typeof scaled, typeof unscaled>(scaled, unscaled);
}
