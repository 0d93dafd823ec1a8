/**
 * Which Gemini a worker calls: Google or a gateway with GEMINI_API_KEY, else the emulator that
 * GEMINI_IMAGES_EMULATOR_URL names. The key comes from the environment only: as an argument it would
 * stand in process lists and shell histories.
 */
import { createHash } from 'node:crypto';
import { setting } from './environment.ts';
import { UsageError } from './usage-error.ts';

export interface GeminiEndpoint {
  readonly apiKey: string;
  readonly baseUrl?: string;
  /** For people: `Google`, `http://127.0.0.1:8787 (emulator)`; without credentials. */
  readonly words: string;
  readonly emulated: boolean;
}

/** Throws {@link UsageError} when there is neither a key nor an emulator. */
export function geminiEndpoint(env: NodeJS.ProcessEnv = process.env): GeminiEndpoint {
  const apiKey = setting('GEMINI_API_KEY', env)?.trim();
  const emulator = setting('GEMINI_IMAGES_EMULATOR_URL', env);
  if (apiKey !== undefined && apiKey !== '') {
    const baseUrl = setting('GEMINI_BASE_URL', env);
    if (baseUrl === undefined) return { apiKey, words: 'Google', emulated: false };
    return { apiKey, baseUrl, words: originOf(baseUrl, 'GEMINI_BASE_URL'), emulated: false };
  }
  if (emulator !== undefined) return emulatorEndpoint(emulator);
  throw new UsageError(
    'no Gemini API key: set GEMINI_API_KEY, or GEMINI_IMAGES_EMULATOR_URL to work without one ' +
      '(gemini-images emulator starts an emulator, gemini-images dev everything)',
  );
}

export function emulatorEndpoint(url: string): GeminiEndpoint {
  // The same for every process, so that a restarted worker is on the same path. A word like "emulator" as key would be redacted wherever it stands.
  const apiKey = `no-key-${createHash('sha256').update(url).digest('hex').slice(0, 32)}`;
  const words = `${originOf(url, 'GEMINI_IMAGES_EMULATOR_URL')} (emulator)`;
  return { apiKey, baseUrl: url, words, emulated: true };
}

function originOf(url: string, variable: string): string {
  const parsed = URL.parse(url);
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed.origin;
  throw new UsageError(`${variable} is no web address: give one such as http://127.0.0.1:8787`);
}
