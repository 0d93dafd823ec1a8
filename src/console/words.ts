/** Times and prices on a page. Ages are rendered once, and kept up to date by the browser. */
import { durationWords } from '../words/duration.ts';
import type { Viewer } from './page.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';

type Clock = Pick<Viewer, 'now'>;

/** `12 min`: how long ago; the exact time is one hover away. */
export function ago(at: number, { now }: Clock): Html {
  return time(at, 'age', durationWords(now - at));
}

/** `43 s`: how long until. */
export function left(at: number, { now }: Clock): Html {
  return time(at, 'left', durationWords(at - now));
}

/** `14:05:10 UTC`, with the date where it is not today. */
export function clock(at: number, { now }: Clock): Html {
  const iso = isoOf(at);
  const day = iso.slice(0, 10) === isoOf(now).slice(0, 10) ? '' : `${iso.slice(0, 10)} `;
  return html`<time datetime="${iso}">${day}${iso.slice(11, 19)} UTC</time>`;
}

function time(at: number, kind: 'age' | 'left', words: string): Html {
  const iso = isoOf(at);
  return html`<time datetime="${iso}" title="${iso}" data-time="${kind}">${words}</time>`;
}

/** A clock that is far off is no reason to lose the page. */
function isoOf(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}

/** `12.50 USD`; less than a cent keeps its digits. */
export function usd(amount: number): string {
  return `${amount >= 1 || amount === 0 ? amount.toFixed(2) : amount.toFixed(3)} USD`;
}

/** `20,000` */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** `1 generation`, `3,012 generations` */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Enough of a digest to tell evidences apart, and to be read aloud. */
export function digest(sha256: string): Html {
  return html`<code title="${sha256}">${sha256.slice(0, 16)}</code>`;
}
