/** The pages before one is known: the login, and the step that brings a strict cookie along. */
import type { Html } from './html.ts';
import { html } from './html.ts';
import { LONGEST_NAME } from './decision-form.ts';

interface PlainOptions {
  readonly title: string;
  readonly release: string;
  readonly head?: Html;
  readonly content: Html;
}

function plain({ title, release, head, content }: PlainOptions): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · gemini-images</title>
        <link rel="icon" href="/assets/${release}/icon.svg" />
        <link rel="stylesheet" href="/assets/${release}/console.css" />
        ${head}
      </head>
      <body>
        <main id="content" class="narrow">
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html> `.text;
}

export function loginPage(options: {
  readonly release: string;
  readonly csrf: string;
  /** Where to go on: a path of ours. */
  readonly to: string;
  readonly problem?: string;
  readonly name?: string;
}): string {
  const { release, csrf, to, problem, name = '' } = options;
  return plain({
    title: 'Log in',
    release,
    content: html`${problem !== undefined && html`<p class="told bad" role="alert">${problem}</p>`}
      <form method="post" action="/login" class="decision">
        <input type="hidden" name="csrf" value="${csrf}" />
        <input type="hidden" name="to" value="${to}" />
        <label
          >Your name
          <input name="name" required maxlength="${LONGEST_NAME}" value="${name}" autocomplete="name" /><span
            class="hint"
            >It stands with each of your decisions.</span
          ></label
        >
        <label
          >Token <input name="token" type="password" required autocomplete="current-password" /><span
            class="hint"
            >Whoever runs this console has it.</span
          ></label
        >
        <div class="go"><button>Log in</button></div>
      </form>`,
  });
}

/** Asks for the same address once more, from a page of ours. */
export function sameAgainPage(release: string, address: string): string {
  return plain({
    title: 'One moment',
    release,
    head: html`<meta http-equiv="refresh" content="0" />`,
    content: html`<p><a href="${address}">Go on to the console</a></p>`,
  });
}

export function problemPage(release: string, title: string, words: string): string {
  return plain({
    title,
    release,
    content: html`<p class="told bad" role="alert"><bdi>${words}</bdi></p>
      <p><a href="/">To the console</a></p>`,
  });
}
