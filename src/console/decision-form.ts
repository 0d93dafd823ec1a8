/** A form by which a person decides: who, why, what, and the token that proves that it came from here. */
import type { Html, Part } from './html.ts';
import { html, NOTHING } from './html.ts';
import type { Viewer } from './page.ts';

/** Lengths that every decision's history has room for. */
export const LONGEST_NAME = 100;
export const LONGEST_WHY = 500;

/** Id of the one form that was refused, with what stood in it. */
export const TYPED_FORM = 'typed';

export interface DecisionFormOptions {
  /** Name of one of the page's actions. */
  readonly action: string;
  /** On the button. */
  readonly button: string;
  /** What it costs and what follows, beside the button. */
  readonly consequence?: Part;
  /** Sent with it, unseen: what the decision is about. */
  readonly hidden?: Readonly<Record<string, string | undefined>>;
  /** Further fields, each made by {@link field} or {@link choice}. */
  readonly fields?: Part;
  /** It ends or stops something. */
  readonly danger?: true;
  /** What the reason may be, as an example. */
  readonly example?: string;
}

/** Nothing for a person who only reads. */
export function decisionForm(viewer: Viewer, options: DecisionFormOptions): Html {
  if (viewer.role === 'reader') return NOTHING;
  const { action, button, consequence, hidden = {}, fields, danger, example = '' } = options;
  const isThis = isTyped(viewer, action, hidden);
  const typed = (name: string): string => (isThis ? (viewer.typed?.get(name) ?? '') : '');
  return html`<form method="post" action="${viewer.address}" class="decision" ${isThis && html` id="${TYPED_FORM}"`}>
    <input type="hidden" name="csrf" value="${viewer.csrf}" />
    <input type="hidden" name="action" value="${action}" />
    ${Object.entries(hidden).map(
      ([name, value]) => value !== undefined && html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    ${fields} ${viewer.identity === undefined && nameField(typed('by') || viewer.name || '')}
    <label
      >Why
      <input name="why" required maxlength="${LONGEST_WHY}" value="${typed('why')}" placeholder="${example}" autocomplete="off"
    /></label>
    <div class="go">
      <button${danger === true && html` class="danger"`}>${button}</button>
      ${consequence !== undefined && html`<p>${consequence}</p>`}
    </div>
  </form>`;
}

function nameField(name: string): Html {
  return html`<label
    >Your name <input name="by" required maxlength="${LONGEST_NAME}" value="${name}" autocomplete="name"
  /></label>`;
}

/** Of the forms on a page, the one that was refused. */
export function isTyped(
  { typed }: Viewer,
  action: string,
  hidden: Readonly<Record<string, string | undefined>>,
): boolean {
  if (typed === undefined || typed.get('action') !== action) return false;
  // Evidence is what may have changed; everything else says which form it is.
  return Object.entries(hidden).every(
    ([name, value]) => value === undefined || name === 'evidence' || typed.get(name) === value,
  );
}

export interface FieldOptions {
  readonly value?: string;
  readonly type?: 'text' | 'number';
  readonly step?: string;
  readonly optional?: true;
  readonly hint?: string;
  /** Several lines. */
  readonly long?: true;
}

/** One line of text or a number, with its label. */
export function field(name: string, title: string, options: FieldOptions = {}): Html {
  const { value = '', type = 'text', step, optional, hint, long } = options;
  const required = optional !== true && html` required`;
  const control =
    long === true
      ? html`<textarea name="${name}" rows="4" ${required}>${value}</textarea>`
      : html`<input
          name="${name}"
          type="${type}"
          value="${value}"
          ${step !== undefined && html` step="${step}"`}${required}
          autocomplete="off"
        />`;
  return html`<label
    >${title} ${control}${hint !== undefined && html`<span class="hint">${hint}</span>`}</label
  >`;
}

/** One of several; the first is chosen unless another is named. */
export function choice(
  name: string,
  title: string,
  options: readonly (readonly [value: string, words: string])[],
  chosen?: string,
): Html {
  return html`<label
    >${title}
    <select name="${name}">
      ${options.map(
        ([value, words]) =>
          html`<option value="${value}" ${value === chosen && html` selected`}>${words}</option>`,
      )}
    </select></label
  >`;
}
