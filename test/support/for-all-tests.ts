/** What all tests of a file share: begun before the first, closed after the last, also where a later one never began. */
import { afterAll, beforeAll } from 'vitest';

/** Milliseconds: a whole fleet and a browser on two busy cores. */
export const SLOW = 240_000;

/** @returns It, within a test; what is asked for last is closed first. */
export function forAllTests<T extends { close(): Promise<void> | void }>(begin: () => Promise<T>): () => T {
  let shared: T | undefined;
  beforeAll(async () => {
    shared = await begin();
  }, SLOW);
  afterAll(async () => {
    await shared?.close();
  }, SLOW);
  return () => {
    if (shared === undefined) throw new Error('it has not begun: ask for it within a test');
    return shared;
  };
}
