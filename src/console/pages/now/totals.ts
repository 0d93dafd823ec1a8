/** The numbers at the top: each a count query, right however many there are. */
import { html } from '../../html.ts';
import type { Html } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { facts, section } from '../../section.ts';
import { count } from '../../words.ts';
import type { NowData } from './load.ts';

export function totalsSection({ running, waiting, dead }: NowData, _viewer: Viewer): Html {
  return section(
    'totals',
    facts([
      ['waiting for a person', waiting === undefined ? 'not told by this namespace' : strong(waiting)],
      ['running, these included', running === undefined ? undefined : count(running)],
      ['dead letters kept by Temporal', dead === undefined ? undefined : count(dead)],
    ]),
  );
}

function strong(n: number): Html {
  return html`<strong>${count(n)}</strong>`;
}
