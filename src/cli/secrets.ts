/**
 * Keeps keys off the console (I7), also when a user typed one where it does not belong. Answers of the
 * provider are redacted in the worker already; this is for what the command line itself repeats.
 */
import { ENVIRONMENT } from './environment.ts';
import type { EnvironmentVariable } from './environment.ts';

const MARK = '[redacted]';
/** Shorter values would blank out ordinary words. */
const SHORTEST_KEY = 6;
/** API keys and authorization keys as Google issues them. */
const GOOGLE_KEYS = /\bAIza[\w-]{20,}|\bAQ\.[\w-]{20,}/g;

export function withoutSecrets(text: string, env: NodeJS.ProcessEnv = process.env): string {
  const variables: readonly EnvironmentVariable[] = ENVIRONMENT;
  return variables
    .flatMap(({ name, secret }) => (secret === true ? [env[name] ?? ''] : []))
    .filter((key) => key.length >= SHORTEST_KEY)
    .reduce((clean, key) => clean.replaceAll(key, MARK), text)
    .replace(GOOGLE_KEYS, MARK);
}
