/**
 * Fetches an input image that a caller named by URL, from inside the worker's network, so nothing of
 * the answer is trusted:
 * - http and https only, no credentials in the URL, at most 3 redirects, each checked anew;
 * - the name is resolved first, each address is checked, and the connection is pinned to the checked
 *   addresses: a name that resolves differently a moment later leads nowhere;
 * - the size is bounded while bytes arrive, compressed and uncompressed, whatever was declared;
 * - one deadline over everything.
 *
 * Proxy variables of the environment are ignored on purpose: behind a proxy the address that is
 * reached is not the one that was checked.
 *
 * Gives bytes and the declared type, or throws {@link InputProblem}; `retryable` when the server was
 * away. A caller's own abort passes through.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { INPUT_MIMES } from '../domain/preflight.ts';
import { collectBody } from './collect-body.ts';
import { InputProblem } from './input-problem.ts';
import type { InputFault } from './input-problem.ts';
import type { AllowPrivate } from './public-address.ts';
import { mayConnect } from './public-address.ts';

export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface FetchUrlOptions {
  /** The request's name for this input, used in problems. */
  readonly field: string;
  readonly maxBytes: number;
  /** @default false */
  readonly allowPrivateAddresses?: AllowPrivate;
  /** Over resolving, connecting, redirects and the body together. @default 30000 */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** @default the system's resolver */
  readonly lookup?: Lookup;
  /** Credentials for this address alone: an answer that redirects is refused. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What problems say instead, where the caller named something else than this URL. */
  readonly told?: Partial<InputFault>;
}

export interface Fetched {
  readonly bytes: Uint8Array;
  /** As declared by the server. */
  readonly mime?: string;
}

const DEADLINE_MS = 30_000;
const MAX_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 307, 308];
const AGAIN = [408, 425, 429];
/** What servers say when they do not know; the bytes decide then. */
const UNTYPED = ['', 'application/octet-stream', 'binary/octet-stream', 'application/x-binary'];

/** A URL for messages: without its query, which may be a signature (I7), and without credentials. */
export function printableUrl(url: string): string {
  if (!URL.canParse(url)) return 'a text that is not a URL';
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}

export async function fetchUrl(url: string, options: FetchUrlOptions): Promise<Fetched> {
  const { deadlineMs = DEADLINE_MS, signal } = options;
  const deadline = AbortSignal.timeout(deadlineMs);
  const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  let at = url;
  try {
    for (let redirects = 0; ; redirects += 1) {
      const answer = await hop(at, options, stop);
      if (answer.kind === 'body') return answer.fetched;
      if (redirects === MAX_REDIRECTS)
        throw fault(url, options, `redirects more than ${MAX_REDIRECTS} times`);
      if (options.headers !== undefined) throw fault(at, options, 'redirects to another place');
      at = answer.location;
    }
  } catch (error) {
    if (error instanceof InputProblem) throw error;
    signal?.throwIfAborted();
    const why = deadline.aborted
      ? `did not answer in full within ${deadlineMs / 1000} s`
      : unreachable(error);
    throw fault(at, options, why, { retryable: true, cause: error });
  }
}

type Hop =
  | { readonly kind: 'body'; readonly fetched: Fetched }
  | { readonly kind: 'redirect'; readonly location: string };

async function hop(url: string, options: FetchUrlOptions, signal: AbortSignal): Promise<Hop> {
  const target = checkedUrl(url, options);
  const addresses = await checkedAddresses(target, options, signal);
  const agent = new Agent({ connect: { lookup: pinned(addresses) } });
  try {
    const response = await request(target, {
      dispatcher: agent,
      signal,
      headers: { accept: INPUT_MIMES.join(', '), 'accept-encoding': 'identity', ...options.headers },
    });
    const { statusCode, headers } = response;
    if (REDIRECTS.includes(statusCode))
      return { kind: 'redirect', location: locationOf(url, headers, options) };
    if (statusCode !== 200) {
      const retryable = statusCode >= 500 || AGAIN.includes(statusCode);
      throw fault(url, options, `answered with status ${statusCode}`, { retryable });
    }
    return { kind: 'body', fetched: await bodyOf(url, response, options, signal) };
  } finally {
    await agent.destroy();
  }
}

