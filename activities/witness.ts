/**
 * Tells this process's broker what a call came to: its cost counts in the project's spend window, and a hold
 * that it opened gets its evidence. The last thing of an activity that can fail no more, so that a repeated
 * one does not tell it twice.
 */
import type { Attempt } from '../src/domain/attempt.ts';
import type { Classification } from '../src/domain/classification.ts';
import type { Route } from '../src/domain/path.ts';
import type { CallVerdict } from '../src/quota/broker.ts';
import type { ActivityDeps } from './deps.ts';

export function witness(
  { broker }: Pick<ActivityDeps, 'broker'>,
  generationId: string,
  route: Route,
  { evidence, fingerprint, cost, classification }: Attempt,
): void {
  const { sureUsd, possibleUsd } = cost;
  broker.witness({
    ...{ route, generationId, sureUsd, possibleUsd },
    evidence: evidence ?? fingerprint,
    ...(classification === undefined ? {} : { verdict: verdictOf(classification) }),
  });
}

function verdictOf({ branch, reason, message }: Classification): CallVerdict {
  return { branch, reason, message };
}
