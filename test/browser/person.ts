/** What a person does on a page: opens what is folded, says who and why, presses the button, reads what came of it. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

export const WHY = 'the campaign starts tonight';

/** The stretch of the page with this key. */
export function part(page: Page, key: string): Locator {
  return page.locator(`[data-part=${JSON.stringify(key)}]`);
}

export interface Said {
  readonly by?: string;
  /** Other fields, by their label. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Fills the form with this button, wherever it is folded away, and sends it. */
export async function decide(
  within: Locator,
  words: string,
  { by = 'ann', fields = {} }: Said = {},
): Promise<void> {
  const button = within.page().getByRole('button', { name: words, exact: true, includeHidden: true });
  const form = within.locator('form').filter({ has: button }).first();
  await unfold(form);
  for (const [label, value] of Object.entries(fields)) {
    const control = form.getByLabel(label, { exact: false }).first();
    if ((await control.locator('option').count()) > 0) await control.selectOption(value);
    else await control.fill(value);
  }
  const name = form.getByLabel('Your name');
  if ((await name.count()) > 0) await name.fill(by);
  await form.getByLabel('Why', { exact: false }).fill(WHY);
  await form.getByRole('button', { name: words, exact: true }).click();
}

async function unfold(form: Locator): Promise<void> {
  const folded = form.locator('xpath=ancestor::details[not(@open)]');
  while ((await folded.count()) > 0) await folded.first().locator('> summary').click();
}

/** What the page says of what was just sent. */
export async function notice(page: Page): Promise<string> {
  return (await page.locator('#told [data-notice]').textContent()) ?? '';
}

export async function expectNotice(page: Page, words: string | RegExp): Promise<void> {
  expect(await notice(page)).toMatch(words);
}
