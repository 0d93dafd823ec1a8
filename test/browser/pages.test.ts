/**
 * Every page of the console in real Chromium, on a bad day: for whoever sees, hears or moves otherwise (axe, WCAG 2.1 A and
 * AA), light and dark, on a phone, by keyboard alone, without JavaScript; and nothing in it that its own policy forbids.
 */
import { isDeepStrictEqual } from 'node:util';
import type { BrowserContextOptions } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { violations } from '../support/axe.ts';
import { launchChromium, visit } from '../support/browser.ts';
import { forAllTests, SLOW } from '../support/for-all-tests.ts';
import { startBadDay } from './bad-day.ts';

const day = forAllTests(startBadDay);
const browser = forAllTests(launchChromium);

const generation = (id: string | undefined): string => `/generations/${encodeURIComponent(id ?? '')}`;

/** Named by what is to be seen there. */
const PAGES: Readonly<Record<string, () => string>> = {
  'the causes': () => '/',
  'one that is held': () => generation(day().held[0]),
  'one that asks': () => generation(day().asking[0]),
  'one that is dead': () => generation(day().dead[0]),
  'one that was delivered': () => generation(`${day().session}/hat`),
  'the sessions': () => '/sessions',
  'a session': () => `/sessions/${encodeURIComponent(day().session)}`,
  'the dead letters': () => '/dead-letters',
  'one cause of dead letters': () => '/dead-letters?cause=invalid-request',
  'what it cost': () => '/spend?days=7',
  'what is not there': () => generation('gemini-image/never'),
};
const NAMES = Object.keys(PAGES);

async function look(name: string, options: BrowserContextOptions = {}) {
  const watched = await visit(browser(), day().console.url, options);
  await watched.page.goto(PAGES[name]?.() ?? '');
  return watched;
}

/** Whatever is folded away is looked at too. */
async function unfold(page: Awaited<ReturnType<typeof look>>['page']): Promise<void> {
  await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
}

/** Complaints that are not the page's: a page that is not there answers so. */
const complaints = (problems: readonly string[]): readonly string[] =>
  problems.filter((problem) => !problem.includes('status of 404'));

describe.each(['light', 'dark'] as const)('%s', { timeout: SLOW }, (colorScheme) => {
  test.each(NAMES)('%s: axe finds nothing, and the page complains of nothing', async (name) => {
    const { page, problems, close } = await look(name, { colorScheme });
    await unfold(page);
    expect(await violations(page)).toEqual([]);
    expect(complaints(problems)).toEqual([]);
    await close();
  });
});

describe('on a phone', { timeout: SLOW }, () => {
  test.each(NAMES)('%s: nothing is wider than the screen', async (name) => {
    const viewport = { width: 360, height: 740 };
    const { page, close } = await look(name, { viewport, isMobile: true, hasTouch: true });
    await unfold(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
    await close();
  });
});

describe('without JavaScript', { timeout: SLOW }, () => {
  test.each(NAMES)('%s: says what it says with it, its forms included', async (name) => {
    const [plain, live] = [await look(name, { javaScriptEnabled: false }), await look(name)];
    const wordsOf = async ({ page }: typeof plain): Promise<readonly string[]> =>
      (await page.locator('main h1, main h2, main button, main summary').allTextContents()).map((text) =>
        text.trim(),
      );
    // What is told may change between the two looks, as sums of what has just ended do.
    await expect
      .poll(
        async () => {
          await Promise.all([plain.page.reload(), live.page.reload()]);
          return { words: await wordsOf(plain), with: await wordsOf(live) };
        },
        { timeout: 60_000, interval: 1_000 },
      )
      .toSatisfy(({ words, with: other }) => words.length > 0 && isDeepStrictEqual(words, other));
    await plain.close();
    await live.close();
  });

  test('images are seen', async () => {
    const { page, close } = await look('a session', { javaScriptEnabled: false });
    const image = page.locator('main img').first();
    await image.scrollIntoViewIfNeeded();
    const response = await page.request.get((await image.getAttribute('src')) ?? '');
    expect(response.headers()['content-type']).toMatch(/^image\//);
    await close();
  });
});

describe('by keyboard alone', { timeout: SLOW }, () => {
  test.each(NAMES)('%s: everything that can be pressed is reached, and seen to be', async (name) => {
    const { page, close } = await look(name);
    const seen = new Set<string>();
    // Once round, and no more than twice as many steps as there is to reach.
    const most = 2 * (await page.evaluate<number>(COUNT));
    for (let step = 0; step < most; step += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate<{ readonly place: string; readonly isSeen: boolean } | null>(AT);
      if (at === null || seen.has(at.place)) break;
      expect(at).toMatchObject({ isSeen: true });
      seen.add(at.place);
    }
    const reachable = await page.evaluate<readonly string[]>(REACHABLE);
    expect(reachable.filter((place) => !seen.has(place))).toEqual([]);
    await close();
  });
});

/** Where an element is, told apart from every other. */
const PLACE = `const place = (element) => {
  const path = [];
  for (let each = element; each.parentElement; each = each.parentElement)
    path.unshift(each.tagName.toLowerCase() + ':' + [...each.parentElement.children].indexOf(each));
  return path.join('/');
};`;

const COUNT = `document.querySelectorAll('a, button, summary, input, select, textarea, [tabindex="0"]').length`;

/** The element that has the focus, and whether its ring is drawn. */
const AT = `(() => {
  ${PLACE}
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return { place: place(element), isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 };
})()`;

const REACHABLE = `(() => {
  ${PLACE}
  const all = document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), select, textarea');
  return [...all].filter((each) => each.checkVisibility() && !each.disabled).map(place);
})()`;
