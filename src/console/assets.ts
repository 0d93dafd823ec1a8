/** The one stylesheet and the one script, from memory: there is no build step that could copy files. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { sendAsset } from './answer.ts';
import { SCRIPT } from './assets/script.ts';
import { STYLE as FRAME_STYLE } from './assets/style.ts';
import { PAGES_STYLE } from './assets/style-pages.ts';

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#2f5aa8"/><path d="M3 12l3.5-5 2.5 3 1.5-2 2.5 4z" fill="#fff"/><circle cx="11" cy="5" r="1.5" fill="#fff"/></svg>';

const STYLE = FRAME_STYLE + PAGES_STYLE;

const ASSETS: Readonly<Record<string, readonly [mime: string, text: string]>> = {
  'console.css': ['text/css', STYLE],
  'console.js': ['text/javascript', SCRIPT],
  'icon.svg': ['image/svg+xml', ICON],
};

/** Of what they hold: browsers keep an address for ever. */
export const RELEASE: string = createHash('sha256')
  .update(STYLE + SCRIPT)
  .digest('hex')
  .slice(0, 16);

/** False where nothing of ours has this address. An older release is not served: its page reloads anyway. */
export function sendAssetAt(response: ServerResponse, pathname: string, release: string): boolean {
  const name = pathname.startsWith(`/assets/${release}/`) ? pathname.slice(`/assets/${release}/`.length) : '';
  const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (asset === undefined) return false;
  sendAsset(response, ...asset);
  return true;
}
