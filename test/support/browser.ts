/**
 * Real Chromium for tests, with a profile of its own, and an ear for everything that a page complains about: script
 * errors, what its policy blocked, requests that failed. Never fetched by us: `apt-get install chromium`.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Only a page that hangs meets it; two loaded cores are slow. */
export const PATIENCE_MS = 60_000;

/** Throws where there is none: a browser test that is skipped in silence tests nothing. */
export function chromiumPath(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') {
    if (isProgram(given)) return given;
    throw new Error(`CHROMIUM_PATH=${given}: there is no program of that name`);
  }
  const places = (environment['PATH'] ?? '').split(delimiter).filter((place) => place !== '');
  const found = NAMES.flatMap((name) => places.map((place) => join(place, name))).find(isProgram);
  if (found !== undefined) return found;
  throw new Error(
    `no Chromium on PATH (${NAMES.join(', ')}): apt-get install chromium, or name it in CHROMIUM_PATH`,
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: chromiumPath(), args: ARGUMENTS, timeout: PATIENCE_MS });
}

export interface Watched {
  readonly page: Page;
  /** What the page complained about so far, or what was asked of another host; empty where all is well. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** A person's browser: cookies of its own. @param origin the only one it may ask */
export async function visit(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ baseURL: origin, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:')) problems.push(`asks another host: ${url}`);
  });
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (response.status() >= 500) problems.push(`${response.status()} ${pathname}`);
  });
  return { page, problems, close: () => context.close() };
}
