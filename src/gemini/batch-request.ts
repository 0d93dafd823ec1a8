/**
 * One line of a batch file from one call: the very body that a live call sends, encoded by the same SDK,
 * under the names that batch files use. The call's tier does not go along: a batch is one of its own.
 */
import { GoogleGenAI } from '@google/genai';
import { toParameters } from './payload.ts';
import type { ImageCall } from './port.ts';

/**
 * `{"key":…,"request":…}` and a line feed.
 *
 * @param key `<generation>/<n>`: what its result is found by, and the ledger's attribution.
 */
export async function requestLine(key: string, call: ImageCall): Promise<string> {
  let body: string | undefined;
  const sdk = new GoogleGenAI({ apiKey: 'none', enterprise: false, apiVersion: 'v1beta' });
  // Never leaves this process: the SDK has no encoder that one can call without sending.
  const fetch = (_url: unknown, init?: RequestInit): Promise<Response> => {
    body = init?.body as string;
    return Promise.resolve(new Response('{}', { headers: { 'content-type': 'application/json' } }));
  };
  await sdk.models.generateContent(toParameters({ ...call, tier: 'standard' }, { httpOptions: { fetch } }));
  if (body === undefined) throw new Error('the SDK encoded nothing');
  const request = Object.fromEntries(
    Object.entries(JSON.parse(body) as Record<string, unknown>).map(([name, value]) => [snake(name), value]),
  );
  return `${JSON.stringify({ key, request })}\n`;
}

/** `generation_config`: files are read by another parser than live bodies, which takes both. */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
