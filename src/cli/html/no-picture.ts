/** In place of a picture: what ended the generation, in whose words, and who must act. */
import { escape } from '../../words/escape.ts';

export interface ToldVerdict {
  readonly branch: string;
  readonly reason: string;
  readonly owner: string;
  readonly userAction: string;
  /** The original words. */
  readonly message: string;
}

export function noPicture(
  verdict: ToldVerdict,
  { waits = false }: { readonly waits?: boolean } = {},
): string {
  const { branch, reason, owner, userAction, message } = verdict;
  return `<div class="none${waits ? ' waits' : ''}">
    <strong>${escape(`${branch}/${reason}`)}</strong>
    <q>${escape(message)}</q>
    <p><b>${escape(owner)}:</b> ${escape(userAction)}</p>
  </div>`;
}
