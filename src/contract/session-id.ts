/** A session's workflow id: its own prefix, so that a name of the caller's clashes with nothing. */
const PREFIX = 'gemini-session/';

/** `campaign-7` → `gemini-session/campaign-7`; a whole id stays as it is. */
export function sessionId(given: string): string {
  return given.startsWith(PREFIX) ? given : `${PREFIX}${encodeURIComponent(given)}`;
}
