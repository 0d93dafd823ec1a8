/** One HTTP answer as a value, and the few shapes in which Google and the proxies before it speak. */
import { draw } from './random.ts';

export interface Answer {
  readonly status: number;
  /** Lower-case names; `content-length` is added when it is sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const GOOGLE_HEADERS: Readonly<Record<string, string>> = {
  vary: 'Origin, X-Origin, Referer',
  server: 'scaffolding on HTTPServer2',
  'x-xss-protection': '0',
  'x-frame-options': 'SAMEORIGIN',
  'x-content-type-options': 'nosniff',
};

/** JSON as Google prints it: two spaces, its own server's headers. */
export function googleJson(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=UTF-8',
      ...GOOGLE_HEADERS,
      'server-timing': `gfet4t7; dur=${Math.round(80 + 900 * draw('server-timing', status))}`,
      ...headers,
    },
    body: `${JSON.stringify(body, null, 2)}\n`,
  };
}

/** Google's error envelope. `message` and `details` are the provider's own words. */
export function googleError(
  code: number,
  status: string,
  message: string,
  details?: readonly unknown[],
): Answer {
  return googleJson(code, { error: { code, message, status, ...(details ? { details } : {}) } });
}

export function invalidArgument(message: string, details?: readonly unknown[]): Answer {
  return googleError(400, 'INVALID_ARGUMENT', message, details);
}

export function html(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body };
}

/** An answer of something between the client and Google that speaks JSON of its own. */
export function relayJson(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', server: 'openresty', ...headers },
    body: JSON.stringify(body),
  };
}

/** The page Google's front end gives for a path it does not know. */
export function googleErrorPage(status: number, title: string, sentence: string): Answer {
  return html(
    status,
    `<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <meta name=viewport content="initial-scale=1, minimum-scale=1, width=device-width">\n  <title>Error ${status} (${title})!!1</title>\n  <a href=//www.google.com/><span id=logo aria-label=Google></span></a>\n  <p><b>${status}.</b> <ins>That’s an error.</ins>\n  <p>${sentence}  <ins>That’s all we know.</ins>\n`,
    { 'referrer-policy': 'no-referrer' },
  );
}
