/** A table beside a plot: the same numbers, for whoever reads rather than looks. */
import { escape } from '../../words/escape.ts';

export interface TableRow {
  readonly cells: readonly string[];
  readonly warns?: boolean;
}

/** The first cell of each row is its head. */
export function table(caption: string, heads: readonly string[], rows: readonly TableRow[]): string {
  const head = heads.map((each) => `<th scope="col">${escape(each)}</th>`).join('');
  const body = rows.map(({ cells, warns }) => {
    const [first = '', ...rest] = cells;
    const others = rest.map((each) => `<td>${escape(each)}</td>`).join('');
    return `<tr${warns === true ? ' class="warns"' : ''}><th scope="row">${escape(first)}</th>${others}</tr>`;
  });
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escape(caption)}"><table><caption>${escape(caption)}</caption>` +
    `<thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
  );
}
