/** What waits for a person, by cause: each with how many, since when, why, and what may be done about it. */
import { scopeWords } from '../../../client/routes-scope.ts';
import type { OfferedRoute } from '../../../client/causes.ts';
import { choice, decisionForm, field } from '../../decision-form.ts';
import type { Html } from '../../html.ts';
import { foreign, html } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { pathTo } from '../../page.ts';
import { section } from '../../section.ts';
import { ago, clock, count, counted, digest, usd } from '../../words.ts';
import type { Causes, CountedGroup, NowData } from './load.ts';

export function causeSections({ causes, waiting }: NowData, viewer: Viewer): Html {
  if (causes.kind === 'missing') {
    return section('causes', html`<p class="empty">Not known: ${causes.why}.</p>`, { title: 'Causes' });
  }
  const { groups } = causes.value;
  const head = section('causes', headOf(causes.value, waiting), { title: 'What waits for a person' });
  return html`${head}${groups.map((group) => causeSection(group, causes.value, viewer))}`;
}

function headOf({ groups, lookedAt, complete }: Causes, waiting: number | undefined): Html {
  if (groups.length === 0) return html`<p class="empty">Nothing waits for a person.</p>`;
  const all = waiting === undefined ? 'all' : count(waiting);
  const found = complete
    ? html`${counted(groups.length, 'cause')}, the largest first.`
    : html`${counted(groups.length, 'cause')} among the newest ${count(lookedAt)} of ${all}, the largest
      first.`;
  return html`<p class="quiet-words">
    ${found} What is decided for a cause goes for everything that waits for it.
  </p>`;
}

function causeSection(group: CountedGroup, causes: Causes, viewer: Viewer): Html {
  const {
    name,
    governor,
    scope,
    branch,
    reasons,
    isExact,
    since,
    phases,
    why,
    message,
    oldest,
    evidence,
    hold,
  } = group;
  const what = html`${isExact ? '' : 'at least '}${count(group.count)} ×
  ${branch}${reasons.length > 0 && html`/${reasons.join(', ')}`}`;
  const states = Object.entries(phases).map(([phase, n]) => `${count(n)} ${phase}`);
  const seen = causes.complete ? '' : ` of those looked at`;
  return section(
    `cause ${name} ${governor ?? ''}`,
    html`<article class="card ask">
      <h3>
        ${what}
        ${scope !== undefined && html`<span class="tag">${scopeWords(scope)}</span>`}${hold !== undefined && html` <span class="tag bad">hold ${hold}</span>`}
      </h3>
      <p>
        Since ${clock(since, viewer)}, ${ago(since, viewer)};
        ${states.join(', ')}${seen}.${governor !== undefined && html` Governor ${foreign(governor)}.`}
      </p>
      ${message !== undefined && html`<p class="why said">${foreign(message)}</p>`}
      ${why !== '' && html`<p class="quiet-words">${foreign(why)}</p>`}
      <p class="quiet-words">
        The oldest${seen}:
        <a href="${pathTo('/generations', oldest)}">${foreign(oldest)}</a
        >${evidence !== undefined && html`, on evidence ${digest(evidence)}`}
      </p>
      ${choicesOf(group, causes, viewer)}
    </article>`,
  );
}

function choicesOf(group: CountedGroup, causes: Causes, viewer: Viewer): Html {
  const { scope, branch, isLocal, hold, routes, oldest } = group;
  if (isLocal === true) {
    return html`<p>
      Each worker holds it by itself (quota local): once the cause is fixed,
      <a href="${pathTo('/generations', oldest)}">let one try again</a>, and the others follow.
    </p>`;
  }
  const isGrantable = scope !== undefined && branch !== 'operator';
  const grants = isGrantable ? routes : [];
  return html`<div class="choices">
    ${hold !== undefined && resumeChoice(group, viewer)}
    ${grants.map((route) => grantChoice(group, route, causes, viewer))}
    ${hold === undefined && grants.length === 0 && html`<p class="quiet-words">Nothing can be decided for all of them at once: open one.</p>`}
  </div>`;
}

function resumeChoice({ name, hold = '', governor, count: n, branch }: CountedGroup, viewer: Viewer): Html {
  return html`<details class="choice" data-key="resume ${name}">
    <summary>${branch === 'operator' ? 'Go on' : 'The cause is fixed: go on'}</summary>
    ${decisionForm(viewer, {
      action: 'resume',
      button: `Resume ${hold}`,
      hidden: { hold, governor },
      consequence: `A text call without cost goes first, then one generation; once both went well, ${counted(n, 'generation is', 'generations are')} woken at the pace of the quota. If the cause is still there, it is held again.`,
      example: 'the key was renewed',
    })}
    ${viewer.role === 'reader' && html`<p class="quiet-words">Whoever may decide can resume hold ${hold} here.</p>`}
  </details>`;
}

/** How long a grant lasts: the usual ones. */
const UNTIL = [
  ['30m', '30 minutes'],
  ['2h', '2 hours'],
  ['8h', '8 hours'],
  ['24h', '24 hours'],
] as const;

function grantChoice(group: CountedGroup, offered: OfferedRoute, causes: Causes, viewer: Viewer): Html {
  const { name, governor, evidence } = group;
  const { route, count: n, worstUsd, totalUsd, changes = [] } = offered;
  const all = causes.complete ? '' : ' of those looked at';
  const price =
    worstUsd === undefined || totalUsd === undefined
      ? 'at a price that is not told'
      : `at most ${usd(worstUsd)} each, ${usd(totalUsd)} for all${all}`;
  return html`<details class="choice" data-key="grant ${name} ${route}">
    <summary>Let ${count(n)}${all} leave to ${foreign(route)}: ${price}</summary>
    ${
      changes.length > 0 &&
      html`<ul>
        ${changes.map((change) => html`<li>${foreign(change)}</li>`)}
      </ul>`
    }
    ${evidence === undefined && html`<p class="quiet-words">No evidence of it is stored yet: wait a moment.</p>`}
    ${
      evidence !== undefined &&
      decisionForm(viewer, {
        action: 'approve-cause',
        button: `Let them leave to ${route}`,
        hidden: { cause: name, governor, route, evidence },
        fields: html`${choice('until', 'For how long', UNTIL, '2h')}${field(
          'maxCostUsd',
          'At most, USD in all',
          {
            type: 'number',
            step: '0.01',
            value: totalUsd === undefined ? '' : String(Math.ceil(totalUsd * 100) / 100),
            hint: 'Each that leaves reserves the worst price of one call; whoever comes after the cap is asked again.',
          },
        )}`,
        consequence: `Everything that waits for this cause now or within the time may leave. It can be revoked below.`,
        example: 'the campaign starts tonight',
      })
    }
  </details>`;
}
