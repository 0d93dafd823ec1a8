/** What a person does without a mouse: every step by a key, and at every step they see where they are. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { WHY } from './person.ts';

/** Where the focus is; `lost` at the page as a whole, which is nowhere. */
interface Stop {
  readonly what: string;
  readonly isLost: boolean;
  /** Its ring is drawn, and it is on the screen. */
  readonly isSeen: boolean;
}

const STOP = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return { what: 'nothing', isLost: true, isSeen: false };
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { top, bottom, left, right } = element.getBoundingClientRect();
  const isOnScreen = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  const isRinged = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
  return { what: element.outerHTML.slice(0, 120), isLost: false, isSeen: isOnScreen && isRinged };
})()`;

/** Fails where the focus is lost, or cannot be seen. */
export async function standing(page: Page): Promise<Stop> {
  const stop = await page.evaluate<Stop>(STOP);
  expect(stop).toMatchObject({ isLost: false, isSeen: true });
  return stop;
}

export async function hasFocus(target: Locator): Promise<boolean> {
  return (await target.first().and(target.page().locator(':focus')).count()) > 0;
}

/** Goes on, Tab by Tab, to the first of these; never backwards, and never past the end of the page. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (;;) {
    await page.keyboard.press('Tab');
    await standing(page);
    if (await hasFocus(target)) return;
  }
}

/** Opens the link that they come to. */
export async function follow(page: Page, link: Locator): Promise<void> {
  await tabTo(page, link);
  await page.keyboard.press('Enter');
}

/** Unfolds a choice, says who and why, and sends it from the last line; what comes of it has the focus. */
export async function choose(page: Page, summary: Locator, { by = 'ann' } = {}): Promise<string> {
  await follow(page, summary);
  const form = summary.locator('xpath=ancestor::details[1]').locator('form').first();
  await type(page, form.getByLabel('Your name'), by);
  await type(page, form.getByLabel('Why', { exact: false }), WHY);
  await page.keyboard.press('Enter');
  return await told(page);
}

/** Over whatever stands there. */
export async function type(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

/** What the page says of what was just sent: they stand on it. */
export async function told(page: Page): Promise<string> {
  const notice = page.locator('#told [data-notice]:focus');
  await notice.waitFor();
  await standing(page);
  return (await notice.textContent()) ?? '';
}