function checkedUrl(url: string, options: FetchUrlOptions): URL {
  if (!URL.canParse(url)) throw fault(url, options, 'cannot be parsed');
  const target = new URL(url);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw fault(url, options, 'is neither http nor https');
  }
  if (target.username !== '' || target.password !== '') throw fault(url, options, 'carries credentials');
  return target;
}

async function checkedAddresses(
  { hostname }: URL,
  options: FetchUrlOptions,
  signal: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const { lookup = resolve, allowPrivateAddresses = false } = options;
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const found = family === 0 ? await abortable(lookup(host), signal) : [{ address: host, family }];
  const allowed = found.filter(({ address }) => mayConnect(address, allowPrivateAddresses));
  if (allowed.length > 0) return allowed;
  throw fault(hostname, options, `leads to a private or reserved address`, {
    value: hostname,
    cure: 'give a public URL or the bytes; operator: allowPrivateAddresses opens named networks',
  });
}

async function resolve(hostname: string): Promise<readonly LookupAddress[]> {
  return await systemLookup(hostname, { all: true });
}

/** Resolving cannot be cancelled, but nobody has to wait for it. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return await Promise.race([work, aborted]);
}

/** The connection asks this instead of the resolver, so it can only go where the check has looked. */
function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    const [first] = addresses;
    if (all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

function locationOf(
  url: string,
  headers: Dispatcher.ResponseData['headers'],
  options: FetchUrlOptions,
): string {
  const location = textOf(headers['location']);
  if (location !== '' && URL.canParse(location, url)) return new URL(location, url).href;
  throw fault(url, options, 'redirects to nowhere');
}

async function bodyOf(
  url: string,
  { headers, body }: Dispatcher.ResponseData,
  options: FetchUrlOptions,
  signal: AbortSignal,
): Promise<Fetched> {
  const mime = (textOf(headers['content-type']).split(';')[0] ?? '').trim().toLowerCase();
  if (!UNTYPED.includes(mime) && !mime.startsWith('image/')) {
    throw fault(url, options, `answered with ${mime}, not an image`, { reason: 'mime' });
  }
  const encoding = textOf(headers['content-encoding']).trim().toLowerCase();
  const declared = Number(textOf(headers['content-length']) || 0);
  const collected = await collectBody(body, { encoding, declared, maxBytes: options.maxBytes, signal });
  switch (collected.kind) {
    case 'bytes':
      return { bytes: collected.bytes, ...(UNTYPED.includes(mime) ? {} : { mime }) };
    case 'too-large':
      throw fault(url, options, `is larger than ${options.maxBytes} bytes`, { reason: 'too-large' });
    case 'unknown-encoding':
      throw fault(url, options, `is encoded as ${encoding}, although plain bytes were asked for`);
    case 'damaged':
      throw fault(url, options, `does not decompress as ${encoding}`);
  }
}

function textOf(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header[0] : header) ?? '';
}

function unreachable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return `cannot be reached (${code ?? message})`;
}

function fault(
  url: string,
  { field, maxBytes, told }: FetchUrlOptions,
  problem: string,
  more: Partial<InputFault> & { readonly cause?: unknown } = {},
): InputProblem {
  const { cause, ...rest } = more;
  return new InputProblem(
    {
      reason: 'bad-input',
      field: `${field}.url`,
      value: printableUrl(url),
      problem,
      allowed: `a public http(s) URL of an image of at most ${maxBytes} bytes`,
      cure: 'correct the URL, or give the bytes of the image',
      ...rest,
      ...told,
    },
    { cause },
  );
}
