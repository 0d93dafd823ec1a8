/** Asks the process that started the test files for what it lends; see `global-setup.ts`. */
import { inject } from 'vitest';

/** Longer than fetching or building a program takes. */
const LEND_DEADLINE_MS = 600_000;

export async function borrow<T>(what: string): Promise<T> {
  const response = await fetch(inject('serverLender') + what, {
    signal: AbortSignal.timeout(LEND_DEADLINE_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return JSON.parse(text) as T;
}
