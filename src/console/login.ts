/** In with a token and a name, and out again. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendPage, sendRedirect } from './answer.ts';
import type { ConsoleContext } from './context.ts';
import { LONGEST_NAME } from './decision-form.ts';
import type { Form } from './form.ts';
import { readForm } from './form.ts';
import { loginPage } from './login-page.ts';
import type { PageRequest } from './page-requests.ts';
import { NotHere } from './told.ts';
import { isSecure, originProblem } from './trust/origin.ts';
import type { Session } from './trust/session.ts';
import { cookieOf, csrfOf, newSession, sameText, sealed, setCookie, unsealed } from './trust/session.ts';
import { roleOfToken } from './trust/visitor.ts';

/** The session is begun before anybody is known, so that a stranger's page cannot log a browser in. */
export function showLogin(
  context: ConsoleContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): void {
  mustHaveTokens(context);
  const session = begun(context, request) ?? newSession(context.now());
  const { release, setUp } = context;
  keep(context, request, response, session);
  const to = safePath(url.searchParams.get('to'));
  sendPage(response, 200, loginPage({ release, csrf: csrfOf(session, setUp.key), to }));
}

export async function login(
  context: ConsoleContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const trust = mustHaveTokens(context);
  const { setUp, release, now } = context;
  const form = await readForm(request);
  const before = begun(context, request);
  const session = before ?? newSession(now());
  const name = form.get('name');
  const again = (status: number, problem: string): void => {
    keep(context, request, response, session);
    const page = { release, csrf: csrfOf(session, setUp.key), to: safePath(form.get('to')), problem, name };
    sendPage(response, status, loginPage(page));
  };
  if (originProblem(request, setUp) !== undefined || !isOurs(context, before, form)) {
    return again(403, 'This page had become too old: try once more.');
  }
  if (name === '' || name.length > LONGEST_NAME) {
    return again(422, `Your name: must have 1 to ${LONGEST_NAME} characters, it stands with your decisions.`);
  }
  const role = roleOfToken(trust, form.get('token'));
  if (role === undefined) return again(403, 'This is not the token.');
  // A new id: what was known of the session before is worth nothing now.
  keep(context, request, response, newSession(now(), { name, role }));
  sendRedirect(response, safePath(form.get('to')));
}

export async function logout(
  context: ConsoleContext,
  { request, response, visitor }: PageRequest,
): Promise<void> {
  const form = await readForm(request);
  if (originProblem(request, context.setUp) === undefined && isOurs(context, visitor.session, form)) {
    const secure = isSecure(request, context.setUp);
    response.setHeader('Set-Cookie', setCookie({ name: context.cookie, value: '', secure }));
  }
  sendRedirect(response, '/');
}

function mustHaveTokens({ setUp: { trust } }: ConsoleContext) {
  if (trust.kind !== 'token') throw new NotHere('nobody logs in here: it is done by a proxy, or not needed');
  return trust;
}

function begun({ setUp, cookie, now }: ConsoleContext, { headers }: IncomingMessage): Session | undefined {
  return unsealed(cookieOf(headers.cookie, cookie), setUp.key, now());
}

function isOurs({ setUp }: ConsoleContext, session: Session | undefined, form: Form): boolean {
  return session !== undefined && sameText(form.get('csrf'), csrfOf(session, setUp.key));
}

function keep(
  { setUp, cookie }: ConsoleContext,
  request: IncomingMessage,
  response: ServerResponse,
  session: Session,
): void {
  const value = sealed(session, setUp.key);
  response.setHeader('Set-Cookie', setCookie({ name: cookie, value, secure: isSecure(request, setUp) }));
}

/** A path of ours: `//elsewhere` and `/\elsewhere` would lead out. */
function safePath(to: string | null): string {
  if (to === null || !/^\/(?![/\\])[^\p{Cc}]*$/u.test(to)) return '/';
  return to.startsWith('/login') ? '/' : to;
}
