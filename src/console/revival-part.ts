/** How the revival of a cause goes: a bar, what was refused, why it ended, and the button that stops it. */
import { foldedForm } from './fold.ts';
import type { Html } from './html.ts';
import { foreign, html } from './html.ts';
import type { Viewer } from './page.ts';
import type { RevivalState } from './revivals.ts';
import { revivalWords } from './revivals.ts';
import { section } from './section.ts';
import { ago } from './words.ts';

export function revival(state: RevivalState, viewer: Viewer): Html {
  const { cause, by, why, begunAt, endedAt, letters, revived, refused, refusal } = state;
  const isUnderWay = endedAt === undefined;
  return section(
    `revival ${cause}`,
    html`<p>
        <span class="tag${isUnderWay && ' change'}">${isUnderWay ? 'under way' : 'ended'}</span>
        ${revivalWords(state)}
      </p>
      ${isUnderWay && html`<progress aria-label="Revived or refused" max="${Math.max(1, letters)}" value="${revived + refused}"></progress>`}
      ${refusal !== undefined && html`<p class="warning">the last refusal: ${foreign(refusal)}</p>`}
      <p class="beside">by ${foreign(by)}: ${foreign(why)} · begun ${ago(begunAt, viewer)} ago</p>
      ${isUnderWay && stopForm(cause, viewer)}`,
    { title: html`Revival of ${foreign(cause)}` },
  );
}

function stopForm(cause: string, viewer: Viewer): Html {
  return foldedForm(viewer, {
    ...{ key: `stop ${cause}`, summary: 'Stop it', danger: true },
    ...{ action: 'stop-revival', button: 'Revive no further one' },
    hidden: { cause },
    consequence: 'Those that were revived go on. Begun again, it goes on with what is left.',
    example: 'the provider is down again',
  });
}
