/** What a person is asked: why, on which evidence, and each choice with what it costs and what follows. */
import type { Asked } from '../../../client/describe.ts';
import type { AskOption, Choice } from '../../../domain/ask.ts';
import { CHANGEABLE_FIELDS } from '../../../domain/decision.ts';
import { priceWords } from '../../../domain/way.ts';
import { choice, decisionForm, field } from '../../decision-form.ts';
import type { Html, Part } from '../../html.ts';
import { foreign, html, NOTHING } from '../../html.ts';
import type { Viewer } from '../../page.ts';
import { section } from '../../section.ts';
import { clock, digest, left } from '../../words.ts';
import type { GenerationData } from './load.ts';
import { textsHtml } from './prompt.ts';

/** Whole from a worker; without one, what the memo tells of it. */
type Offer = Partial<AskOption> & { readonly choice: Choice; readonly route?: string };

export function questionSection({ description, texts }: GenerationData, viewer: Viewer): Html {
  const ask = description?.ask;
  if (ask === undefined) return NOTHING;
  const offers: readonly Offer[] = ask.options ?? ask.choices.map(named);
  return section(
    'question',
    html`<article class="card ask">
      ${headOf(ask, viewer)}
      <div class="choices">${offers.map((offer) => offerHtml(offer, ask, texts, viewer))}</div>
      ${viewer.role === 'reader' && html`<p class="quiet-words">You may read here; whoever may decide sees a form at each choice.</p>`}
    </article>`,
    { title: 'What is asked' },
  );
}

function headOf(ask: Asked, viewer: Viewer): Html {
  const { branch, reason, why, proof, of, routeProof, evidence, hold, holdId, userAction, expiresAt } = ask;
  const inARow =
    proof === undefined || of === undefined
      ? undefined
      : `${proof} in a row, ${of} ${of === 1 ? 'proves' : 'prove'} it`;
  const proved = routeProof ?? inARow;
  return html`${branch !== undefined && html`<h3>${branch}/${reason ?? ''}</h3>`}
    ${why !== undefined && html`<p class="why">${foreign(why)}</p>`}
    <p>${proved !== undefined && html`Proof: ${foreign(proved)}. `}Evidence ${digest(evidence)}.</p>
    ${userAction !== undefined && html`<p><strong>To do:</strong> ${userAction}</p>`}
    ${hold !== undefined && html`<p>Everything with the same ${hold} fails alike${holdId !== undefined && html`: <a href="/">resume hold ${holdId}</a> once the cause is fixed, and all go on`}.</p>`}
    ${expiresAt !== undefined && html`<p>Decide by ${clock(expiresAt, viewer)}, in ${left(expiresAt, viewer)}; then it ends unserved.</p>`}`;
}

/** `route-out backup` → its option, as far as the memo tells it. */
function named(words: string): Offer {
  const [name, ...route] = words.split(' ');
  return { choice: name as Choice, ...(route.length === 0 ? {} : { route: route.join(' ') }) };
}

const TITLES: Readonly<Record<Choice, string>> = {
  'route-out': 'Leave to',
  rewrite: 'Send the rewritten prompt',
  retry: 'The same path once more',
  change: 'Change one field, then a new call',
  reject: 'Decide against it',
};

function offerHtml(offer: Offer, ask: Asked, texts: GenerationData['texts'], viewer: Viewer): Html {
  const { choice: name, route } = offer;
  const isWhole = ask.options !== undefined;
  const changes = 'changes' in offer && offer.changes !== undefined ? offer.changes : [];
  return html`<details class="choice" data-key="${name} ${route ?? ''}">
    <summary>
      ${TITLES[name] ?? name}${route !== undefined && html` ${foreign(route)}`}${priceOf(offer)}
    </summary>
    ${
      changes.length > 0 &&
      html`<ul>
        ${changes.map((change) => html`<li>${foreign(change)}</li>`)}
      </ul>`
    }
    ${name === 'rewrite' && rewriteHtml(offer, texts)}
    ${decisionForm(viewer, {
      action: 'decide',
      button:
        name === 'reject'
          ? 'Reject'
          : name === 'retry'
            ? 'Try again'
            : name === 'change'
              ? 'Change and call'
              : 'Approve',
      ...(name === 'reject' ? { danger: true as const } : {}),
      hidden: { choice: name, route, evidence: ask.evidence, ...(isWhole ? {} : { later: 'yes' }) },
      ...(name === 'change' ? { fields: changeFields(viewer) } : {}),
      consequence: html`${consequenceOf(offer)}${!isWhole && ' No worker is there: it is left for one that comes back, which judges it then.'}`,
    })}
  </details>`;
}

function priceOf(offer: Offer): Part {
  if (!('worstUsd' in offer) || offer.worstUsd === undefined) return '';
  return `: ${priceWords({ ...offer, worstUsd: offer.worstUsd })}`;
}

function rewriteHtml(offer: Offer, texts: GenerationData['texts']): Html {
  const techniques = 'techniques' in offer && offer.techniques !== undefined ? offer.techniques : [];
  return html`${techniques.length > 0 && html`<p>${techniques.join(', ')}</p>`}${texts !== undefined && textsHtml(texts)}`;
}

function consequenceOf(offer: Offer): string {
  switch (offer.choice) {
    case 'route-out':
      return 'It calls there, which the caller had not allowed. For this one generation only.';
    case 'rewrite':
      return 'This text goes to the provider in place of the caller’s.';
    case 'retry':
      return 'It makes one more call on the same path, through a hold too; the verdict may be the same.';
    case 'change':
      return 'The next call differs in this one field.';
    case 'reject':
      return 'It ends unserved, as a dead letter that can be revived.';
  }
}

/** One field of the request and its new value. */
export function changeFields(viewer: Viewer): Html {
  const typed = viewer.typed?.get('value') ?? '';
  return html`${choice(
    'field',
    'Field',
    CHANGEABLE_FIELDS.map((name) => [name, name] as const),
    viewer.typed?.get('field') ?? 'size',
  )}${field('value', 'New value', { long: true, value: typed, hint: 'Text, a number, or JSON, such as 1K or {"level":"low"}.' })}`;
}
