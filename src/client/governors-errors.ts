/** What goes wrong between an operator and a governor. */

/** The governor refused the command; nothing was changed. */
export class RouteCommandRefused extends Error {
  override readonly name = 'RouteCommandRefused' as const;
  /** `google/ai-studio/my-project` */
  readonly governor: string;
  /** Why, in the governor's words. */
  readonly answer: string;

  constructor(governor: string, answer: string, options?: ErrorOptions) {
    super(`the governor of ${governor} refused: ${answer}`, options);
    this.governor = governor;
    this.answer = answer;
  }
}

/** No governor of this id runs in the namespace; nothing was sent. */
export class UnknownGovernor extends Error {
  override readonly name = 'UnknownGovernor' as const;
  readonly governor: string;

  constructor(governor: string, known: readonly string[]) {
    const cure =
      known.length === 0
        ? "none runs here: it begins with the first worker that has quota: 'fleet'; check the namespace"
        : `known here: ${known.join(', ')}`;
    super(`no governor ${governor}: ${cure}`);
    this.governor = governor;
  }
}

/**
 * The server is there, and no worker took the command within the deadline. It may still be taken by one
 * that comes back at once: look at `routes()` before it is sent again.
 */
export class NoGovernorAnswered extends Error {
  override readonly name = 'NoGovernorAnswered' as const;
  readonly governor: string;

  constructor(governor: string, deadlineMs: number, options?: ErrorOptions) {
    super(
      `no worker took the command to ${governor} within ${deadlineMs} ms, and one that comes back may still: ` +
        "start a worker with quota: 'fleet', look at the routes, and send it again where it is not done",
      options,
    );
    this.governor = governor;
  }
}
