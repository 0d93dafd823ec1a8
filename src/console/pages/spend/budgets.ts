/** Budgets: how much of each is used, where it goes, and which marks were passed. */
import type { BudgetSight, BudgetStand } from '../../../client/budgets-sight.ts';
import { isSilentBudget } from '../../../client/budgets-sight.ts';
import { shareWords, usdWords } from '../../../domain/report/number-words.ts';
import { withoutKeys } from '../../../words/keys.ts';
import type { Html } from '../../html.ts';
import { foreign, html } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { section } from '../../section.ts';
import { ago, left } from '../../words.ts';
import type { SpendData } from './load.ts';

const MOST_SHOWN = 50;

export function budgetSection({ budgets }: SpendData, viewer: Viewer): Html {
  const { value, at, failure } = budgets;
  if (value === undefined) {
    const why = failure ?? 'nobody has answered yet';
    return section('budgets', html`<p class="empty">Not known: <bdi>${why}</bdi>.</p>`, { title: 'Budgets' });
  }
  if (value.length === 0) {
    const words = 'No budget is kept in this namespace: workers with quota: fleet and budgets keep them.';
    return section('budgets', html`<p class="empty">${words}</p>`, { title: 'Budgets' });
  }
  // The fullest first: who is looked for is seldom the one with room.
  const sorted = value.toSorted((a, b) => fullest(b) - fullest(a));
  const more = sorted.length - MOST_SHOWN;
  return section(
    'budgets',
    html`${sorted.slice(0, MOST_SHOWN).map((sight) => tenantOf(sight, viewer))}
    ${
      (more > 0 || !value.complete) &&
      html`<p class="quiet-words">
        The ${MOST_SHOWN} fullest of ${value.complete ? value.length : `more than ${value.length}`}.
      </p>`
    }
    ${failure !== undefined && html`<p class="quiet-words">The last look failed: <bdi>${failure}</bdi></p>`}`,
    { title: 'Budgets', ...(at === undefined ? {} : { beside: html`asked ${ago(at, viewer)} ago` }) },
  );
}

function fullest(sight: BudgetSight): number {
  return isSilentBudget(sight) ? 2 : Math.max(0, ...sight.budgets.map(({ usedShare }) => usedShare));
}

function tenantOf(sight: BudgetSight, viewer: Viewer): Html {
  const name = sight.tenant === '' ? 'requests without a tenant' : foreign(sight.tenant);
  if (isSilentBudget(sight)) {
    return html`<div class="card stop">
      <h3>${name}</h3>
      <p>Does not answer: <bdi>${sight.unreachable}</bdi></p>
    </div>`;
  }
  return html`<div class="card">
    <h3>${name}</h3>
    ${sight.lost === true && html`<p class="told bad">Its state was lost: more may have been spent than it knows.</p>`}
    ${sight.budgets.map((stand) => gauge(stand, sight.tenant, viewer))}
  </div>`;
}

function gauge(stand: BudgetStand, tenant: string, viewer: Viewer): Html {
  const { period, label, limitUsd, sureUsd, possibleUsd, reservedUsd, usedShare, forecastUsd } = stand;
  const { reached, until } = stand;
  const possibly = possibleUsd === 0 ? '' : ` (${usdWords(possibleUsd)} of it possibly)`;
  const whose = tenant === '' ? 'requests without a tenant' : withoutKeys(tenant);
  const marks = reached.map(
    (mark) =>
      html` <span class="tag ${mark === 100 ? 'bad' : 'person-tag'}" title="${MARKS[mark]}">${mark} %</span>`,
  );
  const forecast =
    forecastUsd !== undefined &&
    html`; at this pace ${usdWords(forecastUsd)} by
    then${forecastUsd > limitUsd && html` <strong>(above the limit)</strong>`}`;
  // Its words are long: below the gauge they have room on a phone too.
  return html`<div>
    <p>${usdWords(sureUsd + possibleUsd)} of ${usdWords(limitUsd)}${possibly}, ${period} ${label}${marks}</p>
    <meter
      min="0"
      max="1"
      low="0.5"
      high="0.8"
      optimum="0"
      value="${Math.min(1, usedShare).toFixed(3)}"
      aria-label="Budget of ${whose}, ${period} ${label}"
    >
      ${shareWords(usedShare)}
    </meter>
    <p class="quiet-words">
      ${usdWords(reservedUsd)} reserved; ends in ${left(Date.parse(until), viewer)}${forecast}
    </p>
  </div>`;
}

const MARKS = {
  50: 'half of it was used',
  80: 'four fifths of it were used',
  100: 'all of it was used, or what was left was too little for a call',
} as const;
