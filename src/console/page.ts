/**
 * What a page of the console is.
 *
 * To add one: write `pages/<name>.ts`, which exports a `Page` made with `definePage`, and name it in
 * `pages.ts`; a new entry of the navigation goes into `NAVIGATION` below. Its parts:
 *
 * - `path`: `/dead-letters`, `/sessions/:id`. `:id` is what is left of the path, slashes included. Make links
 *   with `pathTo('/sessions', id)`, which escapes whatever an id may hold.
 * - `load` asks the client, and nobody else: its answer is shared by everyone who looks at the same address at
 *   that time, and kept for when Temporal is away. So it knows no viewer. Parts that may be slow or missing are
 *   asked through `within` of `part.ts`, so that one silent governor does not take the page away.
 * - `view` turns that answer into HTML, and is pure: it is also called without a viewer, to see whether the
 *   page has changed. Times come from `viewer.now`, through `ago` and `left` of `words.ts`, which the browser
 *   keeps up to date. Wrap what may change by itself in `section(key, …)` of `section.ts`: only sections that
 *   changed are replaced in the browser, and none while a form in it is being filled in.
 * - `actions` are what its forms send: `decisionForm(viewer, { action: 'revive', … })` of `decision-form.ts`
 *   posts to the page's own address. Who and why are asked for and checked before `run` is called (I12); a
 *   read-only person sees no form, and gets 403 all the same. `run` resolves with a sentence for the page that
 *   follows; what the client throws becomes a sentence on the same page, with the form as it was filled in.
 *
 * Test it over HTTP with `startConsoleRig` of `test/support/console-rig.ts`.
 */
import type { GeminiImages } from '../client/gemini-images.ts';
import type { Background } from './background.ts';
import type { Form } from './form.ts';
import type { Html } from './html.ts';

export const NAVIGATION = {
  now: { path: '/', title: 'Now' },
  sessions: { path: '/sessions', title: 'Sessions' },
  dead: { path: '/dead-letters', title: 'Dead letters' },
  spend: { path: '/spend', title: 'Spend' },
} as const;
export type NavigationEntry = keyof typeof NAVIGATION;

/** `reader` sees everything and decides nothing. */
export type Role = 'operator' | 'reader';

/** What a page is loaded from. */
export interface Asked {
  readonly images: GeminiImages;
  /** What the path's `:name` stands for, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Who looks, and all that a view may depend on beside its data. */
export interface Viewer {
  readonly role: Role;
  /** Who they are, where the trust set-up tells it; else each form asks for a name. */
  readonly identity?: string;
  /** The name that they gave last, where the form asks. */
  readonly name?: string;
  /** Goes into each form; forms made by `decisionForm` have it. */
  readonly csrf: string;
  /** Where forms of this page are sent: its own address. */
  readonly address: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What stood in the form that was refused, so that nothing is typed twice. */
  readonly typed?: Form;
  /** Address of a workflow in Temporal's UI, where that is known. */
  readonly temporalUi?: (workflowId: string, runId?: string) => string;
}

export interface PageView {
  readonly title: string;
  readonly content: Html;
}

export interface Act {
  readonly images: GeminiImages;
  readonly params: Readonly<Record<string, string>>;
  readonly form: Form;
  /** Who decides, at most 100 characters, and why, at most 500: never empty (I12). */
  readonly by: string;
  readonly why: string;
  readonly now: number;
  /** For what takes a minute: the answer does not wait for its end. */
  readonly background: Background;
}

export interface Done {
  /** What happened, in a sentence or two. */
  readonly notice: string;
  /** Where to go on. @default the same page */
  readonly to?: string;
}

export interface Action {
  /** Throws what the client throws, and `FormProblem` that names the field. */
  run(act: Act): Promise<Done>;
}

export interface Page<D> {
  readonly path: string;
  readonly navigation?: NavigationEntry;
  load(asked: Asked): Promise<D>;
  view(data: D, viewer: Viewer): PageView;
  readonly actions?: Readonly<Record<string, Action>>;
}

/** The frame passes on to `view` what its `load` gave, and knows nothing of it. */
export type AnyPage = Page<unknown>;

export function definePage<D>(page: Page<D>): AnyPage {
  return page;
}

/** `/generations` and an id → an address. One segment, so that no id can climb out of it by `..`. */
export function pathTo(base: string, id: string): string {
  return `${base}/${encodeURIComponent(id)}`;
}
