/** Why an exchange was not answered: words for people, and whether too many asked at once. */
export interface LinkFailure {
  /** `14 UNAVAILABLE: no connection`; what Temporal's client wraps around it says less. */
  readonly why: string;
  /** One workflow takes ten updates in flight; the eleventh throws all of them back. */
  readonly isCrowded: boolean;
}

const CROWDED = /concurrent in-flight updates|update was aborted/i;

export function linkFailure(error: unknown): LinkFailure {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = inner instanceof Error ? inner.message : String(inner);
  return { why, isCrowded: CROWDED.test(why) };
}
