/** A form that is out of the way until somebody wants it; open where it was refused, so that its words are seen. */
import type { DecisionFormOptions } from './decision-form.ts';
import { decisionForm, isTyped } from './decision-form.ts';
import type { Form } from './form.ts';
import type { Html } from './html.ts';
import { html, NOTHING } from './html.ts';
import type { Viewer } from './page.ts';

export interface FoldedFormOptions extends DecisionFormOptions {
  /** Unique within the page: what is open stays open while the page changes. */
  readonly key: string;
  readonly summary: string;
}

/** What stood in the form with these unseen fields when it was refused; undefined where another one was, or none. */
export function typedIn(
  viewer: Viewer,
  action: string,
  hidden: Readonly<Record<string, string | undefined>>,
): Form | undefined {
  return isTyped(viewer, action, hidden) ? viewer.typed : undefined;
}

/** Nothing for a person who only reads. */
export function foldedForm(viewer: Viewer, { key, summary, ...form }: FoldedFormOptions): Html {
  if (viewer.role === 'reader') return NOTHING;
  const isOpen = isTyped(viewer, form.action, form.hidden ?? {});
  return html`<details data-key="${key}" ${isOpen && html` open`}>
    <summary>${summary}</summary>
    ${decisionForm(viewer, form)}
  </details>`;
}
