/** A session's workflow id: its own prefix, so that a name of the caller's clashes with nothing. */
const PREFIX = 'gemini-session/';

/** `campaign-7` → `gemini-session/campaign-7`; a whole id stays as it is. */
export function sessionId(given: string): string {
  return given.startsWith(PREFIX) ? given : `${PREFIX}${encodeURIComponent(given)}`;
}

/** Of the generation that makes a turn: `gemini-session/campaign-7/sky`. @param session Its whole id. */
export function turnGenerationId(session: string, turnId: string): string {
  return `${session}/${encodeURIComponent(turnId)}`;
}

export interface TurnName {
  /** The whole id. */
  readonly session: string;
  readonly turnId: string;
}

/** Which turn a generation makes, by its id alone; undefined where it is none's. */
export function turnOfGeneration(id: string): TurnName | undefined {
  const [, session, turn] = /^(gemini-session\/[^/]+)\/([^/]+)$/.exec(id) ?? [];
  if (session === undefined || turn === undefined) return undefined;
  try {
    return { session, turnId: decodeURIComponent(turn) };
  } catch {
    return undefined;
  }
}

/** `gemini-session/campaign-7` → `campaign-7`, as its caller named it. */
export function sessionName(session: string): string {
  const name = session.startsWith(PREFIX) ? session.slice(PREFIX.length) : session;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
