/** What can go wrong with an edit session, beside what goes wrong with any call. */

/** No session has this id. */
export class UnknownSession extends Error {
  override readonly name = 'UnknownSession' as const;
  readonly id: string;

  constructor(id: string, options?: ErrorOptions) {
    super(
      `no session ${id}: check the id and the namespace; Temporal forgets ended ones after its retention`,
      options,
    );
    this.id = id;
  }
}

/** The session did not take it; nothing of it entered the session's history. */
export class SessionRefused extends Error {
  override readonly name = 'SessionRefused' as const;
  readonly id: string;
  /** Why, and what to do. */
  readonly answer: string;

  constructor(id: string, answer: string, options?: ErrorOptions) {
    super(`${id}: ${answer}`, options);
    this.id = id;
    this.answer = answer;
  }
}

/** No worker took it within the deadline: whether it was accepted is unknown; an edit may be sent again as it was. */
export class NoSessionAnswered extends Error {
  override readonly name = 'NoSessionAnswered' as const;
  readonly id: string;

  constructor(id: string, deadlineMs: number, options?: ErrorOptions) {
    super(
      `no worker answered for ${id} within ${deadlineMs} ms: start a worker, and send it again with the same turnId`,
      options,
    );
    this.id = id;
  }
}
