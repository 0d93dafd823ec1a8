/**
 * Keeps keys off the console (I7), also when a user typed one where it does not belong. Answers of the
 * provider are redacted in the worker already; this is for what the command line itself repeats.
 */
import { createRedactor } from '../gemini/redactor.ts';
import type { Redactor } from '../gemini/redactor.ts';
import { withoutKeys } from '../words/keys.ts';
import { ENVIRONMENT } from './environment.ts';
import type { EnvironmentVariable } from './environment.ts';

/** Shorter values would blank out ordinary words. */
const SHORTEST_KEY = 6;

let known: { readonly keys: string; readonly redactor: Redactor } | undefined;

export function withoutSecrets(text: string, env: NodeJS.ProcessEnv = process.env): string {
  return withoutKeys(redactorOf(env).text(text));
}

/** Made once: every line that is printed passes it. */
function redactorOf(env: NodeJS.ProcessEnv): Redactor {
  const variables: readonly EnvironmentVariable[] = ENVIRONMENT;
  const secrets = variables
    .flatMap(({ name, secret }) => (secret === true ? [env[name] ?? ''] : []))
    .filter((key) => key.length >= SHORTEST_KEY);
  const keys = JSON.stringify(secrets);
  if (known?.keys !== keys) known = { keys, redactor: createRedactor(secrets) };
  return known.redactor;
}
