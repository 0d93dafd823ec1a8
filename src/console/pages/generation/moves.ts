/** What can be done without being asked: out of a wait, into a batch, an end, or back from the dead. */
import { decisionForm, field } from '../../decision-form.ts';
import type { Html } from '../../html.ts';
import { html, NOTHING } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { section } from '../../section.ts';
import type { GenerationData } from './load.ts';
import { changeFields } from './question.ts';

const REVIVABLE = ['failed', 'cancelled', 'terminated', 'timed-out'];

export function moveSection(data: GenerationData, viewer: Viewer): Html {
  if (viewer.role === 'reader') return NOTHING;
  const forms = [promote(data, viewer), toBatch(data, viewer), cancel(data, viewer), revive(data, viewer)];
  const offered = forms.filter((form) => form !== undefined);
  return offered.length === 0
    ? NOTHING
    : section('moves', html`<div class="choices">${offered}</div>`, { title: 'What you can do' });
}

function promote({ description }: GenerationData, viewer: Viewer): Html | undefined {
  const waits = description?.quiet === true || description?.phase === 'batching';
  if (!waits || description.status !== 'running') return undefined;
  const batch = description.phase === 'batching';
  return html`<details class="choice" data-key="promote">
    <summary>Make a live call now</summary>
    ${decisionForm(viewer, {
      action: 'promote',
      button: 'Promote it',
      consequence: batch
        ? 'At the price of a live call. An item that is in a job already cannot be taken back, and is booked as possibly billed.'
        : 'It does not wait for quiet hours.',
    })}
  </details>`;
}

function toBatch({ description, request }: GenerationData, viewer: Viewer): Html | undefined {
  const isAllowed = request.kind === 'here' && request.value?.allow.batch === true;
  if (!isAllowed || description?.status !== 'running' || description.phase === 'batching') return undefined;
  return html`<details class="choice" data-key="to-batch">
    <summary>Send it into the batch lane</summary>
    ${decisionForm(viewer, {
      action: 'to-batch',
      button: 'To the batch lane',
      consequence:
        'At half the price; it may take a day. Where its route takes no batches it goes on as it was.',
    })}
  </details>`;
}

function cancel({ description }: GenerationData, viewer: Viewer): Html | undefined {
  if (description?.status !== 'running') return undefined;
  return html`<details class="choice" data-key="cancel">
    <summary>Cancel it</summary>
    ${decisionForm(viewer, {
      action: 'cancel',
      button: 'Cancel the generation',
      danger: true,
      consequence:
        'A call under way is aborted, and what it may have cost is booked. Its caller gets a failure.',
    })}
  </details>`;
}

function revive({ description, ending }: GenerationData, viewer: Viewer): Html | undefined {
  const isDead =
    description === undefined ? ending?.failure !== undefined : REVIVABLE.includes(description.status);
  if (!isDead) return undefined;
  const hidden = { run: description?.runId };
  const more = field('maxPaidCalls', 'Calls that may be billed anew', {
    type: 'number',
    optional: true,
    hint: 'Left empty: as many as the request allows.',
  });
  return html`<details class="choice" data-key="revive">
      <summary>Revive it</summary>
      ${decisionForm(viewer, {
        action: 'revive',
        button: 'Revive it',
        hidden,
        fields: more,
        consequence:
          'It begins a new run under the same id; attempts are numbered on, what was paid stays paid.',
      })}
    </details>
    <details class="choice" data-key="revive-changed">
      <summary>Revive it with one field changed</summary>
      ${decisionForm(viewer, {
        action: 'revive',
        button: 'Change and revive',
        hidden: { ...hidden, changed: 'yes' },
        fields: changeFields(viewer),
        consequence: 'As above, and its calls differ in this one field.',
      })}
    </details>`;
}
