/**
 * A person's session, as a signed cookie: nothing is kept here. It carries what they proved (with a token) or
 * said of themselves (a name), and the id that its forms' tokens are derived from.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Role } from '../page.ts';

export interface Session {
  /** Random; forms of this session carry a token that is derived from it. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly until: number;
  /** What they call themselves. */
  readonly name?: string;
  /** Proved by a token; absent where none is asked for. */
  readonly role?: Role;
}

/** A working day; a name that was only remembered lasts as long. */
const LASTS_MS = 12 * 3_600_000;

export function newSession(now: number, proved: Pick<Session, 'name' | 'role'> = {}): Session {
  return { id: randomBytes(18).toString('base64url'), until: now + LASTS_MS, ...proved };
}

/** Ports of one machine share its cookies, so two consoles there must not have one name. */
export function cookieName(port: number): string {
  return `gemini-console-${port}`;
}

export function sealed(session: Session, key: Buffer): string {
  const payload = Buffer.from(JSON.stringify(session)).toString('base64url');
  return `${payload}.${mac(key, `session ${payload}`)}`;
}

/** Undefined for one that we did not make, and one that is over. */
export function unsealed(value: string | undefined, key: Buffer, now: number): Session | undefined {
  const [payload, signature, ...rest] = value?.split('.') ?? [];
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
  if (!sameText(signature, mac(key, `session ${payload}`))) return undefined;
  const session = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Session;
  return session.until > now ? session : undefined;
}

/** What each form of this session carries; another origin cannot read it. */
export function csrfOf({ id }: Pick<Session, 'id'>, key: Buffer): string {
  return mac(key, `form ${id}`);
}

/** In constant time, whatever the lengths. */
export function sameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

export interface CookieOptions {
  readonly name: string;
  /** Empty: it is taken away. */
  readonly value: string;
  readonly secure: boolean;
}

export function setCookie({ name, value, secure }: CookieOptions): string {
  const life = value === '' ? 0 : LASTS_MS / 1_000;
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${life}${secure ? '; Secure' : ''}`;
}

export function cookieOf(header: string | undefined, name: string): string | undefined {
  const pairs = header?.split(';') ?? [];
  const found = pairs.map((pair) => pair.trim()).find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

function mac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
