/** Answers, with the headers that each kind needs (docs/decisions/0037). */
import type { ServerResponse } from 'node:http';

/** Nothing is loaded from elsewhere, nothing runs that is not a file of ours, nobody frames it. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Of bytes that anybody may have made: nothing in them runs, even where a browser opens them as a page. */
const FOREIGN_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";

const ALWAYS = {
  'X-Content-Type-Options': 'nosniff',
  // Not `no-referrer`: browsers would then send forms from an origin `null`, which cannot be told from a stranger's.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
} as const;

const FOR_EVER = 'private, max-age=31536000, immutable';

export function sendPage(response: ServerResponse, status: number, page: string): void {
  response
    .writeHead(status, {
      ...ALWAYS,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': PAGE_POLICY,
      'Cache-Control': 'no-store',
    })
    .end(page);
}

export function sendRedirect(response: ServerResponse, to: string): void {
  response.writeHead(303, { ...ALWAYS, Location: to, 'Cache-Control': 'no-store' }).end();
}

/** Plain text, whatever it looks like. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      ...ALWAYS,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Security-Policy': FOREIGN_POLICY,
      'Cache-Control': 'no-store',
    })
    .end(text);
}

/** A file of ours, whose address changes with its content. */
export function sendAsset(response: ServerResponse, mime: string, text: string): void {
  response
    .writeHead(200, {
      ...ALWAYS,
      'Content-Type': `${mime}; charset=utf-8`,
      'Content-Security-Policy': FOREIGN_POLICY,
      'Cache-Control': FOR_EVER,
    })
    .end(text);
}

export interface ForeignHeaders {
  readonly mime: string;
  /** Letters, digits, dots and dashes only. */
  readonly fileName: string;
}

/** Headers for bytes that never change: their address is their hash. */
export function foreignHeaders({ mime, fileName }: ForeignHeaders): Readonly<Record<string, string>> {
  return {
    ...ALWAYS,
    'Content-Type': mime,
    'Content-Security-Policy': FOREIGN_POLICY,
    'Content-Disposition': `inline; filename="${fileName}"`,
    'Cache-Control': FOR_EVER,
  };
}

export function streamHeaders(): Readonly<Record<string, string>> {
  return {
    ...ALWAYS,
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // nginx would keep events until it has a few kilobytes of them.
    'X-Accel-Buffering': 'no',
  };
}
