/**
 * Looks for a secret as an attacker would: raw, percent-encoded in any mixture, and inside base64 at any
 * alignment, also where the base64 is itself part of a longer text. Knows nothing of the redactor.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const BASE64_RUN = /[A-Za-z0-9+/_-]{12,}/g;

/** How the secret is in there; undefined when it is not. */
export function foundIn(content: string | Uint8Array, secret: string): string | undefined {
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
  if (text.includes(secret)) return 'raw';
  if (text.includes('%') && percentDecoded(text).includes(secret)) return 'percent-encoded';
  if (text.includes('\\') && unescaped(text).includes(secret)) return 'JSON-escaped';
  for (const [run] of text.matchAll(BASE64_RUN)) {
    for (let offset = 0; offset < 4; offset += 1) {
      const decoded = Buffer.from(run.slice(offset), 'base64').toString('latin1');
      if (decoded.includes(secret)) return 'base64';
    }
  }
  return undefined;
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function unescaped(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/\\(.)/g, '$1');
}

/** Every string and every run of bytes anywhere in a value, keys included. */
export function* leaves(value: unknown): Generator<string | Uint8Array> {
  if (typeof value === 'string' || value instanceof Uint8Array) yield value;
  else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      yield key;
      yield* leaves(item);
    }
  }
}

/** Files below a directory whose name or content holds the secret. */
export async function filesHolding(directory: string, secret: string): Promise<readonly string[]> {
  const holding: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const how = foundIn(path, secret) ?? (entry.isFile() ? foundIn(await readFile(path), secret) : undefined);
    if (how !== undefined) holding.push(`${path}: ${how}`);
  }
  return holding;
}
