/** How full the quotas are, where each limit comes from, and how old that is; and how to stop something. */
import { answered } from '../../../client/governors-sight.ts';
import { scopesOf, scopeWords } from '../../../client/routes-scope.ts';
import type { GovernorView, LaneView, LimitView } from '../../../contract/exchange.ts';
import { CLOSED_BY } from '../../../contract/exchange.ts';
import { choice, decisionForm } from '../../decision-form.ts';
import type { Html } from '../../html.ts';
import { foreign, html } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { section } from '../../section.ts';
import { ago, count, counted, left, percent, usd } from '../../words.ts';
import { durationWords } from '../../../words/duration.ts';
import type { NowData } from './load.ts';

export function quotaSections({ routes }: NowData, viewer: Viewer): Html {
  if (routes.kind === 'missing') return html``;
  return html`${answered(routes.value).map((view) =>
    section(`quota ${view.id}`, quotaOf(view, viewer), { title: html`Quota of ${foreign(view.id)}` }),
  )}`;
}

/** Processes exchange every few seconds while there is anything to tell. */
const SILENT_MS = 60_000;

function quotaOf(view: GovernorView, viewer: Viewer): Html {
  const { lanes, spend, processes, at, id } = view;
  const spent =
    spend.limit === undefined
      ? usd(spend.usd)
      : `${usd(spend.usd)} of ${usd(spend.limit.usd)} in ${durationWords(spend.limit.windowMs)}`;
  return html`${lanes.length === 0 && html`<p class="empty">No model was called lately.</p>`}
    <div class="lanes">
      ${lanes.filter((lane) => !isIdle(lane)).map((lane) => laneCard(lane, view, viewer))}
    </div>
    ${idleWords(lanes.filter(isIdle))}
    <p class="quiet-words">
      ${counted(processes.length, 'process', 'processes')} of workers; spent
      ${spent}.${viewer.now - at > SILENT_MS && html` Heard ${ago(at, viewer)} ago.`}
    </p>
    <details data-key="pause ${id}">
      <summary>Pause a part of it</summary>
      ${decisionForm(viewer, {
        action: 'pause',
        button: 'Pause it for everyone',
        danger: true,
        hidden: { governor: id },
        fields: choice(
          'scope',
          'What to stop',
          scopesOf(view).map(({ scope }) => [scopeWords(scope), scopeWords(scope)]),
        ),
        consequence: 'Nobody calls it until it is resumed; calls under way end as they end.',
        example: 'the provider announced maintenance',
      })}
    </details>`;
}

/** Nothing is known of it, and nobody waits: worth its name, not a card. */
function isIdle({ limits, waiting, asleep, closed }: LaneView): boolean {
  return limits.length === 0 && waiting === 0 && asleep === 0 && closed === undefined;
}

function idleWords(lanes: readonly LaneView[]): Html | false {
  const names = lanes.map(({ model }, i) => html`${i > 0 && ', '}${foreign(model)}`);
  return lanes.length > 0 && html`<p class="quiet-words">No limit is known, and nobody waits: ${names}.</p>`;
}

function laneCard(lane: LaneView, view: GovernorView, viewer: Viewer): Html {
  const { model, countedAs, limits, waiting, asleep, perMinute, closed } = lane;
  const pace =
    perMinute === undefined ? 'no limit is known' : `${count(Math.round(perMinute * 10) / 10)} a minute`;
  return html`<div class="card">
    <h3>
      ${foreign(model)}${countedAs !== model && html` <span class="tag">counted as ${foreign(countedAs)}</span>`}
    </h3>
    <p>
      ${pace}; ${count(waiting)} ready, ${count(asleep)}
      asleep.${closed !== undefined && html` <strong>Nobody calls for ${left(view.at + closed.ms, viewer)}: ${CLOSED_BY[closed.by]}.</strong>`}
    </p>
    ${limits.map((limit) => gauge(limit, view, viewer))}
  </div>`;
}

const PER: Readonly<Record<LimitView['dimension'], string>> = {
  rpm: 'calls a minute',
  tpm: 'tokens a minute',
  ipm: 'images a minute',
  rpd: 'calls a day',
};

const SOURCES: Readonly<Record<LimitView['source'], string>> = {
  config: 'configured',
  learned: 'learned',
  live: 'told by the provider',
};

function gauge(
  { model, dimension, limit, used, source, ageMs }: LimitView,
  { at }: GovernorView,
  viewer: Viewer,
): Html {
  const what = `${PER[dimension] ?? dimension} of ${model}`;
  const share = limit > 0 ? used / limit : 1;
  const age = source === 'config' ? '' : html` ${ago(at - ageMs, viewer)} ago`;
  return html`<div class="gauge">
    <meter
      min="0"
      max="1"
      low="0.8"
      high="0.95"
      optimum="0"
      value="${Math.min(1, share).toFixed(2)}"
      aria-label="${what}"
    >
      ${percent(share)}
    </meter>
    <span>${count(used)} of ${count(limit)} ${PER[dimension] ?? dimension} (${percent(share)})</span>
    <span class="quiet-words">${SOURCES[source] ?? source}${age}</span>
  </div>`;
}
