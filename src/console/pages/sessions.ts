/** *Sessions*: every edit session with its last image, turns, cost and age; those that are open first. */
import type { ListedSession, SessionListing } from '../../client/sessions-list.ts';
import { artifactImage } from '../artifact-image.ts';
import type { Html } from '../html.ts';
import { foreign, html } from '../html.ts';
import type { Viewer } from '../page.ts';
import { definePage, pathTo } from '../page.ts';
import { section } from '../section.ts';
import { stateTag } from '../session-frame.ts';
import { ago, counted, usd } from '../words.ts';

const STATUSES = [
  ['', 'all'],
  ['open', 'open'],
  ['ended', 'ended'],
] as const;

interface Data {
  readonly listing: SessionListing;
  readonly status: string;
  readonly isFirst: boolean;
}

export const sessionsPage = definePage<Data>({
  path: '/sessions',
  navigation: 'sessions',
  load: async ({ images, query }) => {
    const status = query.get('status') ?? '';
    const after = query.get('after');
    const listing = await images.sessions({
      limit: 24,
      ...(status === 'open' || status === 'ended' ? { status } : {}),
      ...(after === null ? {} : { after }),
    });
    return { listing, status, isFirst: after === null };
  },
  view: ({ listing, status, isFirst }, viewer) => ({
    title: 'Sessions',
    content: html`${filters(status)} ${listing.length === 0 ? none(status) : cards(listing, viewer)}
    ${pages(listing, status, isFirst)}`,
  }),
});

function filters(chosen: string): Html {
  const links = STATUSES.map(([status, words]) => {
    const current = status === chosen && html` aria-current="true"`;
    return html`<li><a href="${addressOf(status)}" ${current}>${words}</a></li>`;
  });
  return html`<nav class="filters" aria-label="Which sessions">
    <ul>
      ${links}
    </ul>
  </nav>`;
}

function addressOf(status: string, after?: string): string {
  const query = new URLSearchParams({
    ...(status === '' ? {} : { status }),
    ...(after === undefined ? {} : { after }),
  });
  return query.size === 0 ? '/sessions' : `/sessions?${query.toString()}`;
}

function none(status: string): Html {
  return section(
    'none',
    html`<p class="empty">
      ${status === '' ? 'No session yet.' : `No session is ${status}.`} A session edits an image turn by turn:
      <code>images.session({ model })</code>, or <code>gemini-images session start</code>.
    </p>`,
  );
}

function cards(listing: readonly ListedSession[], viewer: Viewer): Html {
  return section(
    'sessions',
    html`<ul class="covers">
      ${listing.map((each) => card(each, viewer))}
    </ul>`,
  );
}

function card(session: ListedSession, viewer: Viewer): Html {
  const { id, status, turns, failed = 0, queued = 0, running, cost, excerpt, image } = session;
  const last = session.activeAt ?? Date.parse(session.endedAt ?? session.startedAt);
  const name = id.replace(/^gemini-session\//, '');
  const told = [
    turns === undefined ? undefined : counted(turns, 'turn'),
    failed === 0 ? undefined : `${failed} failed`,
    cost === undefined ? undefined : usd(cost.sureUsd),
    cost === undefined || cost.possibleUsd === 0 ? undefined : `${usd(cost.possibleUsd)} more possible`,
  ].filter((words) => words !== undefined);
  return html`<li>
    <a class="cover" href="${pathTo('/sessions', id)}">
      ${image === undefined ? html`<span class="blank">${running === undefined ? 'no image yet' : 'being made'}</span>` : artifactImage(image, '')}
      <strong>${foreign(name)}</strong>
    </a>
    ${excerpt !== undefined && html`<p class="said">${foreign(excerpt)}</p>`}
    <p class="beside">
      ${stateTag(running === undefined ? status : 'running')}
      ${queued > 0 && html`<span class="tag">${queued} waiting</span>`}
      ${told.map((words) => html`<span>${words}</span> `)} <span>${ago(last, viewer)} ago</span>
    </p>
  </li>`;
}

function pages({ length, total, next }: SessionListing, status: string, isFirst: boolean): Html {
  const first = isFirst ? undefined : html`<a href="${addressOf(status)}">the first ones</a>`;
  const more = next === undefined ? undefined : html`<a href="${addressOf(status, next)}">the next ones</a>`;
  return section(
    'pages',
    html`<p class="pages">${length} of ${counted(total, 'session')} ${first} ${more}</p>`,
  );
}
