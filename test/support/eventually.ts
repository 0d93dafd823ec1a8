/** Waits for something that others bring about: no sleeps of a guessed length, always a deadline. */

const LOOK_EVERY_MS = 50;
/** Generous, because it is only reached when a law is broken. */
const DEADLINE_MS = 90_000;

/** Resolves with what `look` gives once that is neither undefined nor false; else says what was awaited. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  deadlineMs = DEADLINE_MS,
): Promise<Exclude<T, undefined | false>> {
  const until = Date.now() + deadlineMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>;
    if (Date.now() > until) throw new Error(`not seen within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** The error that a promise rejects with; fails where it resolves. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof Error) return outcome.error;
  throw new Error(`expected an error, got ${JSON.stringify(outcome)}`);
}
