/**
 * How people prove who they are, as it was configured: resolved and checked once, at the start. What would
 * be open to a network without any proof is refused there (docs/decisions/0037).
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { AddressTest } from './addresses.ts';
import { bareAddress, isLoopback, isWildcard, LOOPBACK_ADDRESSES, oneOf } from './addresses.ts';

export type TrustOptions =
  /** Whoever reaches the port. Only on loopback; each form asks for a name. */
  | { readonly kind: 'open' }
  /** A token opens it: by login form, or as `Authorization: Bearer …`. */
  | { readonly kind: 'token'; readonly token: string; readonly readerToken?: string }
  /** A proxy in front has authenticated them and says so in a header. */
  | {
      readonly kind: 'header';
      /** Who: `X-Forwarded-User` */
      readonly header: string;
      /** Addresses and ranges that are believed. @default loopback */
      readonly proxies?: readonly string[];
      /** Where it is given, only who has the value `operator` in it may decide. */
      readonly roleHeader?: string;
    };

export interface TrustSetUpOptions {
  readonly host: string;
  readonly trust: TrustOptions;
  readonly readOnly: boolean;
  /** Where people reach it, if that is not `http://<host>:<port>`: `https://console.example.com` */
  readonly url?: string;
}

export interface TrustSetUp {
  readonly trust: TrustOptions;
  readonly readOnly: boolean;
  /** Of the origin that people use; absent where that is what they ask for. */
  readonly url?: URL;
  /** Host names, without port, that requests may name; undefined: any. Keeps DNS rebinding out. */
  readonly hosts: ReadonlySet<string> | undefined;
  readonly isProxy: AddressTest;
  /** Signs sessions. */
  readonly key: Buffer;
}

/** The console will not start like this; the message names the option and the cure. */
export class UnsafeConsole extends Error {
  override readonly name = 'UnsafeConsole' as const;
}

/** A shorter one could be tried out. */
const SHORTEST_TOKEN = 16;
const HEADER_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

/** Throws {@link UnsafeConsole}. */
export function trustSetUp({ host, trust, readOnly, url }: TrustSetUpOptions): TrustSetUp {
  const address = url === undefined ? undefined : readUrl(url);
  if (trust.kind === 'open' && !isLoopback(host)) {
    throw new UnsafeConsole(
      `--host ${host} is reached by others: say how they prove who they are, by a token (--token-env NAME, or ` +
        'GEMINI_IMAGES_CONSOLE_TOKEN) or a proxy that has authenticated them (--trusted-header NAME), or leave --host out',
    );
  }
  if (trust.kind === 'open' && address !== undefined && !isLoopback(address.hostname)) {
    throw new UnsafeConsole(
      `--url ${url} is opened by others: have the proxy say who they are (--trusted-header NAME), or ask for a token ` +
        '(--token-env NAME)',
    );
  }
  if (trust.kind === 'token') checkTokens(trust);
  if (trust.kind === 'header') {
    for (const name of [trust.header, trust.roleHeader]) {
      if (name !== undefined && !HEADER_NAME.test(name)) {
        throw new UnsafeConsole(`${name} is no name of a header: give one such as X-Forwarded-User`);
      }
    }
  }
  return {
    trust,
    readOnly,
    ...(address === undefined ? {} : { url: address }),
    hosts: hostsOf(host, address),
    isProxy: proxiesOf(trust),
    key: keyOf(trust),
  };
}

function checkTokens({ token, readerToken }: Extract<TrustOptions, { kind: 'token' }>): void {
  for (const each of [token, readerToken]) {
    if (each !== undefined && each.length < SHORTEST_TOKEN) {
      throw new UnsafeConsole(
        `the token has ${each.length} characters: give at least ${SHORTEST_TOKEN}, such as those of openssl rand -hex 24`,
      );
    }
  }
  if (token === readerToken) {
    throw new UnsafeConsole('the token and the reader’s token are the same: give two, or one');
  }
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/') {
    throw new UnsafeConsole(
      `--url ${text}: give the address that people open, such as https://console.example.com`,
    );
  }
  return url;
}

/**
 * A page of somebody else's whose name is made to point at us asks for its own name, and is refused. Where
 * every interface is served, names are not known: there a session, which is bound to its name, is needed anyway.
 */
function hostsOf(host: string, url: URL | undefined): ReadonlySet<string> | undefined {
  if (isWildcard(host) && url === undefined) return undefined;
  const own = isWildcard(host) ? [] : [bareAddress(host)];
  return new Set([
    ...['localhost', '127.0.0.1', '::1'],
    ...own,
    ...(url === undefined ? [] : [bareAddress(url.hostname)]),
  ]);
}

function proxiesOf(trust: TrustOptions): AddressTest {
  if (trust.kind !== 'header') return oneOf(LOOPBACK_ADDRESSES);
  try {
    return oneOf(trust.proxies ?? LOOPBACK_ADDRESSES);
  } catch (error) {
    throw new UnsafeConsole(`--trusted-proxy: ${(error as Error).message}`, { cause: error });
  }
}

/** From the tokens, so that sessions outlive a restart, and end when a token is changed. */
function keyOf(trust: TrustOptions): Buffer {
  if (trust.kind !== 'token') return randomBytes(32);
  return createHmac('sha256', trust.token)
    .update(`gemini-images console ${trust.readerToken ?? ''}`)
    .digest();
}
