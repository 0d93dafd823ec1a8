/** Batch lanes, where there are any: what each collects, and its jobs. */
import type { Html } from '../../html.ts';
import { foreign, html } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { section, table } from '../../section.ts';
import { ago, count, left } from '../../words.ts';
import type { NowData } from './load.ts';

export function laneSection({ lanes }: NowData, viewer: Viewer): Html {
  if (lanes.kind === 'missing' || lanes.value.length === 0) return html``;
  const rows = lanes.value.flatMap((lane) => {
    if ('unreachable' in lane)
      return [[foreign(lane.id), 'does not answer', foreign(lane.unreachable), '', '']];
    const name = html`${foreign(lane.model)} <span class="tag">${foreign(lane.route)}</span>`;
    return [
      [name, 'collects', `${count(lane.waiting)} items`, '', ''],
      ...lane.jobs.map(({ phase, items, job, since, nextAt, why }) => [
        name,
        phase,
        html`${count(items)}
        items${job !== undefined && html` in ${foreign(job)}`}${why !== undefined && html`: ${foreign(why)}`}`,
        ago(since, viewer),
        html`in ${left(nextAt, viewer)}`,
      ]),
    ];
  });
  return section('lanes', table('Batch lanes', ['Lane', 'State', 'Items', 'For', 'Looked at'], rows), {
    title: 'Batch lanes',
  });
}
