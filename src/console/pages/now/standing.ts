/** What stops routes or changes their ways, whether or not anybody waits: holds, breakers, degraded routes, alerts, grants. */
import { answered, isSilent } from '../../../client/governors-sight.ts';
import { routeScopeKey, scopeWords } from '../../../client/routes-scope.ts';
import type { GovernorView } from '../../../contract/exchange.ts';
import type { Alert, Breaker, Degraded, Grant, Hold, RouteKey } from '../../../contract/standing.ts';
import { decisionForm } from '../../decision-form.ts';
import type { Html } from '../../html.ts';
import { foreign, html } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { pathTo } from '../../page.ts';
import { section } from '../../section.ts';
import { ago, clock, counted, digest, left, percent, usd } from '../../words.ts';
import type { NowData } from './load.ts';

export function standingSections({ routes }: NowData, viewer: Viewer): Html {
  if (routes.kind === 'missing') {
    return section(
      'standing',
      html`<p class="empty">How the routes stand is not known: ${foreign(routes.why)}.</p>`,
      {
        title: 'Routes',
      },
    );
  }
  const views = answered(routes.value);
  const cards = views.flatMap((view) => cardsOf(view, viewer));
  const silent = routes.value
    .filter(isSilent)
    .map(
      ({ id, unreachable }) =>
        html`<p class="told bad">${foreign(id)} does not answer: ${foreign(unreachable)}.</p>`,
    );
  const none =
    views.length === 0 && silent.length === 0
      ? 'No worker shares its quota (quota fleet), so nothing is known of routes here.'
      : 'No route is stopped or degraded.';
  const body = html`${silent}${cards.length === 0 && silent.length === 0 && html`<p class="empty">${none}</p>`}`;
  return html`${section('standing', body, { title: 'Routes' })}${cards}`;
}

function cardsOf(view: GovernorView, viewer: Viewer): readonly Html[] {
  const { id, holds, breakers, degraded, alerts, grants } = view;
  return [
    ...holds.map((hold) => section(`hold ${id} ${hold.id}`, holdCard(view, hold, viewer))),
    ...breakers.map((each) => section(`breaker ${id} ${keyOf(each.route)}`, breakerCard(each, viewer))),
    ...degraded.map((each) =>
      section(`degraded ${id} ${keyOf(each.route)}`, degradedCard(view, each, viewer)),
    ),
    ...(alerts.length === 0 ? [] : [section(`alerts ${id}`, alertCard(alerts, viewer))]),
    ...openGrants(grants, viewer).map((grant) =>
      section(`grant ${id} ${grant.id}`, grantCard(view, grant, viewer)),
    ),
  ];
}

const PROVING: Readonly<Record<Exclude<Hold['phase'], 'held'>, string>> = {
  probing: 'It was resumed; a plain text call goes first.',
  trial: 'It was resumed and the text call went well; one generation goes next.',
};

function holdCard({ id }: GovernorView, hold: Hold, viewer: Viewer): Html {
  const { branch, reason, scope, since, calls, message, phase, by, resumed, evidence, generationId } = hold;
  const cause =
    branch === 'operator' ? html`paused by ${foreign(by ?? 'somebody')}` : html`${branch}/${reason}`;
  return html`<article class="card stop">
    <h3>Hold ${hold.id}: ${cause} <span class="tag">${scopeWords(scope)}</span></h3>
    <p>
      Since ${clock(since, viewer)},
      ${ago(since, viewer)}${calls > 0 && html`; ${counted(calls, 'call')} ended in it`}. Meanwhile nobody
      calls it at ${foreign(id)}.
    </p>
    ${message !== '' && html`<p class="why said">${foreign(message)}</p>`}
    ${generationId !== undefined && html`<p class="quiet-words">Opened by <a href="${pathTo('/generations', generationId)}">${foreign(generationId)}</a>${evidence !== undefined && html`, evidence ${digest(evidence)}`}</p>`}
    ${resumed !== undefined && html`<p>Resumed by ${foreign(resumed.by)} ${ago(resumed.at, viewer)} ago: ${foreign(resumed.why)}</p>`}
    ${phase !== 'held' && html`<p>${PROVING[phase]}</p>`}
    ${
      phase === 'held' &&
      html`<details data-key="resume ${id} ${hold.id}">
        <summary>${branch === 'operator' ? 'Go on' : 'The cause is fixed: go on'}</summary>
        ${decisionForm(viewer, {
          action: 'resume',
          button: `Resume ${hold.id}`,
          hidden: { hold: hold.id, governor: id },
          consequence:
            'A text call without cost goes first, then one generation, then everything that waits for it.',
          example: 'the key was renewed',
        })}
      </details>`
    }
  </article>`;
}

