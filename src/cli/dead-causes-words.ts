/** Dead letters by what they died of: each group with the one command line that brings it back. */
import type { DeadCause, DeadCauseListing } from '../client/dead-causes.ts';
import { clockWords } from './clock-words.ts';
import { durationWords } from '../words/duration.ts';
import { commandLine } from './invocation.ts';
import { oneLine } from '../words/one-line.ts';
import { YOUR_REASON } from './operator-options.ts';
import { paint } from './output.ts';
import { costWords } from './trail-words.ts';

export interface DeadTelling {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Options that make another command find the same server. */
  readonly server: readonly string[];
}

export function deadCauseLines(groups: DeadCauseListing, telling: DeadTelling): readonly string[] {
  return [...groups.flatMap((group) => [...groupLines(group, telling), '']), totalLine(groups)];
}

function groupLines(group: DeadCause, { now, server }: DeadTelling): readonly string[] {
  const { name, branch, count, unread, newest, oldest, cost, priced, why, message, examples } = group;
  const more = unread === 0 ? '' : `, and as many of ${unread} more that were not read`;
  const whole = priced === count ? '' : ` (${priced} of them tell it)`;
  const change = branch === 'policy' ? ['--change', 'prompt=…'] : [];
  const first = examples.at(0);
  return [
    `${paint('bold', `${count} × ${name}`)}${more}`,
    `  the newest ${clockWords(newest, now)} (${durationWords(now - newest)} ago), the oldest ${durationWords(now - oldest)} ago; ` +
      `${costWords(cost)}${whole}`,
    ...[message, why].flatMap((words = '') => (words === '' ? [] : [`  ${oneLine(words)}`])),
    '  once the cause is fixed',
    `    $ ${commandLine(['revive', '--cause', name, ...change, '--why', YOUR_REASON, ...server])}`,
    ...(first === undefined ? [] : ['  the newest', `    $ ${commandLine(['show', first.id, ...server])}`]),
  ];
}

function totalLine(groups: DeadCauseListing): string {
  const { total, lookedAt, revived } = groups;
  const since =
    revived === undefined
      ? '; which of them were revived is unknown, the store does not answer'
      : revived === 0
        ? ''
        : `, ${revived} of them revived since`;
  return `${groups.length} cause${groups.length === 1 ? '' : 's'}; ${lookedAt} of ${total} dead letters looked at${since}`;
}
