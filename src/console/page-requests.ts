/** Shows a page, and tells whether it has changed. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendPage } from './answer.ts';
import type { ConsoleContext } from './context.ts';
import type { Form } from './form.ts';
import { html } from './html.ts';
import type { Notice } from './layout.ts';
import { layout } from './layout.ts';
import type { AnyPage, NavigationEntry, PageView, Viewer } from './page.ts';
import { NAVIGATION } from './page.ts';
import { PAGES } from './pages.ts';
import type { Match } from './router.ts';
import { match } from './router.ts';
import type { Seen } from './snapshots.ts';
import type { Told } from './told.ts';
import { NotHere, toldOf } from './told.ts';
import { csrfOf } from './trust/session.ts';
import type { Visitor } from './trust/visitor.ts';

/** The query parameter under which a page finds what it is to say. */
const NOTICE = 'notice';

/** In the order of the navigation, those that a page belongs to. */
const ENTRIES = (Object.keys(NAVIGATION) as NavigationEntry[]).filter((name) =>
  PAGES.some(({ navigation, path }) => navigation === name && path === NAVIGATION[name].path),
);

export interface PageRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly visitor: Visitor;
}

export function pageAt(url: URL): Match<AnyPage> | undefined {
  return match(PAGES, url.pathname);
}

export async function showPage(
  context: ConsoleContext,
  found: Match<AnyPage>,
  asked: PageRequest,
): Promise<void> {
  const { url, visitor } = asked;
  const id = url.searchParams.get(NOTICE);
  const notice = id === null ? undefined : context.notices.get(visitor.session.id, id);
  await respond(context, found, asked, { status: 200, ...(notice === undefined ? {} : { notice }) });
}

export interface PageAnswer {
  readonly status: number;
  readonly notice?: Notice;
  readonly typed?: Form;
}

/** The page as it stands, with what it is to say. */
export async function respond(
  context: ConsoleContext,
  found: Match<AnyPage>,
  { response, url, visitor }: PageRequest,
  { status, notice, typed }: PageAnswer,
): Promise<void> {
  const viewer = viewerOf(context, url, visitor, typed);
  const { page, outage, version, told } = await seenPage(context, found, url, viewer);
  const text = layout({
    page,
    viewer,
    notice,
    outage,
    entries: ENTRIES,
    navigation: found.found.navigation,
    jobs: context.background.told,
    mayLeave: visitor.mayLeave,
    release: context.release,
    ...(version === undefined ? {} : { version }),
  });
  sendPage(response, status === 200 && told !== undefined ? told.status : status, text);
}

interface SeenPage {
  readonly page: PageView;
  readonly outage?: { readonly since: number; readonly why: string; readonly shownAt?: number };
  readonly version?: string;
  /** Why there is nothing to be seen. */
  readonly told?: Told;
}

async function seenPage(
  context: ConsoleContext,
  found: Match<AnyPage>,
  url: URL,
  viewer: Viewer,
): Promise<SeenPage> {
  try {
    const seen = await look(context, found, url);
    const version = versionOf(context, found, seen);
    const { snapshot, down } = seen;
    if (snapshot === undefined) {
      const page = { title: 'Temporal does not answer', content: html`` };
      return { page, outage: down, version, told: { status: 503, title: page.title, words: down.why } };
    }
    const page = found.found.view(snapshot.data, viewer);
    return { page, version, ...(down === undefined ? {} : { outage: { ...down, shownAt: snapshot.at } }) };
  } catch (error) {
    const told = toldOf(error);
    report(context, told, error);
    const content = html`<p><bdi>${told.words}</bdi></p>`;
    return { page: { title: told.title, content }, told };
  }
}

async function look(context: ConsoleContext, found: Match<AnyPage>, url: URL): Promise<Seen> {
  const { images, snapshots, now } = context;
  const query = queryOf(url);
  const key = addressOf(url);
  return await snapshots.look(key, () =>
    found.found.load({ images, params: found.params, query, now: now() }),
  );
}

/** For the stream of an open page. Rejects where there is no such page, or it cannot be loaded. */
export async function currentVersion(context: ConsoleContext, address: string): Promise<string> {
  const url = new URL(address, 'http://console');
  const found = pageAt(url);
  if (found === undefined) throw new NotHere('no page of the console has this address');
  return versionOf(context, found, await look(context, found, url));
}

/**
 * A digest of all that may be seen, made for nobody in particular and at no time: it changes when the page
 * does, not because a minute has passed.
 */
function versionOf(
  { background }: ConsoleContext,
  { found }: Match<AnyPage>,
  { snapshot, down }: Seen,
): string {
  const nobody: Viewer = { role: 'operator', csrf: '', address: '', now: 0 };
  const content = snapshot === undefined ? '' : found.view(snapshot.data, nobody).content.text;
  const jobs = background.told.map(({ id, state, phase }) => [id, state, phase]);
  return createHash('sha256')
    .update(JSON.stringify([content, down?.since ?? null, jobs]))
    .digest('hex')
    .slice(0, 32);
}

function viewerOf(
  { setUp, temporalUi, now }: ConsoleContext,
  url: URL,
  { session, role, identity }: Visitor,
  typed: Form | undefined,
): Viewer {
  return {
    role,
    csrf: csrfOf(session, setUp.key),
    address: addressOf(url),
    now: now(),
    ...(identity === undefined ? {} : { identity }),
    ...(session.name === undefined ? {} : { name: session.name }),
    ...(typed === undefined ? {} : { typed }),
    ...(temporalUi === undefined ? {} : { temporalUi }),
  };
}

/** The page's own address, without what it is to say this once. */
export function addressOf(url: URL): string {
  const query = queryOf(url).toString();
  return query === '' ? url.pathname : `${url.pathname}?${query}`;
}

function queryOf(url: URL): URLSearchParams {
  const query = new URLSearchParams(url.searchParams);
  query.delete(NOTICE);
  return query;
}

/** The address of a page that is to say something. */
export function withNotice(address: string, id: string): string {
  const [path = '', query = ''] = address.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set(NOTICE, id);
  return `${path}?${parameters.toString()}`;
}

/** What nobody foresaw goes into the log. */
export function report({ log }: ConsoleContext, told: Told, error: unknown): void {
  if (told.unforeseen === true) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
