/** A stretch of a page that changes by itself; the browser replaces it when it has, and only then. */
import type { Html, Part } from './html.ts';
import { html } from './html.ts';

export interface SectionOptions {
  /** Shown as a heading; without one the section has none. */
  readonly title?: Part;
  /** Beside the heading: a count, an age. */
  readonly beside?: Part;
}

/** @param key Unique within the page, and the same for the same thing: `cause permission@credential:1a2b` */
export function section(key: string, content: Part, { title, beside }: SectionOptions = {}): Html {
  const heading =
    title !== undefined &&
    html`<h2>${title}${beside !== undefined && html` <span class="beside">${beside}</span>`}</h2>`;
  return html`<section data-part="${key}">${heading}${content}</section> `;
}

/** A table that scrolls by itself on a narrow screen, reachable by keyboard. @param label says what it lists */
export function table(label: string, head: readonly Part[], rows: readonly (readonly Part[])[]): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Names and what stands for them. Pairs without a value are left out. */
export function facts(pairs: readonly (readonly [string, Part])[]): Html {
  const told = pairs.filter(([, value]) => value !== undefined && value !== '' && value !== false);
  return html`<dl class="facts">
    ${told.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
