/** A table beside a plot: the same numbers, for whoever reads rather than looks. */
import { safe } from '../filmstrip/safe.ts';

export interface TableRow {
  readonly cells: readonly string[];
  readonly warns?: boolean;
}

/** The first cell of each row is its head. */
export function table(caption: string, heads: readonly string[], rows: readonly TableRow[]): string {
  const head = heads.map((each) => `<th scope="col">${safe(each)}</th>`).join('');
  const body = rows.map(({ cells, warns }) => {
    const [first = '', ...rest] = cells;
    const others = rest.map((each) => `<td>${safe(each)}</td>`).join('');
    return `<tr${warns === true ? ' class="warns"' : ''}><th scope="row">${safe(first)}</th>${others}</tr>`;
  });
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${safe(caption)}"><table><caption>${safe(caption)}</caption>` +
    `<thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
  );
}
