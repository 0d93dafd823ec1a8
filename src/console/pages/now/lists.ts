/** Generations, newest first: those that are slower than they should be, and all that run, page by page. */
import type { Listed } from '../../../client/listed.ts';
import type { Html, Part } from '../../html.ts';
import { foreign, html } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { pathTo } from '../../page.ts';
import { section, table } from '../../section.ts';
import { ago, count, left } from '../../words.ts';
import type { NowData } from './load.ts';
import { PAGE } from './load.ts';

export function stuckSection({ stuck }: NowData, viewer: Viewer): Html {
  const title = 'Slower than they should be';
  if (stuck.kind === 'missing')
    return section('stuck', html`<p class="empty">Not known: ${stuck.why}.</p>`, { title });
  const { found, lookedAt, complete } = stuck.value;
  const among = complete ? '' : ` Looked at: the newest ${count(lookedAt)} that are older than 15 minutes.`;
  if (found.length === 0) return section('stuck', html`<p class="empty">None.${among}</p>`, { title });
  return section(
    'stuck',
    html`<p class="quiet-words">
        They wait longer than their own estimate by half, at least 15 minutes, and nobody is asked.${among}
      </p>
      ${listOf(title, found, viewer)}`,
    { title },
  );
}

export function runningSection({ list, running, before }: NowData, viewer: Viewer): Html {
  const title = 'Running';
  if (list.kind === 'missing')
    return section('running', html`<p class="empty">Not known: ${list.why}.</p>`, { title });
  const found = list.value;
  const all = running === undefined ? '' : ` of ${count(running)}`;
  const which = before === undefined ? 'first' : 'next';
  const last = found.at(-1);
  const beside =
    found.length < PAGE && before === undefined
      ? count(found.length)
      : `${which} ${count(found.length)}${all}`;
  return section(
    'running',
    html`${found.length === 0 ? html`<p class="empty">None${before !== undefined && ' started before that'}.</p>` : listOf(title, found, viewer)}
      <p class="pager">
        ${before !== undefined && html`<a href="/">The newest</a>`}
        ${last !== undefined && found.length === PAGE && html`<a href="/?before=${encodeURIComponent(last.startedAt)}">Older ones</a>`}
      </p>`,
    { title, beside },
  );
}

/** Shown nowhere longer: a provider's page of HTML is no reason. */
const LONGEST_WHY = 200;

function listOf(label: string, generations: readonly Listed[], viewer: Viewer): Html {
  return table(
    label,
    ['Generation', 'Phase', 'Why', 'For', 'Then'],
    generations.map((each) => rowOf(each, viewer)),
  );
}

/** Unless somebody decides. */
const ENDS: readonly string[] = ['held', 'awaiting-operator'];

function rowOf(
  { id, phase, branch, reason, why, since, until, startedAt }: Listed,
  viewer: Viewer,
): readonly Part[] {
  return [
    html`<a href="${pathTo('/generations', id)}">${foreign(id)}</a>`,
    phase ?? 'on its way',
    html`${branch !== undefined && html`<span class="tag bad">${branch}/${reason}</span> `}${foreign(why.slice(0, LONGEST_WHY))}`,
    ago(since ?? Date.parse(startedAt), viewer),
    until === undefined
      ? ''
      : html`${ENDS.includes(phase ?? '') ? 'ends' : 'goes on'} in ${left(until, viewer)}`,
  ];
}
