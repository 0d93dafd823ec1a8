/** Where a request comes from: the name that it asked for, and the page that sent it. */
import type { IncomingMessage } from 'node:http';
import { bareAddress } from './addresses.ts';
import type { TrustSetUp } from './set-up.ts';

/** Undefined where all is well; else why it is not, and the cure. */
export function hostProblem({ headers }: IncomingMessage, { hosts }: TrustSetUp): string | undefined {
  const name = hostName(headers.host);
  if (name === undefined) return 'the request names no host';
  if (hosts === undefined || hosts.has(name)) return undefined;
  return `${name} is not where this console is: open it by its own address, or start it with --url`;
}

/**
 * A form is taken only from a page of ours. Browsers that say where a request comes from are believed; one
 * that says nothing has the form's token alone.
 */
export function originProblem({ headers }: IncomingMessage, { url }: TrustSetUp): string | undefined {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return `it was sent from another site (${String(site)})`;
  const { origin, host } = headers;
  if (origin === undefined) return undefined;
  const sender = URL.canParse(origin) ? new URL(origin) : undefined;
  // A proxy in front has its own scheme and may ask us by another name: --url tells.
  const isOurs = sender !== undefined && (sender.host === host || sender.origin === url?.origin);
  return isOurs
    ? undefined
    : `it was sent from ${origin.slice(0, 100)}; behind a proxy start the console with --url`;
}

/**
 * A link elsewhere was followed: a strict cookie does not come along. The same address asked for once more, by
 * a page of ours, brings it.
 */
export function isFirstStep({ headers, method }: IncomingMessage): boolean {
  return (
    method === 'GET' && headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] === 'navigate'
  );
}

/** Cookies are kept for https only where that is what people use. */
export function isSecure({ headers, socket }: IncomingMessage, { url, isProxy }: TrustSetUp): boolean {
  if (url !== undefined) return url.protocol === 'https:';
  return headers['x-forwarded-proto'] === 'https' && isProxy(socket.remoteAddress ?? '');
}

function hostName(host: string | undefined): string | undefined {
  if (host === undefined || !URL.canParse(`http://${host}`)) return undefined;
  return bareAddress(new URL(`http://${host}`).hostname);
}
