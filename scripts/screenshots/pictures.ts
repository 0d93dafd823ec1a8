/** Takes the pictures: each page as a person sees it, small enough for a repository. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { launchChromium, PATIENCE_MS } from '../../test/support/browser.ts';
import type { Scenes } from './bad-day.ts';

const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 900 }, colorScheme: 'light' };
const NIGHT: BrowserContextOptions = { ...DESK, colorScheme: 'dark' };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, colorScheme: 'light' };
/** A taller picture is cut: what matters is at the top. */
const TALLEST = 1_600;
const COLOURS = 128;
const LARGEST_BYTES = 200_000;

/** Resolves with the paths of what was written. */
export async function takePictures(url: string, scenes: Scenes, folder: string): Promise<readonly string[]> {
  const generation = (id: string): string => `/generations/${encodeURIComponent(id)}`;
  const session = `/sessions/${encodeURIComponent(scenes.session)}`;
  const pictures: readonly (readonly [name: string, address: string, options: BrowserContextOptions])[] = [
    ['now', '/', DESK],
    ['now-dark', '/', NIGHT],
    ['now-phone', '/', PHONE],
    ['generation', generation(scenes.asking), DESK],
    ['generation-done', generation(scenes.delivered), DESK],
    ['sessions', '/sessions', DESK],
    ['session', session, DESK],
    ['dead-letters', '/dead-letters', DESK],
    ['dead-letters-dark', '/dead-letters', NIGHT],
    ['spend', '/spend', DESK],
  ];
  await mkdir(folder, { recursive: true });
  const browser = await launchChromium();
  try {
    const files: string[] = [];
    for (const [name, address, options] of pictures) {
      const file = join(folder, `console-${name}.png`);
      if (await take(browser, `${url}${address}`, options, file)) files.push(file);
    }
    return files;
  } finally {
    await browser.close();
  }
}

/** False where the console has no such page. */
async function take(
  browser: Browser,
  address: string,
  options: BrowserContextOptions,
  file: string,
): Promise<boolean> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const answer = await page.goto(address);
    if (answer?.status() === 404) return false;
    // Images load when they come into view.
    await page.evaluate(`window.scrollTo(0, document.body.scrollHeight)`);
    await imagesSeen(page);
    await page.evaluate(`window.scrollTo(0, 0)`);
    const height = Math.min(TALLEST, await page.evaluate<number>('document.body.scrollHeight'));
    const width = page.viewportSize()?.width ?? 1280;
    const shot = await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width, height } });
    await writeFile(file, await small(shot));
    return true;
  } finally {
    await context.close();
  }
}

/** The page's policy forbids what `waitForFunction` does; an image that never comes is left out of the picture. */
async function imagesSeen(page: Page): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    if (await page.evaluate('[...document.images].every((image) => image.complete)')) return;
    await page.waitForTimeout(100);
  }
}

/** Fewer colours until it is small. */
async function small(png: Buffer): Promise<Buffer> {
  for (let colours = COLOURS; ; colours /= 2) {
    const bytes = await sharp(png)
      .png({ palette: true, colours, effort: 10, compressionLevel: 9 })
      .toBuffer();
    if (bytes.length <= LARGEST_BYTES || colours <= 16) return bytes;
  }
}
