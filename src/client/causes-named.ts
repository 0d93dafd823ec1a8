/** The one group of asks that an operator means, and the evidence that a grant for it names (I12). */
import type { Hold } from '../contract/standing.ts';
import type { CauseGroup } from './causes.ts';
import { causeName } from './causes.ts';
import type { Waiting } from './causes-waiting.ts';
import { DecisionRefused } from './errors.ts';
import { invalid } from './invalid.ts';
import { knownWords } from './near-names.ts';

/** Throws InvalidRequest that names the causes that are open, or that are meant alike. */
export function groupNamed(
  groups: readonly CauseGroup[],
  { cause, governor }: { readonly cause: string; readonly governor?: string },
): CauseGroup {
  const within = groups.filter(
    (group) => governor === undefined || group.governor === undefined || group.governor === governor,
  );
  const exact = within.filter(({ name }) => name === cause);
  const found = exact.length > 0 ? exact : within.filter(({ branch }) => branch === cause);
  const [first, ...others] = found;
  if (first === undefined) {
    const names = within.map(({ name }) => name);
    const words = knownWords(cause, names, 'nobody waits for any');
    throw invalid('cause', cause, `must be one that somebody waits for: ${words}`);
  }
  if (others.length === 0) return first;
  if (exact.length > 0 || new Set(found.map(({ name }) => name)).size === 1) {
    const ids = found.map((group) => group.governor ?? 'one that its memos do not tell').join(', ');
    throw invalid('governor', governor, `must say whose ${cause} is meant: ${ids}`);
  }
  throw invalid('cause', cause, `must be one of ${found.map(({ name }) => name).join(', ')}`);
}

/** What the group waits on, the newest knowledge first: its hold's evidence, then its members', oldest first. */
export function evidencesOf(
  { found }: Waiting,
  { name, hold, governor }: CauseGroup,
  holds: readonly Hold[],
): readonly string[] {
  const members = found.filter((each) => causeName(each) === name && each.cause?.account === governor);
  const all = [holds.find(({ id }) => id === hold)?.evidence, ...members.map(({ evidence }) => evidence)];
  return [...new Set(all.filter((each) => each !== undefined))];
}

/** Throws InvalidRequest. */
export function checkEvidence(given: string | undefined): void {
  if (given === undefined || /^[0-9a-f]{12,64}$/.test(given)) return;
  throw invalid('evidence', given, 'must be the SHA-256 that is shown with the cause, or its beginning');
}

/** What a grant names. A decision on evidence that has changed since is refused with the new one (I12). */
export function evidenceOf(
  { name, evidence }: CauseGroup,
  open: readonly string[],
  given: string | undefined,
): string {
  const now = evidence ?? open[0];
  if (now === undefined) {
    throw new DecisionRefused(name, { outcome: 'refused', answer: 'no evidence of it is stored yet' });
  }
  const seen = given === undefined ? now : open.find((each) => each.startsWith(given));
  if (seen !== undefined) return seen;
  throw new DecisionRefused(name, {
    outcome: 'stale',
    answer: `nobody waits on that evidence any more; look at ${now}`,
    evidence: now,
  });
}