function breakerCard(
  { route, phase, since, tryAt, failures, calls, branch, evidence }: Breaker,
  viewer: Viewer,
): Html {
  const next =
    phase === 'half-open'
      ? html`one generation tries now`
      : html`one generation tries in ${left(tryAt, viewer)}`;
  return html`<article class="card stop">
    <h3>Breaker ${phase}: ${routeWords(route)}</h3>
    <p>
      Since ${clock(since, viewer)}, ${ago(since, viewer)}: ${failures} of ${counted(calls, 'call')} in the
      minute before failed, most of them
      ${branch}${evidence !== undefined && html` (evidence ${digest(evidence)})`}; ${next}. It closes by
      itself.
    </p>
  </article>`;
}

function degradedCard({ id }: GovernorView, { route, since, share, calls }: Degraded, viewer: Viewer): Html {
  return html`<article class="card stop">
    <h3>Degraded: ${routeWords(route)}</h3>
    <p>
      Since ${clock(since, viewer)}, ${ago(since, viewer)}: ${percent(share)} of ${counted(calls, 'call')}
      failed for capacity. Who allows another model starts there; it ends by itself.
    </p>
    <details data-key="end-degraded ${id} ${keyOf(route)}">
      <summary>Use it as before, at once</summary>
      ${decisionForm(viewer, {
        action: 'end-degraded',
        button: 'End degraded mode',
        hidden: { route: keyOf(route), governor: id },
        consequence: 'Calls go there again; it begins anew where capacity still fails.',
      })}
    </details>
  </article>`;
}

const ALERTS: Readonly<Record<Alert['kind'], string>> = {
  'quota-80': 'of a limit is used',
  'share-429': 'of calls are answered 429',
  'share-503': 'of calls are answered 503',
};

function alertCard(alerts: readonly Alert[], viewer: Viewer): Html {
  return html`<ul class="card">
    ${alerts.map(
      ({ kind, subject, since, value }) =>
        html`<li>
          ${foreign(subject)}: ${percent(value)} ${ALERTS[kind] ?? kind}, since ${clock(since, viewer)},
          ${ago(since, viewer)}
        </li>`,
    )}
  </ul>`;
}

/** Without a viewer's time all of them: what has expired changes no page by itself. */
function openGrants(grants: readonly Grant[], { now }: Viewer): readonly Grant[] {
  return grants.filter(({ revoked, until }) => revoked === undefined && until > now);
}

function grantCard({ id }: GovernorView, grant: Grant, viewer: Viewer): Html {
  const { cause, route, until, uses, spentUsd, maxCostUsd, by, why, evidence } = grant;
  return html`<article class="card">
    <h3>
      Grant ${grant.id}: ${cause.branch} <span class="tag">${scopeWords(cause.scope)}</span> may leave to
      ${foreign(route)}
    </h3>
    <p>
      For another ${left(until, viewer)}, until ${clock(until, viewer)}; ${counted(uses, 'generation')} used
      it, ${usd(spentUsd)} of at most ${usd(maxCostUsd)} reserved.
    </p>
    <p class="quiet-words">By ${foreign(by)} on evidence ${digest(evidence)}: ${foreign(why)}</p>
    <details data-key="revoke ${id} ${grant.id}">
      <summary>Revoke it</summary>
      ${decisionForm(viewer, {
        action: 'revoke',
        button: `Revoke ${grant.id}`,
        danger: true,
        hidden: { grant: grant.id, governor: id },
        consequence: 'Nobody leaves by it from now on; who has left stays where they are.',
      })}
    </details>
  </article>`;
}

/** `route:<credential>/<model>/<tier>` */
export function keyOf(route: RouteKey): string {
  return routeScopeKey(route);
}

function routeWords({ credential, model, tier }: RouteKey): Html {
  return html`${foreign(model)}, ${tier} <span class="tag">credential ${credential.slice(0, 8)}</span>`;
}
