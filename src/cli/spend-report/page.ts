/**
 * The report as one HTML page that holds everything, so that it can be mailed: no script, nothing fetched, and
 * the page's own policy forbids both, whatever a model or a tenant is called.
 */
import { findingWords, VERDICT_WORDS } from '../../domain/report/advice-words.ts';
import { coverageWords } from '../../domain/report/coverage-words.ts';
import { shareWords, usdWords, wholeWords } from '../../domain/report/number-words.ts';
import type { Report } from '../../domain/report/report.ts';
import { escape } from '../../words/escape.ts';
import { withoutSecrets } from '../secrets.ts';
import { costSections } from './cost-sections.ts';
import { failureSections } from './failure-sections.ts';
import { limitSections } from './limit-sections.ts';
import { REPORT_STYLE } from './style.ts';
import { isoWords } from './terminal.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export function reportPage(report: Report): string {
  return withoutSecrets(pageOf(report));
}

function pageOf(report: Report): string {
  const { since, until, madeAt } = report;
  const title = `Generations that ended from ${isoWords(since)} to ${isoWords(until)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escape(title)} · report</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
  <h1>What fails, what it costs, what to do</h1>
  <p>${escape(title)}. Made ${escape(isoWords(madeAt))}.</p>
  ${coverageList(report)}
  <dl>${headFigures(report)
    .map(
      ([name, value, under]) =>
        `<div><dt>${escape(name)}</dt><dd>${escape(value)}${under === '' ? '' : ` <small>${escape(under)}</small>`}</dd></div>`,
    )
    .join('')}</dl>
</header>
<main>
${[adviceSection(report), ...failureSections(report), ...costSections(report), ...limitSections(report)].join('\n')}
</main>
</body>
</html>
`;
}

function coverageList(report: Report): string {
  const lines = coverageWords(report);
  return lines.length === 0
    ? ''
    : `<ul class="coverage">${lines.map((line) => `<li>${escape(line)}</li>`).join('')}</ul>`;
}

function headFigures({ total }: Report): readonly (readonly [string, string, string])[] {
  const { generations, delivered, dead, images, sureUsd, possibleUsd, usdPerImage, availability } = total;
  const wasted = total.wastedSureUsd + total.wastedPossibleUsd;
  return [
    ['generations', wholeWords(generations), `${wholeWords(delivered)} delivered, ${wholeWords(dead)} dead`],
    ['images', wholeWords(images), usdPerImage === undefined ? '' : `${usdWords(usdPerImage)} each`],
    ['cost, sure', usdWords(sureUsd), ''],
    ['cost, possible', usdWords(possibleUsd), ''],
    ['wasted on failures', usdWords(wasted), ''],
    ...(availability === undefined ? [] : [['availability', shareWords(availability), ''] as const]),
  ];
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
