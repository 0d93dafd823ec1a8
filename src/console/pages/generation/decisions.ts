/** What people decided so far, taken or not, each with who, why and what came of it. */
import type { DecisionRecord } from '../../../domain/decision.ts';
import type { Html } from '../../html.ts';
import { foreign, html, NOTHING } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { section } from '../../section.ts';
import { clock, digest } from '../../words.ts';
import type { GenerationData } from './load.ts';

export function decisionSection({ description, ending }: GenerationData, viewer: Viewer): Html {
  const decisions = ending?.result?.decisions ?? ending?.failure?.decisions ?? description?.decisions ?? [];
  if (decisions.length === 0) return NOTHING;
  return section(
    'decisions',
    html`<ol class="timeline">
      ${decisions.map((each) => item(each, viewer))}
    </ol>`,
    {
      title: 'Decided so far',
    },
  );
}

function item(
  { at, by, via, choice, outcome, answer, why, route, field, evidence }: DecisionRecord,
  viewer: Viewer,
): Html {
  const what = [choice, route, field].filter((word) => word !== undefined).join(' ');
  const isTaken = outcome === 'taken';
  return html`<li class="attempt ${isTaken ? 'delivered' : ''}">
    <h3>
      ${foreign(what)} by ${foreign(by ?? 'nobody')}
      <span class="tag ${isTaken ? 'good' : 'bad'}">${outcome}</span>
    </h3>
    ${why !== undefined && html`<p class="said">${foreign(why)}</p>`}
    ${!isTaken && html`<p>${foreign(answer)}</p>`}
    <p class="quiet-words">
      ${clock(at, viewer)}, by ${via}${evidence !== undefined && html`, on evidence ${digest(evidence)}`}
    </p>
  </li>`;
}
