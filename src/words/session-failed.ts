/** Why a turn failed; the words often begin with the verdict, which is told apart. */
import type { TurnFailed } from '../contract/session.ts';

export function failedWords({ branch, reason, why }: TurnFailed): {
  readonly verdict: string;
  readonly why: string;
} {
  const verdict = branch === reason ? branch : `${branch}/${reason}`;
  const beginning = `${branch}/${reason}: `;
  return { verdict, why: why.startsWith(beginning) ? why.slice(beginning.length) : why };
}
