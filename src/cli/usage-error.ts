/** The user asked for something that cannot be done as asked; the message names the option and the cure. */
export class UsageError extends Error {
  override readonly name = 'UsageError' as const;
}
