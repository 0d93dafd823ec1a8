/**
 * API keys: who may call, and the true words for who may not. Outcomes: a key, or the 400/403 that
 * Google gives for a missing, unknown or leaked one. With `echoKey` the provider's errors repeat the
 * key in several encodings, as wild errors do, so that redaction can be tested (I7).
 */
import type { IncomingMessage } from 'node:http';
import { googleError, invalidArgument } from './answer.ts';
import type { Answer } from './answer.ts';
import { sha256 } from './random.ts';

const SERVICE = { service: 'generativelanguage.googleapis.com' };

/** The key of a request, from the header or, as relays and curl users send it, from `?key=`. */
export function keyOf(request: IncomingMessage, url: URL): string | undefined {
  const header = request.headers['x-goog-api-key'];
  const key = (Array.isArray(header) ? header[0] : header) ?? url.searchParams.get('key') ?? '';
  return key === '' ? undefined : key;
}

/** Names a key in the ledger without giving it away. */
export function keyHash(key: string): string {
  return sha256(key).slice(0, 16);
}

/** Whose files a key sees. */
export function projectOf(key: string, projects: Readonly<Record<string, string>>): string {
  return (Object.hasOwn(projects, key) ? projects[key] : undefined) ?? `project-${keyHash(key)}`;
}

/** What a fault condition names of a key: enough to tell two apart, too little to use. */
export function keyTail(key: string): string {
  return key.slice(-4);
}

export function keyInvalid(): Answer {
  const message = 'API key not valid. Please pass a valid API key.';
  return invalidArgument(message, [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
      metadata: SERVICE,
    },
    { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message },
  ]);
}

export function keyMissing(): Answer {
  return googleError(
    403,
    'PERMISSION_DENIED',
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  );
}

export function keyLeaked(): Answer {
  return googleError(
    403,
    'PERMISSION_DENIED',
    'Your API key was reported as leaked. Please use another API key.',
  );
}

export interface KeyRules {
  /** Absent: any key that is not leaked. */
  readonly keys?: readonly string[] | undefined;
  readonly leakedKeys: readonly string[];
}

/** The answer that refuses this key, or nothing when it may call. */
export function refuseKey(key: string | undefined, rules: KeyRules): Answer | undefined {
  if (key === undefined) return keyMissing();
  if (rules.leakedKeys.includes(key)) return keyLeaked();
  if (rules.keys && !rules.keys.includes(key)) return keyInvalid();
  return undefined;
}

/** Repeats the key in an error answer: in a header, and in the text raw, percent-encoded and as base64. */
export function echoKey(answer: Answer, key: string): Answer {
  const encoded = Buffer.from(key).toString('base64');
  const words = ` Consumer 'api_key:${key}' called ?key=${encodeURIComponent(key)} (credential ${encoded}).`;
  const text = answer.body.toString();
  const asJson = JSON.stringify(words).slice(1, -1);
  const echoed = text.replace(/("message":\s*"(?:[^"\\]|\\.)*)"/, (_, head: string) => `${head}${asJson}"`);
  return {
    ...answer,
    headers: { ...answer.headers, 'x-echoed-consumer': `api_key:${encodeURIComponent(key)}` },
    body: echoed === text ? `${text}\n<!--${words} -->` : echoed,
  };
}
