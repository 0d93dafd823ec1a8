/** What waits for a person, by cause: each group with the one command line that fixes it, or lets it all leave. */
import type { CauseGroup, CauseListing } from '../client/causes.ts';
import { clockWords } from './clock-words.ts';
import { durationWords } from '../words/duration.ts';
import { commandLine } from './invocation.ts';
import { YOUR_REASON } from './operator-options.ts';
import { usd } from './standing-words.ts';
import { paint } from './output.ts';

const SHOWN_EVIDENCE = 16;
const LINE = /\s+/g;
/** What a pasted command grants where nobody says otherwise. */
const USUAL_UNTIL = '2h';

export interface CauseTelling {
  readonly now: number;
  /** Options that make another command find the same server. */
  readonly server: readonly string[];
}

export function causeLines(groups: CauseListing, telling: CauseTelling): readonly string[] {
  return groups.flatMap((group) => [...groupLines(group, groups, telling), '']);
}

function groupLines(
  group: CauseGroup,
  all: readonly CauseGroup[],
  { now, server }: CauseTelling,
): readonly string[] {
  const { name, hold, oldest, scope, routes, isLocal } = group;
  const options = [...governorOption(group, all), ...server];
  const grantable = scope === undefined || group.branch === 'operator' || isLocal === true ? [] : routes;
  return [
    ...causeHead(group, now),
    ...(isLocal === true
      ? [
          '  each worker holds it by itself (quota local); once the cause is fixed, let one try: the others follow',
          `    $ ${commandLine(['retry', oldest, '--why', YOUR_REASON, ...server])}`,
        ]
      : []),
    ...(hold === undefined || isLocal === true
      ? []
      : [
          '  once the cause is fixed',
          `    $ ${commandLine(['routes', 'resume', hold, '--why', YOUR_REASON, ...options])}`,
        ]),
    ...grantable.flatMap(({ route, count, worstUsd, totalUsd, changes = [] }) => {
      const price =
        worstUsd === undefined || totalUsd === undefined
          ? ', at a price that is not told'
          : `, at most ${usd(worstUsd)} each and ${usd(totalUsd)} in all`;
      const cap = totalUsd === undefined ? YOUR_CAP : String(Math.ceil(totalUsd * 100) / 100);
      const words = ['approve', '--cause', name, '--route', route, '--until', USUAL_UNTIL];
      return [
        `  or let ${count} leave to ${route}${price}`,
        ...changes.map((change) => `    ${change}`),
        `    $ ${commandLine([...words, '--max-cost', cap, ...evidenceOption(group), '--why', YOUR_REASON, ...options])}`,
      ];
    }),
    '  the oldest',
    `    $ ${commandLine(['show', oldest, ...server])}`,
  ];
}

/** No number: to be replaced. */
const YOUR_CAP = 'USD';

/** `3012 × permission/key-leaked@credential:1a2b…`, since when, why, and on which evidence. */
export function causeHead(group: CauseGroup, now: number): readonly string[] {
  const { count, name, reasons, since, phases, why, evidence, hold, governor } = group;
  const where = hold === undefined ? '' : `, hold ${hold}`;
  const whose = governor === undefined ? '' : ` of ${governor}`;
  const states = Object.entries(phases).map(([phase, n]) => `${n} ${phase}`);
  return [
    `${paint('bold', `${count} × ${name}`)}${where}${whose}`,
    `  since ${clockWords(since, now)} (${durationWords(now - since)}); ${states.join(', ')}` +
      (reasons.length === 0 ? '' : `; ${reasons.join(', ')}`),
    ...(why === '' ? [] : [`  ${why.replace(LINE, ' ')}`]),
    ...(evidence === undefined ? [] : [`  evidence ${evidence.slice(0, SHOWN_EVIDENCE)}`]),
  ];
}

function evidenceOption({ evidence }: CauseGroup): readonly string[] {
  return evidence === undefined ? [] : ['--evidence', evidence.slice(0, SHOWN_EVIDENCE)];
}

/** Two accounts may have a cause, or a hold, of the same name. */
function governorOption({ governor }: CauseGroup, all: readonly CauseGroup[]): readonly string[] {
  const others = all.some((each) => each.governor !== governor);
  return governor === undefined || !others ? [] : ['--governor', governor];
}
