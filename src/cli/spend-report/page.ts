/** The report as one HTML page to be mailed: advice first, then failures, costs and limits. */
import { findingWords, VERDICT_WORDS } from '../../domain/report/advice-words.ts';
import { coverageWords } from '../../domain/report/coverage-words.ts';
import { shareWords, usdWords, wholeWords } from '../../domain/report/number-words.ts';
import type { Report } from '../../domain/report/report.ts';
import { escape } from '../../words/escape.ts';
import { figureList, mailedPage } from '../mailed-page.ts';
import { withoutSecrets } from '../secrets.ts';
import { costSections } from './cost-sections.ts';
import { failureSections } from './failure-sections.ts';
import { limitSections } from './limit-sections.ts';
import { REPORT_STYLE } from './style.ts';
import { isoWords } from './terminal.ts';

export function reportPage(report: Report): string {
  return withoutSecrets(pageOf(report));
}

function pageOf(report: Report): string {
  const { since, until, madeAt } = report;
  const title = `Generations that ended from ${isoWords(since)} to ${isoWords(until)}`;
  return mailedPage({
    title: `${escape(title)} · report`,
    style: REPORT_STYLE,
    header: `  <h1>What fails, what it costs, what to do</h1>
  <p>${escape(title)}. Made ${escape(isoWords(madeAt))}.</p>
  ${coverageList(report)}
  ${figureList(headFigures(report))}`,
    main: [
      ...[adviceSection(report), ...failureSections(report)],
      ...[...costSections(report), ...limitSections(report)],
    ].join('\n'),
  });
}

function coverageList(report: Report): string {
  const lines = coverageWords(report);
  return lines.length === 0
    ? ''
    : `<ul class="coverage">${lines.map((line) => `<li>${escape(line)}</li>`).join('')}</ul>`;
}

function headFigures({ total }: Report): readonly (readonly [string, string])[] {
  const { generations, delivered, dead, images, sureUsd, possibleUsd, usdPerImage, availability } = total;
  const wasted = total.wastedSureUsd + total.wastedPossibleUsd;
  const figures: readonly (readonly [name: string, value: string, under: string])[] = [
    ['generations', wholeWords(generations), `${wholeWords(delivered)} delivered, ${wholeWords(dead)} dead`],
    ['images', wholeWords(images), usdPerImage === undefined ? '' : `${usdWords(usdPerImage)} each`],
    ['cost, sure', usdWords(sureUsd), ''],
    ['cost, possible', usdWords(possibleUsd), ''],
    ['wasted on failures', usdWords(wasted), ''],
    ...(availability === undefined ? [] : [['availability', shareWords(availability), ''] as const]),
  ];
  return figures.map(([name, value, under]) => [
    escape(name),
    `${escape(value)}${under === '' ? '' : ` <small>${escape(under)}</small>`}`,
  ]);
}

function adviceSection({ advice }: Report): string {
  const findings = advice.map((finding) => {
    const { head, lines } = findingWords(finding);
    const what = head.slice(0, head.lastIndexOf(':'));
    const items = lines.map((line) => `<li>${escape(line)}</li>`).join('');
    return `<h3>${escape(what)} <span class="tag ${finding.verdict}">${escape(VERDICT_WORDS[finding.verdict])}</span></h3><ul>${items}</ul>`;
  });
  return `<section class="advice"><h2>Advice</h2>${findings.join('')}</section>`;
}
