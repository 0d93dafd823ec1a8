/** What fails: by branch and reason, and by hour of the day. */
import { BRANCH_FACTS } from '../../domain/branch-facts.ts';
import { isBranch } from '../../domain/branch.ts';
import { hourWords, shareWords, usdWords, wholeWords } from '../../domain/report/number-words.ts';
import type { FailureLine, Report } from '../../domain/report/report.ts';
import { columns, rows } from '../../words/plots.ts';
import { table } from './table.ts';

const MOST_DRAWN = 15;

export function failureSections({ failures, ends, hours, total }: Report): readonly string[] {
  if (total.calls === 0) return ['<section><h2>What fails</h2><p>No call was made.</p></section>'];
  return [
    failures.length === 0
      ? '<section><h2>What fails</h2><p>No call failed.</p></section>'
      : `<section class="failures"><h2>What fails</h2>${byBranch(failures)}${endsTable(ends)}</section>`,
    `<section class="failures"><h2>By hour of the day</h2>${byHour(hours)}</section>`,
  ];
}

function byBranch(failures: readonly FailureLine[]): string {
  const [first] = failures;
  const plot = {
    id: 'failures',
    title: 'Failed calls by branch and reason',
    description:
      first === undefined
        ? 'None.'
        : `Most of them ${first.key}: ${first.calls} calls, ${shareWords(first.shareOfCalls)} of all. The table below has every number.`,
  };
  const bars = failures.slice(0, MOST_DRAWN).map(({ key, calls, shareOfCalls }) => ({
    label: key,
    value: calls,
    words: `${wholeWords(calls)} (${shareWords(shareOfCalls)})`,
  }));
  const heads = [
    'branch/reason',
    'calls',
    'of all calls',
    'generations',
    'of all',
    'wasted, sure',
    'possibly',
  ];
  const lines = failures.map((line) => ({
    cells: [
      `${line.key}${isBranch(line.branch) ? `: ${BRANCH_FACTS[line.branch].title}` : ''}`,
      wholeWords(line.calls),
      shareWords(line.shareOfCalls),
      wholeWords(line.generations),
      shareWords(line.shareOfGenerations),
      usdWords(line.wastedSureUsd),
      usdWords(line.wastedPossibleUsd),
    ],
  }));
  return rows(plot, bars) + table('Failed calls, and generations that met them', heads, lines);
}

function endsTable(ends: Report['ends']): string {
  if (ends.length === 0) return '';
  const lines = ends.map(({ verdict, generations }) => ({ cells: [verdict, wholeWords(generations)] }));
  return table('What ended dead generations', ['branch/reason', 'generations'], lines);
}

function byHour(hours: Report['hours']): string {
  const worst = hours.filter(({ calls }) => calls > 0).toSorted((a, b) => b.failedShare - a.failedShare)[0];
  const plot = {
    id: 'hours',
    title: 'Share of calls that failed, by hour of the day, UTC',
    description:
      worst === undefined
        ? 'No call was made.'
        : `Worst: ${hourWords(worst.hour)}, ${shareWords(worst.failedShare)} of ${worst.calls} calls. The table below has every number.`,
  };
  const bars = hours.map(({ hour, failedShare, calls }) => ({
    label: String(hour).padStart(2, '0'),
    value: failedShare,
    words: `${shareWords(failedShare)} of ${calls}`,
  }));
  const heads = ['hour, UTC', 'calls', 'failed', 'for capacity', 'share'];
  const lines = hours
    .filter(({ calls }) => calls > 0)
    .map(({ hour, calls, failed, capacity, failedShare }) => ({
      cells: [
        hourWords(hour),
        wholeWords(calls),
        wholeWords(failed),
        wholeWords(capacity),
        shareWords(failedShare),
      ],
    }));
  return columns(plot, bars) + table('Calls by hour', heads, lines);
}
