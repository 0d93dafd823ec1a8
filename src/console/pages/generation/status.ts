/** Where it stands, in one sentence: what, why, since when, until when. And what it has cost. */
import type { Cost } from '../../../domain/attempt.ts';
import { sessionName, turnOfGeneration } from '../../../contract/session-id.ts';
import type { Html } from '../../html.ts';
import { foreign, html } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { pathTo } from '../../page.ts';
import { facts, section } from '../../section.ts';
import { ago, clock, left, usd } from '../../words.ts';
import type { GenerationData } from './load.ts';

export function statusSection(data: GenerationData, viewer: Viewer): Html {
  const { id, description, ending, storeProblem } = data;
  const cost = costOf(data);
  const verdict = ending?.failure?.classification;
  return section(
    'status',
    html`<p class="why">${sentence(data, viewer)}</p>
      ${
        verdict !== undefined &&
        html`<article class="card stop">
          <h3>${verdict.branch}/${verdict.reason}</h3>
          <p class="said">${foreign(verdict.message)}</p>
          <p><strong>${verdict.owner}</strong>: ${verdict.userAction}</p>
        </article>`
      }
      ${
        description?.status === 'running' &&
        !description.workerAnswered &&
        html`<p class="told busy">
          No worker answered: this is what the server alone knows. Attempts, cost and prices are told once a
          worker is back.
        </p>`
      }
      ${storeProblem !== undefined && html`<p class="told bad">Images and evidence cannot be read: ${foreign(storeProblem)}.</p>`}
      ${facts([
        ['session', sessionOf(data)],
        ['cost', cost === undefined ? undefined : costWords(cost)],
        ['started', description === undefined ? undefined : clock(Date.parse(description.startedAt), viewer)],
        [
          'ended',
          description?.closedAt === undefined ? undefined : clock(Date.parse(description.closedAt), viewer),
        ],
        ['must end by', deadlineOf(data, viewer)],
        ['an end user is told', description?.publicStatus],
        ['Temporal', linkOf(data, viewer)],
      ])}
      ${revivalOf(data)}`,
    { beside: id },
  );
}

function sentence({ description, ending }: GenerationData, viewer: Viewer): Html {
  if (description === undefined) {
    const how = ending?.result === undefined ? 'ended unserved' : 'was delivered';
    return html`It <strong>${how}</strong>; Temporal has forgotten it, this is what the store kept.`;
  }
  const { status, phase, why, since, until } = description;
  const because = why === '' ? '' : html`: ${foreign(why)}`;
  if (status !== 'running') {
    const at =
      description.closedAt === undefined ? '' : html` ${ago(Date.parse(description.closedAt), viewer)} ago`;
    const reason = ending?.failure?.why ?? ending?.why;
    return html`It
      <strong>${status === 'completed' ? 'was delivered' : `ended: ${status}`}</strong
      >${at}${reason !== undefined && html`: ${foreign(reason)}`}.`;
  }
  const from = since === undefined ? '' : html`, for ${ago(since, viewer)}`;
  const to =
    until === undefined
      ? ''
      : html`; ${untilWords(phase)} ${clock(until, viewer)}, in ${left(until, viewer)}`;
  return html`It is <strong>${phase}</strong>${from}${because}${to}.`;
}

function untilWords(phase: string): string {
  return phase === 'held' || phase === 'awaiting-operator' ? 'it ends unserved at' : 'it goes on at';
}

function deadlineOf({ description }: GenerationData, viewer: Viewer): Html | undefined {
  const at = description?.deadlineAt;
  return at === undefined || description?.status !== 'running' ? undefined : clock(at, viewer);
}

/** Where it is a turn. */
function sessionOf({ id }: GenerationData): Html | undefined {
  const turn = turnOfGeneration(id);
  if (turn === undefined) return undefined;
  const { session, turnId } = turn;
  return html`turn ${foreign(turnId)} of
    <a href="${pathTo('/sessions', session)}">session ${foreign(sessionName(session))}</a>`;
}

function linkOf({ id, description }: GenerationData, { temporalUi }: Viewer): Html | undefined {
  if (temporalUi === undefined) return undefined;
  return html`<a href="${temporalUi(id, description?.runId)}" rel="noreferrer">its history</a>`;
}

function revivalOf({ description }: GenerationData): Html | undefined {
  const revival = description?.revival;
  if (revival === undefined) return undefined;
  const { by, why, attempts, changed } = revival;
  return html`<p>
    Revived by ${foreign(by)}${changed !== undefined && ` with another ${changed}`}, after ${attempts}
    attempts: ${foreign(why)}
  </p>`;
}

function costOf({ description, ending }: GenerationData): Cost | undefined {
  return ending?.result?.cost ?? ending?.failure?.cost ?? description?.cost;
}

/** `0.134 USD for sure, and 0.402 USD more possibly` */
export function costWords({ sureUsd, possibleUsd }: Cost): string {
  const sure = `${usd(sureUsd)} for sure`;
  return possibleUsd > 0 ? `${sure}, and ${usd(possibleUsd)} more possibly` : sure;
}
