/**
 * Plots as inline SVG, without scripts: each with a title and a description for who does not see it. Colours are
 * the page's own, so that they follow light and dark. Text is escaped here.
 */
import { escape } from './escape.ts';

export interface Bar {
  readonly label: string;
  /** From 0. */
  readonly value: number;
  /** On top of it, in another colour. */
  readonly more?: number;
  /** What is written at its end. */
  readonly words: string;
}

export interface PlotWords {
  /** Unique within the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

const WIDTH = 720;
const LABEL = 240;
const WORDS = 120;
const ROW = 26;
const THICK = 16;
const LONGEST_LABEL = 36;

/** One bar below the other: for kinds, which have names. */
export function rows(plot: PlotWords, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(total), Number.MIN_VALUE);
  const room = WIDTH - LABEL - WORDS;
  const drawn = bars.map((bar, i) => {
    const y = i * ROW;
    const width = at(bar.value, most, room);
    const middle = y + THICK - 3;
    return (
      `<text x="${LABEL - 8}" y="${middle}" text-anchor="end">${escape(cut(bar.label))}</text>` +
      `<rect class="bar" x="${LABEL}" y="${y}" width="${width}" height="${THICK}" rx="3"/>` +
      moreRect(bar, { x: LABEL + width, y, width: at(bar.more ?? 0, most, room), height: THICK }) +
      `<text class="words" x="${LABEL + at(total(bar), most, room) + 8}" y="${middle}">${escape(bar.words)}</text>`
    );
  });
  return svg(plot, WIDTH, Math.max(ROW, bars.length * ROW), drawn.join(''));
}

const HEIGHT = 190;
const FOOT = 22;
const TOP = 16;
/** So many labels fit below the bars. */
const MOST_LABELS = 12;

/** One bar beside the other: for times, which have an order. */
export function columns(plot: PlotWords, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(total), Number.MIN_VALUE);
  const room = HEIGHT - FOOT - TOP;
  const step = WIDTH / Math.max(1, bars.length);
  const thick = Math.max(1, Math.min(48, step * 0.72));
  const every = Math.ceil(bars.length / MOST_LABELS);
  const drawn = bars.map((bar, i) => {
    const x = round(i * step + (step - thick) / 2);
    const height = at(bar.value, most, room);
    const above = at(bar.more ?? 0, most, room);
    const y = round(HEIGHT - FOOT - height);
    const label =
      i % every === 0
        ? `<text x="${round(x + thick / 2)}" y="${HEIGHT - 6}" text-anchor="middle">${escape(bar.label)}</text>`
        : '';
    return (
      `<rect class="bar" x="${x}" y="${y}" width="${round(thick)}" height="${height}"/>` +
      moreRect(bar, { x, y: round(y - above), width: round(thick), height: above }) +
      label
    );
  });
  const top = bars.toSorted((a, b) => total(b) - total(a))[0];
  const scale =
    top === undefined || total(top) === 0
      ? ''
      : `<text class="words" x="0" y="11">${escape(`highest: ${top.words} (${top.label})`)}</text>`;
  const line = `<line x1="0" y1="${HEIGHT - FOOT}" x2="${WIDTH}" y2="${HEIGHT - FOOT}"/>`;
  return svg(plot, WIDTH, HEIGHT, scale + line + drawn.join(''));
}

function svg({ id, title, description }: PlotWords, width: number, height: number, content: string): string {
  return (
    `<svg role="img" aria-labelledby="${id}-title ${id}-text" viewBox="0 0 ${width} ${height}">` +
    `<title id="${id}-title">${escape(title)}</title><desc id="${id}-text">${escape(description)}</desc>${content}</svg>`
  );
}

function moreRect(
  { more = 0 }: Bar,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): string {
  return more <= 0 ? '' : `<rect class="more" x="${round(x)}" y="${y}" width="${width}" height="${height}"/>`;
}

function total({ value, more = 0 }: Bar): number {
  return value + more;
}

function at(value: number, most: number, room: number): number {
  return round((Math.max(0, value) / most) * room);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function cut(label: string): string {
  return label.length <= LONGEST_LABEL ? label : `${label.slice(0, LONGEST_LABEL - 1)}…`;
}

/** For the page's own style: the plots' classes. */
export const PLOT_STYLE = `
svg[role="img"] { display: block; width: 100%; height: auto; margin-bottom: 1rem; }
svg[role="img"] text { fill: var(--soft); font: 12px system-ui, sans-serif; }
svg[role="img"] text.words { fill: var(--ink); font-variant-numeric: tabular-nums; }
svg[role="img"] line { stroke: var(--line); }
.bar { fill: var(--change); }
.more { fill: var(--person); }
.failures .bar { fill: var(--bad); }
.key { display: inline-block; width: 0.7rem; height: 0.7rem; border-radius: 3px; background: var(--change); margin-right: 0.3rem; }
.key.possible { background: var(--person); margin-left: 0.9rem; }
`;
