/** Builds a classification from its branch and reason; the reason's own facts come with it. */
import type { Branch } from './branch.ts';
import type { Classification } from './classification.ts';
import type { ReasonOf } from './reason.ts';
import { reasonFacts } from './reason.ts';

type Rest = Omit<Classification, 'branch' | 'reason' | 'owner' | 'userAction' | 'alertLevel'>;

export function finding<B extends Branch>(branch: B, reason: ReasonOf<B>, rest: Rest): Classification {
  // The pair is checked by this signature; TypeScript cannot see it through the mapped union.
  return { ...rest, ...reasonFacts(branch, reason), branch, reason } as Classification;
}

/** `branch/reason: original text — owner: action`: how every failure reads. */
export function readable(c: Classification): string {
  return `${c.branch}/${c.reason}: ${c.message} — ${c.owner}: ${c.userAction}`;
}
