/** Who a request is from, by the proof that the set-up asks for. */
import type { IncomingMessage } from 'node:http';
import type { Role } from '../page.ts';
import type { Session } from './session.ts';
import { newSession, sameText, unsealed } from './session.ts';
import type { TrustOptions, TrustSetUp } from './set-up.ts';

export interface Visitor {
  readonly session: Session;
  readonly role: Role;
  /** Who they are, where that is proved or was said at the login; decisions carry it. */
  readonly identity?: string;
  /** The session is new: its cookie goes out with the answer. */
  readonly isNew: boolean;
  /** By a header that no browser sends by itself: needs no form token. */
  readonly isProgram?: true;
  /** By a session that can be ended. */
  readonly mayLeave: boolean;
}

export type Recognised =
  | { readonly kind: 'visitor'; readonly visitor: Visitor }
  /** They may prove themselves at the login. */
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

const LONGEST_NAME = 100;

/** @param cookie the value of our cookie */
export function recognise(
  request: IncomingMessage,
  setUp: TrustSetUp,
  cookie: string | undefined,
  now: number,
): Recognised {
  const { trust, key } = setUp;
  const kept = unsealed(cookie, key, now);
  switch (trust.kind) {
    case 'open':
      return visitor(setUp, kept ?? newSession(now), { role: 'operator', isNew: kept === undefined });
    case 'token':
      return byToken(request, setUp, trust, kept, now);
    case 'header':
      return byHeader(request, setUp, trust, kept, now);
  }
}

function visitor(
  { readOnly }: TrustSetUp,
  session: Session,
  {
    role,
    ...more
  }: Pick<Visitor, 'role' | 'isNew' | 'identity' | 'isProgram'> & { readonly mayLeave?: boolean },
): Recognised {
  const seen = { session, role: readOnly ? ('reader' as const) : role, mayLeave: false };
  return { kind: 'visitor', visitor: { ...seen, ...more } };
}

function byToken(
  { headers }: IncomingMessage,
  setUp: TrustSetUp,
  trust: Extract<TrustOptions, { kind: 'token' }>,
  kept: Session | undefined,
  now: number,
): Recognised {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const role = roleOfToken(trust, /^Bearer (.+)$/i.exec(authorization)?.[1] ?? '');
    if (role === undefined)
      return { kind: 'refused', why: 'the token in Authorization is not the right one' };
    return visitor(setUp, newSession(now), { role, isNew: false, isProgram: true });
  }
  if (kept?.role === undefined || kept.name === undefined) {
    return { kind: 'unknown', why: 'log in with the token' };
  }
  return visitor(setUp, kept, { role: kept.role, isNew: false, identity: kept.name, mayLeave: true });
}

/** Undefined for a token that is none of ours. All are compared, in constant time. */
export function roleOfToken(
  { token, readerToken }: Extract<TrustOptions, { kind: 'token' }>,
  given: string,
): Role | undefined {
  const isOperator = sameText(given, token);
  const isReader = sameText(given, readerToken ?? '') && readerToken !== undefined;
  if (isOperator) return 'operator';
  return isReader ? 'reader' : undefined;
}

function byHeader(
  request: IncomingMessage,
  setUp: TrustSetUp,
  { header, roleHeader }: Extract<TrustOptions, { kind: 'header' }>,
  kept: Session | undefined,
  now: number,
): Recognised {
  const peer = request.socket.remoteAddress ?? 'nowhere';
  if (!setUp.isProxy(peer)) {
    return {
      kind: 'refused',
      why: `${peer} is no trusted proxy: come through the proxy, or start the console with --trusted-proxy ${peer}`,
    };
  }
  const identity = only(request, header);
  if (identity === undefined || identity.length > LONGEST_NAME) {
    return {
      kind: 'refused',
      why: `the proxy did not send one ${header} of at most ${LONGEST_NAME} characters: have it set who was authenticated`,
    };
  }
  const role: Role =
    roleHeader === undefined || only(request, roleHeader)?.toLowerCase() === 'operator'
      ? 'operator'
      : 'reader';
  return visitor(setUp, kept ?? newSession(now), { role, isNew: kept === undefined, identity });
}

/** A header that came twice may be the proxy's and a forger's: neither is believed. */
function only({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  const values = rawHeaders.filter(
    (_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name.toLowerCase(),
  );
  const [value, ...others] = values;
  const text = inUtf8(value ?? '').trim();
  return others.length > 0 || text === '' ? undefined : text;
}

/** Node reads headers as Latin-1; most proxies send names in UTF-8. */
function inUtf8(text: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}
