/** The frame around every page: head, navigation, what is down, what was just done, the content, the foot. */
import type { Job } from './background.ts';
import { TYPED_FORM } from './decision-form.ts';
import type { Html, Part } from './html.ts';
import { html, NOTHING } from './html.ts';
import type { NavigationEntry, PageView, Viewer } from './page.ts';
import { NAVIGATION } from './page.ts';
import { ago, clock } from './words.ts';

/** What the next page says of what was just sent. */
export interface Notice {
  readonly kind: 'done' | 'refused';
  readonly title?: string;
  readonly words: string;
}

/** Temporal does not answer; what is shown is what was seen last. */
export interface Outage {
  /** Epoch milliseconds since when. */
  readonly since: number;
  readonly why: string;
  /** Epoch milliseconds of what is shown; absent where nothing was seen before. */
  readonly shownAt?: number;
}

export interface Frame {
  readonly page: PageView;
  readonly viewer: Viewer;
  /** What there is to go to, and where this page belongs. */
  readonly entries: readonly NavigationEntry[];
  readonly navigation?: NavigationEntry | undefined;
  readonly notice?: Notice | undefined;
  readonly outage?: Outage | undefined;
  readonly jobs?: readonly Job[];
  /** Of what is shown; with it the page keeps itself up to date. */
  readonly version?: string;
  /** They logged in with a token, and may leave. */
  readonly mayLeave?: boolean;
  /** Of the assets: a new release is a new address. */
  readonly release: string;
}

export function layout(frame: Frame): string {
  const { page, viewer, version, release } = frame;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title} · gemini-images</title>
        <link rel="icon" href="/assets/${release}/icon.svg" />
        <link rel="stylesheet" href="/assets/${release}/console.css" />
        <script src="/assets/${release}/console.js" defer></script>
      </head>
      <body data-now="${viewer.now}" ${version !== undefined && html` data-version="${version}"`}>
        <a class="skip" href="#content">Skip to the content</a>
        <header>${navigationOf(frame)}${personOf(frame)}</header>
        <p id="live" class="live" role="status" aria-live="polite"></p>
        <div id="told">${toldOf(frame)}</div>
        <main id="content" tabindex="-1">
          <h1>${page.title}</h1>
          ${page.content}
        </main>
      </body>
    </html> `.text;
}

/** What is told above the content; it changes while the page is open, so it is replaced as sections are. */
function toldOf({ notice, outage, jobs = [], viewer, page }: Frame): Html {
  return html`${outage !== undefined && outageOf(outage, viewer)}${notice !== undefined && noticeOf(notice, page)}${jobs.map(
    (job) => jobOf(job, viewer),
  )}`;
}

function outageOf({ since, why, shownAt }: Outage, viewer: Viewer): Html {
  const shown =
    shownAt === undefined
      ? html`Nothing was seen before that could be shown.`
      : html`What you see is as it was at ${clock(shownAt, viewer)}, ${ago(shownAt, viewer)} ago.`;
  return html`<div class="told bad" role="alert" data-part="outage">
    <strong>Temporal does not answer since ${clock(since, viewer)}.</strong> ${shown}
    <p>${why}. Generations go on by themselves once it is back; this page does too.</p>
  </div>`;
}

/** Where a keyboard goes on after a form: what came of it, and from there to the form where that is to be mended. */
function noticeOf({ kind, title, words }: Notice, { content }: PageView): Html {
  const head = title !== undefined && html`<strong>${title}.</strong> `;
  const isToBeMended = kind === 'refused' && content.text.includes(`id="${TYPED_FORM}"`);
  return html`<div
    class="told ${kind === 'done' ? 'good' : 'bad'}"
    role="${kind === 'done' ? 'status' : 'alert'}"
    data-notice
    tabindex="-1"
    autofocus
  >
    ${head}<bdi>${words}</bdi>${isToBeMended && html` <a href="#${TYPED_FORM}">To the form</a>`}
  </div>`;
}

function jobOf({ id, what, state, phase, at }: Job, viewer: Viewer): Html {
  const kind = phase === 'failed' ? 'bad' : phase === 'done' ? 'good' : 'busy';
  return html`<div class="told ${kind}" data-part="job ${id}">
    <strong><bdi>${what}</bdi>:</strong> <bdi>${state}</bdi>
    <span class="beside">${ago(at, viewer)} ago</span>
  </div>`;
}

function navigationOf({ entries, navigation }: Frame): Html {
  const items = entries.map((name) => {
    const { path, title } = NAVIGATION[name];
    const current = name === navigation && html` aria-current="page"`;
    return html`<li><a href="${path}" ${current}>${title}</a></li>`;
  });
  return html`<nav aria-label="Pages">
    <ul>
      ${items}
    </ul>
  </nav>`;
}

function personOf({ viewer, mayLeave = false }: Frame): Html {
  const { identity, name, role, csrf } = viewer;
  const who = identity ?? name;
  const words: Part = [
    who === undefined ? 'no name yet' : html`<bdi>${who}</bdi>`,
    role === 'reader' && html` <span class="tag">reads only</span>`,
  ];
  const leave = mayLeave
    ? html`<form method="post" action="/logout">
        <input type="hidden" name="csrf" value="${csrf}" /><button class="quiet">Log out</button>
      </form>`
    : NOTHING;
  return html`<div class="person"><span>${words}</span>${leave}</div>`;
}
