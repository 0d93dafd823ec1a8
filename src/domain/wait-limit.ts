/** What binds a call that waits for its turn: a limit, a pause that the provider asked for, or what concerns everyone on the route. */
export const WAIT_LIMITS = [
  'rpm',
  'tpm',
  'ipm',
  'rpd',
  'pause',
  'spend',
  'budget',
  'breaker',
  'trial',
  'governor',
] as const;
export type WaitLimit = (typeof WAIT_LIMITS)[number];
