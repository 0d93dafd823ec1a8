/** What to do about it: the report's findings over the same time, and how to get the whole report. */
import { findingWords, VERDICT_WORDS } from '../../../domain/report/advice-words.ts';
import type { Html } from '../../html.ts';
import { html } from '../../html.ts';
import { section } from '../../section.ts';
import type { SpendData } from './load.ts';

const TAGS = { 'worth-it': 'good', 'not-now': '', 'too-few': 'person-tag' } as const;

export function adviceSection({ report, days, sight }: SpendData): Html {
  const since = `${days}d`;
  const whole = html`<p class="quiet-words">
    The whole report, with failures by hour, limits and waits, to keep or to mail:
    <code>gemini-images report --since ${since} --html report.html</code>
  </p>`;
  if (sight.counting !== undefined) {
    return section(
      'advice',
      html`<p class="empty">Once everything is counted.</p>
        ${whole}`,
      { title: 'Advice' },
    );
  }
  const findings = report.advice.map((finding) => {
    const { head, lines } = findingWords(finding);
    return html`<details data-key="advice ${finding.id}" ${finding.verdict === 'worth-it' && html`open`}>
      <summary>
        ${head.slice(0, head.lastIndexOf(':'))}
        <span class="tag ${TAGS[finding.verdict]}">${VERDICT_WORDS[finding.verdict]}</span>
      </summary>
      <ul>
        ${lines.map((line) => html`<li><bdi>${line}</bdi></li>`)}
      </ul>
    </details>`;
  });
  return section(
    'advice',
    html`<div class="card">${findings}</div>
      ${whole}`,
    { title: 'Advice' },
  );
}
