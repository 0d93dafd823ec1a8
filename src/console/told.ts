/** What went wrong, for a person: a status, a head line and a sentence with the cure. */
export interface Told {
  readonly status: number;
  readonly title: string;
  readonly words: string;
  /** Not foreseen: worth a line in the log. */
  readonly unforeseen?: true;
}

/** By name, because an error may come from another copy of the client. */
const KNOWN: Readonly<Record<string, readonly [status: number, title: string]>> = {
  FormProblem: [422, 'Not sent: something is missing'],
  InvalidRequest: [422, 'Not sent: something is not valid'],
  DecisionRefused: [409, 'Not taken: the question has changed'],
  NotRevivable: [409, 'Not revived'],
  SessionRefused: [409, 'The session refused it'],
  RouteCommandRefused: [409, 'The governor refused it'],
  IdempotencyConflict: [409, 'Another request has this key'],
  UnknownGeneration: [404, 'No such generation'],
  UnknownSession: [404, 'No such session'],
  UnknownGovernor: [404, 'No such governor'],
  ArtifactMissing: [404, 'The artifact store has lost it'],
  ArtifactCorrupt: [502, 'The artifact store has altered it'],
  StoreUnavailable: [503, 'The artifact store does not answer'],
  ServerUnreachable: [503, 'Temporal does not answer'],
  NoWorkerAnswered: [503, 'No worker answered'],
  NoGovernorAnswered: [503, 'No worker answered for the governor'],
  NoSessionAnswered: [503, 'No worker answered for the session'],
  TooSlow: [503, 'It took too long'],
  NotHere: [404, 'Nothing is here'],
};

export function toldOf(error: unknown): Told {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  const known = KNOWN[name];
  if (known === undefined) {
    return {
      status: 500,
      title: 'The console failed',
      words: `${message === '' ? name : message} — nothing was decided; reload, and look at its log`,
      unforeseen: true,
    };
  }
  const [status, title] = known;
  return { status, title, words: message };
}

/** Temporal itself is away: what was seen last is still worth showing. */
export function isAway(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ServerUnreachable' || error.name === 'TooSlow');
}

/** There is no such page or thing. */
export class NotHere extends Error {
  override readonly name = 'NotHere' as const;
}

/** Nothing may hang: it was given up. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow' as const;
}
