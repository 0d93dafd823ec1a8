/** What it cost: the sums, the days, the models, and what was wasted. */
import { BRANCH_FACTS } from '../../../domain/branch-facts.ts';
import { isBranch } from '../../../domain/branch.ts';
import { countWords, shareWords, usdWords, wholeWords } from '../../../domain/report/number-words.ts';
import type { Report, SpendLine } from '../../../domain/report/report.ts';
import { withoutKeys } from '../../../words/keys.ts';
import { columns, rows } from '../../../words/plots.ts';
import { foreign, html, Html } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { facts, section, table } from '../../section.ts';
import { ago, clock } from '../../words.ts';
import type { SpendData } from './load.ts';
import { PERIODS } from './load.ts';

const PERIOD_WORDS = { 1: 'today', 7: '7 days', 30: '30 days' } as const;

export function periodSection({ days, sight }: SpendData, viewer: Viewer): Html {
  const links = PERIODS.map(
    (each) =>
      html`<li>
        <a href="/spend?days=${each}" ${each === days && html`aria-current="true"`}>${PERIOD_WORDS[each]}</a>
      </li>`,
  );
  return section(
    'period',
    html`<nav aria-label="Period">
        <ul>
          ${links}
        </ul>
      </nav>
      ${ageOf(sight, viewer)}`,
  );
}

/** What the figures are of, and what is missing in them. */
function ageOf({ asOf, counting, failure }: SpendData['sight'], viewer: Viewer): Html {
  if (failure !== undefined) {
    const words =
      asOf === undefined ? html`Nothing is counted yet.` : html`The figures are of ${clock(asOf, viewer)}.`;
    return html`<p class="told bad">
      Counting fails since ${clock(failure.since, viewer)}: <bdi>${failure.why}</bdi>. ${words}
    </p>`;
  }
  if (counting !== undefined) {
    const reach = counting.since === undefined ? '' : html`, back to ${clock(counting.since, viewer)}`;
    return html`<p class="told busy">
      Still counting: ${countWords(counting.runs, 'generation')} so far${reach}. These are the latest; the
      sums grow.
    </p>`;
  }
  return asOf === undefined
    ? html``
    : html`<p class="quiet-words">
        Of generations that ended, by the day on which they did (UTC); counted ${ago(asOf, viewer)} ago.
      </p>`;
}

export function sumSection({ report, days }: SpendData): Html {
  const { total, coverage } = report;
  const wasted = total.wastedSureUsd + total.wastedPossibleUsd;
  const unknown = total.unknown.terminated + total.unknown['timed-out'] + total.unknown['no-tally'];
  const words = days === 1 ? 'today' : `in ${days} days`;
  return section(
    'sums',
    html`${facts([
      ['cost, sure', html`<strong>${usdWords(total.sureUsd)}</strong>`],
      ['cost, possible', usdWords(total.possibleUsd)],
      ['cost of an image', total.usdPerImage === undefined ? 'no image' : usdWords(total.usdPerImage)],
      ['wasted on calls that failed', usdWords(wasted)],
      [
        `generations that ended ${words}`,
        `${wholeWords(total.generations)}: ${wholeWords(total.delivered)} delivered, ${wholeWords(total.dead)} dead`,
      ],
      ['availability', total.availability === undefined ? undefined : shareWords(total.availability)],
      ['cost unknown', unknown === 0 ? undefined : countWords(unknown, 'generation')],
    ])}
    ${
      (coverage.running ?? 0) > 0 &&
      html`<p class="quiet-words">
        ${countWords(coverage.running ?? 0, 'generation')} still run: what they cost so far is not counted
        yet.
      </p>`
    }`,
  );
}

const KEY = html`<p class="quiet-words">
  <span class="key"></span>sure <span class="key possible"></span>possible
</p>`;

export function daySection({ report, days }: SpendData): Html {
  const { byDay } = report.spend;
  if (days === 1 || byDay.length === 0) return html``;
  const plot = { id: 'days', title: 'Cost by day', description: 'The table below has every number.' };
  const bars = byDay.map((line) => ({ ...barOf(line), label: line.key.slice(5) }));
  return section(
    'days',
    html`${KEY}${drawn(columns(plot, bars))}${moneyTable('Cost by day', 'day', byDay)}`,
    {
      title: 'By day',
    },
  );
}

export function modelSection({ report }: SpendData): Html {
  const { byModel } = report.spend;
  if (byModel.length === 0) return html``;
  const plot = {
    id: 'models',
    title: 'Cost by model and tier',
    description: 'The table below has every number.',
  };
  const lines = moneyTable('Cost by model and tier', 'model and tier', byModel);
  return section('models', html`${KEY}${drawn(rows(plot, byModel.map(barOf)))}${lines}`, {
    title: 'By model and tier',
  });
}

export function wasteSection({ report }: SpendData): Html {
  const { failures } = report;
  if (report.total.calls === 0) return html``;
  if (failures.length === 0)
    return section('waste', html`<p class="empty">No call failed.</p>`, { title: 'What failed' });
  const heads = ['branch and reason', 'calls', 'of all', 'wasted, sure', 'possibly'];
  const lines = failures.map((line) => [
    html`<strong>${foreign(line.key)}</strong
      >${isBranch(line.branch) && html`<br /><span class="quiet-words">${BRANCH_FACTS[line.branch].title}</span>`}`,
    wholeWords(line.calls),
    shareWords(line.shareOfCalls),
    usdWords(line.wastedSureUsd),
    usdWords(line.wastedPossibleUsd),
  ]);
  return section('waste', table('Failed calls by branch, and what they cost', heads, lines), {
    title: 'What failed, and what it cost',
  });
}

function moneyTable(label: string, first: string, lines: readonly SpendLine[]): Html {
  return table(
    label,
    [first, 'sure', 'possible', 'wasted', 'images', 'per image'],
    lines.map((line) => [
      foreign(line.key),
      usdWords(line.sureUsd),
      usdWords(line.possibleUsd),
      usdWords(line.wastedSureUsd + line.wastedPossibleUsd),
      wholeWords(line.images),
      line.usdPerImage === undefined ? '–' : usdWords(line.usdPerImage),
    ]),
  );
}

function barOf(line: Report['spend']['byDay'][number]) {
  const { key, sureUsd, possibleUsd } = line;
  return {
    label: withoutKeys(key),
    value: sureUsd,
    more: possibleUsd,
    words: usdWords(sureUsd + possibleUsd),
  };
}

/** The plots escape what stands in them. */
function drawn(svg: string): Html {
  return Html.trusted(svg);
}
