/** What generations wait for, in words. */
import type { WaitKind } from '../tally.ts';

const WORDS: Readonly<Record<WaitKind, string>> = {
  rpm: 'calls a minute',
  tpm: 'tokens a minute',
  ipm: 'images a minute',
  rpd: 'calls a day',
  pause: "the provider's pause",
  spend: 'the spend window',
  budget: 'a budget',
  breaker: 'an open breaker',
  trial: "another one's trial",
  governor: 'the governor',
  quiet: 'quiet hours',
  retest: 'backing off before a retest',
  held: 'a hold',
  operator: "a person's decision",
  batch: 'the batch lane',
  store: 'the artifact store',
  worker: 'a worker',
};

export function waitWords(kind: WaitKind): string {
  return WORDS[kind];
}
