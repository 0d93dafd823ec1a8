/** A session as Temporal's UI shows it. Markdown. Pure. */
import { shortText } from '../domain/short-text.ts';
import { costOf } from './view.ts';
import type { SessionState, Turn } from './session.ts';
import { queued, running } from './session.ts';

const LATEST = 8;
const LONGEST_SUMMARY_BYTES = 200;
const LONGEST_BYTES = 4_000;

export function turnSummary(turnId: string, excerpt: string | undefined): string {
  return shortText(`turn ${turnId}${excerpt === undefined ? '' : `: ${excerpt}`}`, LONGEST_SUMMARY_BYTES);
}

export function sessionDetails(state: SessionState): string {
  const { turns, head, closing } = state;
  const now = running(state);
  const waiting = queued(state).length;
  const { sureUsd, possibleUsd } = costOf(state);
  const possibly = possibleUsd > 0 ? `, possibly $${possibleUsd.toFixed(3)} more` : '';
  const doing =
    now === undefined ? (closing === true ? 'closed' : 'waits for the next turn') : `turn ${now.turnId} runs`;
  const lines = [
    `**${doing}**${waiting > 0 ? `, ${waiting} wait` : ''}; ${turns.length} turns, $${sureUsd.toFixed(3)}${possibly}`,
    head === undefined ? 'The next turn begins the conversation.' : `The next turn goes on from \`${head}\`.`,
    '',
    ...turns.slice(-LATEST).map(turnLine),
  ];
  return shortText(lines.join('\n'), LONGEST_BYTES);
}

function turnLine({ turnId, status, excerpt, done, failed, undone }: Turn): string {
  const what = failed === undefined ? status : `${status}: ${failed.branch}/${failed.reason}`;
  const how = done?.use === 'reseeded' ? ', began anew with the last image' : '';
  const words = excerpt === undefined ? '' : ` “${excerpt.replace(/\s+/g, ' ')}”`;
  return `- \`${turnId}\` ${what}${how}${undone === true ? ', undone' : ''}${words}`;
}
