/** One request, from its first check to its answer. Never rejects: what goes wrong is told. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendPage, sendRedirect, sendText, streamHeaders } from './answer.ts';
import { sendArtifact } from './artifacts.ts';
import { sendAssetAt } from './assets.ts';
import type { ConsoleContext } from './context.ts';
import { sendEvidence } from './evidence.ts';
import { BodyRefused } from './form.ts';
import { takeForm } from './form-requests.ts';
import { MOST_STREAMS } from './live.ts';
import { login, logout, showLogin } from './login.ts';
import { problemPage, sameAgainPage } from './login-page.ts';
import type { PageRequest } from './page-requests.ts';
import { pageAt, showPage } from './page-requests.ts';
import { NotHere, toldOf } from './told.ts';
import { hostProblem, isFirstStep, isSecure } from './trust/origin.ts';
import { cookieOf, sealed, setCookie } from './trust/session.ts';
import { recognise } from './trust/visitor.ts';

export async function handle(
  context: ConsoleContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await answer(context, request, response);
  } catch (error) {
    // Half an answer is none; and whoever has left hears nothing.
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const { status, title, words, unforeseen } =
      error instanceof BodyRefused
        ? { status: error.status, title: 'Not taken', words: error.message, unforeseen: undefined }
        : toldOf(error);
    // The rest of a body that was refused is read by nobody, and is bounded by the request's own time.
    if (!request.complete) {
      response.setHeader('Connection', 'close');
      request.resume();
    }
    if (unforeseen === true) context.log(error instanceof Error ? (error.stack ?? words) : words);
    if (isForPeople(request)) sendPage(response, status, problemPage(context.release, title, words));
    else sendText(response, status, `${title}: ${words}\n`);
  }
}

async function answer(
  context: ConsoleContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { setUp, release } = context;
  const problem = hostProblem(request, setUp);
  if (problem !== undefined) {
    return sendPage(response, 421, problemPage(release, 'Not at this address', problem));
  }
  const url = addressIn(request.url ?? '');
  if (url === undefined) throw new NotHere('this is no address');
  const { pathname } = url;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && sendAssetAt(response, pathname, release)) return;
  if (!isRead && request.method !== 'POST') {
    response.setHeader('Allow', 'GET, HEAD, POST');
    return sendPage(
      response,
      405,
      problemPage(release, 'Not possible', `${request.method} is not taken here`),
    );
  }

  const cookie = cookieOf(request.headers.cookie, context.cookie);
  if (cookie === undefined && isFirstStep(request)) {
    return sendPage(response, 200, sameAgainPage(release, url.pathname + url.search));
  }
  if (pathname === '/login') {
    return isRead ? showLogin(context, request, response, url) : await login(context, request, response);
  }
  const recognised = recognise(request, setUp, cookie, context.now());
  if (recognised.kind === 'refused') {
    return sendPage(response, 403, problemPage(release, 'You are not known here', recognised.why));
  }
  if (recognised.kind === 'unknown') {
    if (isRead && isForPeople(request)) {
      return sendRedirect(response, `/login?to=${encodeURIComponent(url.pathname + url.search)}`);
    }
    response.setHeader('WWW-Authenticate', 'Bearer');
    return sendText(response, 401, `${recognised.why}\n`);
  }
  const { visitor } = recognised;
  if (visitor.isNew) {
    const value = sealed(visitor.session, setUp.key);
    const secure = isSecure(request, setUp);
    response.setHeader('Set-Cookie', setCookie({ name: context.cookie, value, secure }));
  }
  const asked: PageRequest = { request, response, url, visitor };
  if (isRead && (await resource(context, asked))) return;
  if (!isRead && pathname === '/logout') return await logout(context, asked);
  const found = pageAt(url);
  if (found === undefined) throw new NotHere('no page of the console has this address');
  await (isRead ? showPage(context, found, asked) : takeForm(context, found, asked));
}

/** What is no page; false where the address is none of these. */
async function resource(context: ConsoleContext, { request, response, url }: PageRequest): Promise<boolean> {
  const { pathname, searchParams } = url;
  if (pathname.startsWith('/artifacts/')) {
    await sendArtifact(context.images, pathname.slice('/artifacts/'.length), response);
    return true;
  }
  if (pathname === '/evidence') {
    await sendEvidence(context.images, searchParams, response);
    return true;
  }
  if (pathname !== '/events') return false;
  if (request.method === 'HEAD') throw new NotHere('a stream has no head to look at');
  if (context.live.size >= MOST_STREAMS) {
    response.setHeader('Retry-After', '30');
    sendText(response, 503, `this console keeps ${MOST_STREAMS} pages live at a time: reload by hand\n`);
    return true;
  }
  const key = searchParams.get('page') ?? '/';
  const page = addressIn(key);
  if (page === undefined || pageAt(page) === undefined) {
    throw new NotHere('no page of the console has this address');
  }
  // Nobody is kept from leaving: the stream lasts longer than a request may.
  request.socket.setTimeout(0);
  response.writeHead(200, streamHeaders());
  context.live.open(key, searchParams.get('version') ?? '', response);
  return true;
}

function isForPeople({ headers }: IncomingMessage): boolean {
  return (headers.accept ?? '').includes('text/html') || headers['content-type'] !== undefined;
}

/** Undefined for what is none, such as an absolute address of another host. */
function addressIn(path: string): URL | undefined {
  if (!path.startsWith('/') || path.startsWith('//')) return undefined;
  const address = `http://console${path}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}
