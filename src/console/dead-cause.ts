/** One cause that generations died of: how many, since when, at what cost, and what brings them back. */
import type { DeadCause } from '../client/dead-causes.ts';
import type { Listed } from '../client/listed.ts';
import type { Branch } from '../domain/branch.ts';
import type { ReasonFacts } from '../domain/reason.ts';
import { REASONS } from '../domain/reason.ts';
import { field } from './decision-form.ts';
import { foldedForm, typedIn } from './fold.ts';
import type { Html, Part } from './html.ts';
import { foreign, html } from './html.ts';
import type { Viewer } from './page.ts';
import { pathTo } from './page.ts';
import { changeFields } from './request-change.ts';
import { facts, section } from './section.ts';
import { ago, count, counted, usd } from './words.ts';

export interface DeadCauseOptions {
  /** A revival of it is under way. */
  readonly isUnderWay: boolean;
  /** Nothing else is looked at. */
  readonly isAlone: boolean;
}

export function deadCause(cause: DeadCause, viewer: Viewer, { isUnderWay, isAlone }: DeadCauseOptions): Html {
  const {
    name,
    branch,
    reason,
    count: n,
    unread,
    newest,
    oldest,
    cost,
    priced,
    why,
    message,
    examples,
  } = cause;
  const possible = cost.possibleUsd > 0 ? `, ${usd(cost.possibleUsd)} more possible` : '';
  const isCut = examples.length < n || unread > 0;
  const known = reason === undefined ? undefined : factsOf(branch, reason);
  return section(
    `cause ${name}`,
    html`<article class="card stop">
      <h3>${foreign(name)} <span class="beside">${counted(n, 'dead letter')}</span></h3>
      ${message !== undefined && html`<p class="why said">${foreign(message)}</p>`}
      ${known !== undefined && html`<p class="why"><strong>To do (${known.owner}):</strong> ${known.userAction}</p>`}
      ${facts([
        ['newest', html`${ago(newest, viewer)} ago`],
        [unread > 0 ? 'oldest that was read' : 'oldest', html`${ago(oldest, viewer)} ago`],
        [
          'cost so far',
          `${usd(cost.sureUsd)}${possible}${priced < n ? ` (told by ${count(priced)} of them)` : ''}`,
        ],
        ['ended because', foreign(why)],
        ['not read', unread > 0 && `${counted(unread, 'more run')} of the branch`],
      ])}
      <div class="choices">
        ${isUnderWay ? html`<p class="beside">Its revival is under way.</p>` : reviveAll(cause, viewer)}
        <details data-key="letters ${name}" ${isAlone && html` open`}>
          <summary>
            ${examples.length < n ? `The newest ${examples.length}, one by one` : 'One by one'}
          </summary>
          <ul class="letters">
            ${examples.map((letter) => html`<li>${letterOf(letter, viewer)}</li>`)}
          </ul>
          ${isCut && !isAlone && html`<p><a href="/dead-letters?cause=${encodeURIComponent(name)}">more of ${foreign(name)}</a></p>`}
        </details>
      </div>
    </article>`,
  );
}

function factsOf(branch: Branch, reason: string): ReasonFacts | undefined {
  const known: Readonly<Record<string, ReasonFacts>> = REASONS[branch];
  return Object.hasOwn(known, reason) ? known[reason] : undefined;
}

/** A use policy that was broken is broken by the same prompt again (I14). */
function isPolicy(branch: string | undefined): boolean {
  return branch === 'policy';
}

function reviveAll({ name, branch, count: n, unread, cost, priced }: DeadCause, viewer: Viewer): Html {
  const each = priced === 0 ? undefined : (cost.sureUsd + cost.possibleUsd) / priced;
  const consequence: Part = [
    'The oldest first. Three are the proof that the cause is gone: where none of them is served, the rest stays as it is. ',
    each === undefined || each === 0
      ? 'Each may be billed as its request allows.'
      : `Each may be billed anew; so far one cost ${usd(each)} on average.`,
  ];
  const hidden = { cause: name };
  const typed = typedIn(viewer, 'revive-cause', hidden);
  return foldedForm(viewer, {
    ...{ key: `revive ${name}`, summary: 'Revive all of it' },
    action: 'revive-cause',
    button: unread > 0 ? 'Revive all of this cause' : `Revive ${counted(n, 'dead letter')}`,
    hidden,
    fields: [
      changeFields({ typed, ...(isPolicy(branch) ? { must: 'prompt' } : {}) }),
      field('perMinute', 'At most a minute', {
        value: typed?.get('perMinute') ?? '',
        type: 'number',
        step: 'any',
        optional: true,
        hint: 'empty: as they end',
      }),
      field('limit', 'At most in all', {
        value: typed?.get('limit') ?? '',
        type: 'number',
        step: '1',
        optional: true,
        hint: 'empty: all of the 10,000 newest',
      }),
    ],
    consequence,
    example: 'the key is renewed',
  });
}

function letterOf({ id, runId, message, branch, cost, closedAt, startedAt }: Listed, viewer: Viewer): Html {
  const ended = Date.parse(closedAt ?? startedAt);
  const hidden = { id, run: runId };
  const typed = typedIn(viewer, 'revive', hidden);
  const costUsd = cost === undefined ? 0 : cost.sureUsd + cost.possibleUsd;
  return html`<p>
      <a href="${pathTo('/generations', id)}">${foreign(id)}</a>
      <span class="beside">${ago(ended, viewer)} ago${costUsd > 0 && `, ${usd(costUsd)}`}</span>
    </p>
    ${message !== undefined && html`<p class="beside">${foreign(message)}</p>`}
    ${foldedForm(viewer, {
      ...{ key: `revive ${runId}`, summary: 'Revive this one' },
      ...{ action: 'revive', button: 'Revive it' },
      hidden,
      fields: changeFields({ typed, ...(isPolicy(branch) ? { must: 'prompt' } : {}) }),
      consequence:
        'It runs again under its id, knows what was tried, and may be billed as its request allows.',
      example: 'the customer waits for it',
    })}`;
}
