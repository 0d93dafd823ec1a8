/** Takes what a page's forms send: proved to be ours, from somebody who may decide, with who and why (I12). */
import type { IncomingMessage } from 'node:http';
import { sendRedirect } from './answer.ts';
import type { ConsoleContext } from './context.ts';
import { LONGEST_NAME, LONGEST_WHY } from './decision-form.ts';
import type { Form } from './form.ts';
import { FormProblem, readForm } from './form.ts';
import type { Notice } from './layout.ts';
import type { AnyPage } from './page.ts';
import type { PageRequest } from './page-requests.ts';
import { addressOf, report, respond, withNotice } from './page-requests.ts';
import type { Match } from './router.ts';
import { toldOf } from './told.ts';
import { isSecure, originProblem } from './trust/origin.ts';
import { csrfOf, newSession, sameText, sealed, setCookie } from './trust/session.ts';
import type { Visitor } from './trust/visitor.ts';

/** A form of a page: proved to be ours, from somebody who may decide, with who and why (I12). */
export async function takeForm(
  context: ConsoleContext,
  { found, params }: Match<AnyPage>,
  asked: PageRequest,
): Promise<void> {
  const { request, response, url, visitor } = asked;
  const form = await readForm(request);
  const refusal = formRefusal(context, request, visitor, form);
  if (refusal !== undefined) {
    return await respond(context, { found, params }, asked, { status: 403, notice: refusal, typed: form });
  }
  const action = found.actions?.[form.get('action')];
  const address = addressOf(url);
  try {
    if (action === undefined) throw new FormProblem('action', 'is none of this page; reload it');
    const { images, background } = context;
    const by = said('your name', visitor.identity ?? form.get('by'), LONGEST_NAME);
    const why = said('why', form.get('why'), LONGEST_WHY);
    const act = { images, params, form, by, why, now: context.now(), background };
    // What is shown next is loaded anew, also where it failed: an update that timed out may have been taken.
    const done = await action.run(act).finally(() => context.snapshots.expire());
    remember(context, asked, by);
    const notice = context.notices.put(visitor.session.id, { kind: 'done', words: done.notice });
    sendRedirect(response, withNotice(done.to ?? address, notice));
  } catch (error) {
    const told = toldOf(error);
    report(context, told, error);
    const notice = { kind: 'refused', title: told.title, words: told.words } as const;
    await respond(context, { found, params }, asked, { status: told.status, notice, typed: form });
  }
}

/** Why a form is not taken, whatever it says. */
export function formRefusal(
  { setUp }: Pick<ConsoleContext, 'setUp'>,
  request: IncomingMessage,
  { session, role, isProgram }: Visitor,
  form: Form,
): Notice | undefined {
  const stranger = originProblem(request, setUp);
  if (stranger !== undefined) return refused('Not taken: it does not come from this page', stranger);
  if (isProgram !== true && !sameText(form.get('csrf'), csrfOf(session, setUp.key))) {
    return refused(
      'Not taken',
      'this page is older than your session: look at it again, and send it once more',
    );
  }
  if (role === 'reader') return refused('Not taken', 'you may read here and decide nothing');
  return undefined;
}

function refused(title: string, words: string): Notice {
  return { kind: 'refused', title, words };
}

function said(title: string, text: string, longest: number): string {
  if (text === '') throw new FormProblem(title, 'must not be empty: it is kept with the decision');
  if (text.length > longest) throw new FormProblem(title, `must be at most ${longest} characters`);
  return text;
}

/** A name that was given in a form is offered in the next one. */
function remember(
  { setUp, cookie, now }: ConsoleContext,
  { request, response, visitor }: PageRequest,
  name: string,
): void {
  const { session, identity, isProgram } = visitor;
  if (identity !== undefined || isProgram === true || session.name === name) return;
  const value = sealed({ ...newSession(now()), id: session.id, name }, setUp.key);
  response.setHeader('Set-Cookie', setCookie({ name: cookie, value, secure: isSecure(request, setUp) }));
}
