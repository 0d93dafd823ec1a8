/**
 * HTML as a tagged template that escapes by default: whatever stands in `${…}` is text, unless it is HTML
 * that this tag made. Prompts, ids and providers' words come from anywhere, so there is no way around it.
 */
import { escape } from '../words/escape.ts';
import { withoutKeys } from '../words/keys.ts';

/** What {@link html} made; nothing else is taken for HTML. */
export class Html {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** Of text that no person and no provider wrote, such as a template's own strings. */
  static trusted(text: string): Html {
    return new Html(text);
  }
}

/** `undefined`, `null` and `false` leave nothing behind, so that `${condition && html`…`}` can be written. */
export type Part = Html | string | number | undefined | null | false | readonly Part[];

export const NOTHING: Html = Html.trusted('');

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return Html.trusted(
    strings.reduce((sum, string, i) => sum + string + (i < parts.length ? textOf(parts[i]) : ''), ''),
  );
}

function textOf(part: Part): string {
  if (part === undefined || part === null || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'number') return String(part);
  // Attributes are written with double quotes; the single one is escaped for whoever forgets it.
  if (typeof part === 'string') return escape(part).replaceAll("'", '&#39;');
  return part.map(textOf).join('');
}

/**
 * Somebody else's words inside ours: isolated, so that a right-to-left override in them turns nothing
 * around but themselves, and without a key that they repeat (I7).
 */
export function foreign(text: string): Html {
  return html`<bdi>${withoutKeys(text)}</bdi>`;
}
