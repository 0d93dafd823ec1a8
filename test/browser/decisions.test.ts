/**
 * A person at the console on a bad day, in real Chromium: each decision that a page offers, from the click to what came of
 * it at the provider. No page complains of anything meanwhile.
 */
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import { launchChromium, visit } from '../support/browser.ts';
import type { Watched } from '../support/browser.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import { forAllTests, SLOW } from '../support/for-all-tests.ts';
import type { BadDay } from './bad-day.ts';
import { startBadDay } from './bad-day.ts';
import { choose, follow, hasFocus, standing, tabTo, told, type } from './keys.ts';
import { decide, expectNotice, part, WHY } from './person.ts';

const theDay = forAllTests(startBadDay);
const browser = forAllTests(launchChromium);
let day: BadDay;
let seen: Watched;
beforeEach(async () => {
  day = theDay();
  seen = await visit(browser(), day.console.url);
});
afterEach(async () => {
  const { problems } = seen;
  await seen.close();
  // A form that was refused is answered so.
  expect(problems.filter((problem) => !problem.includes('status of 422'))).toEqual([]);
});

const open = (page: Page, id: string): Promise<unknown> =>
  page.goto(`/generations/${encodeURIComponent(id)}`);

describe('a generation', { timeout: SLOW }, () => {
  test('leaves by a route-out that a person approves, on the evidence that they saw', async () => {
    const [id = ''] = day.asking;
    await open(seen.page, id);
    await decide(part(seen.page, 'question'), 'Approve');
    expect(await day.rig.images.result(id)).toMatchObject({ route: 'backup' });
    await seen.page.goto(seen.page.url());
    const told = await seen.page.locator('main').textContent();
    expect(told).toContain('ann');
    expect(told).toContain(WHY);
  });

  test('is rejected: the open page tells its end by itself', async () => {
    const [, id = ''] = day.asking;
    await open(seen.page, id);
    await decide(part(seen.page, 'question'), 'Reject');
    expect(await errorOf(day.rig.images.result(id))).toMatchObject({ name: 'GenerationFailed' });
    await part(seen.page, 'question').waitFor({ state: 'detached' });
  });

  test('goes on with one field changed', async () => {
    const [, , , id = ''] = day.asking;
    await open(seen.page, id);
    await decide(part(seen.page, 'question'), 'Change and call', {
      fields: { Field: 'prompt', 'New value': 'a lighthouse at noon' },
    });
    const { decisions } = await day.rig.images.describe(id);
    expect(decisions).toMatchObject([{ choice: 'change', by: 'ann', why: WHY, outcome: 'taken' }]);
  });

  test('is cancelled', async () => {
    const [, , id = ''] = day.asking;
    await open(seen.page, id);
    await decide(part(seen.page, 'moves'), 'Cancel the generation');
    await eventually('its end', async () => (await day.rig.images.describe(id)).status === 'cancelled');
    await part(seen.page, 'question').waitFor({ state: 'detached' });
  });
});

describe('by keys alone', { timeout: SLOW }, () => {
  test('from Now to a generation that asks: who, why, Enter, and what came of it', async () => {
    const { page } = seen;
    const [, , , , id = ''] = day.asking;
    await page.goto('/');
    await follow(page, page.getByRole('link', { name: id, exact: true }));
    await page.waitForURL('**/generations/**');
    const approve = part(page, 'question').locator('summary', { hasText: 'Leave to backup' });
    expect(await choose(page, approve)).toContain('by ann');
    expect(await day.rig.images.result(id)).toMatchObject({ route: 'backup' });
    const { decisions } = await day.rig.images.describe(id);
    expect(decisions).toMatchObject([{ choice: 'route-out', by: 'ann', why: WHY, outcome: 'taken' }]);
  });

  test('a form that is refused is one link away from what says so, and stands as it was typed', async () => {
    const { page } = seen;
    const [, , , , , id = ''] = day.asking;
    await open(page, id);
    await follow(page, part(page, 'question').locator('summary', { hasText: 'Change one field' }));
    const form = part(page, 'question').locator('details[open] form');
    await type(page, form.getByLabel('New value'), '9K');
    await type(page, form.getByLabel('Your name'), 'ann');
    await type(page, form.getByLabel('Why', { exact: false }), WHY);
    await page.keyboard.press('Enter');
    expect(await told(page)).toContain('size');
    await follow(page, page.getByRole('link', { name: 'To the form' }));
    await tabTo(page, form.getByLabel('New value'));
    expect(await form.getByLabel('Why', { exact: false }).inputValue()).toBe(WHY);
  });

  test('whoever stands on a choice that another person takes away stands beside it', async () => {
    const { page } = seen;
    const [, , , , , id = ''] = day.asking;
    await open(page, id);
    await tabTo(page, part(page, 'question').locator('summary', { hasText: 'The same path' }));
    const { ask } = await day.rig.images.describe(id);
    await day.rig.images.decide(id, {
      ...{ choice: 'reject', by: 'bob', why: 'not wanted any more' },
      evidence: ask?.evidence ?? '',
    });
    await part(page, 'question').waitFor({ state: 'detached' });
    await standing(page);
  });

  test('whoever stands on a button stands on it still when what is around it has changed', async () => {
    const { page } = seen;
    await page.goto('/');
    const cause = page.locator('[data-part^="cause permission"]');
    await follow(page, cause.locator('summary'));
    const button = cause.getByRole('button', { name: 'Resume h-1' });
    await tabTo(page, button);
    await page.evaluate(`document.activeElement.closest('[data-part]').isOld = true`);
    await day.rig.images.start({ prompt: 'a red fox in snow, one more' });
    const isStillOld = `document.activeElement.closest('[data-part]')?.isOld === true`;
    await eventually('a page that tells of it', async () => !(await page.evaluate(isStillOld)));
    expect(await hasFocus(button)).toBe(true);
    await standing(page);
  });
});

describe('a cause', { timeout: SLOW }, () => {
  test('is approved once for all that wait for it', async () => {
    const { page } = seen;
    const id = day.asking.at(-1) ?? '';
    await page.goto('/');
    await decide(page.locator('[data-part^="cause model-gone"]'), 'Let them leave to backup');
    await expectNotice(page, 'may leave to backup');
    expect(await day.rig.images.result(id)).toMatchObject({ route: 'backup' });
  });

  test('is fixed: its hold is resumed by keys alone, proved, and everything behind it goes on', async () => {
    const { page } = seen;
    day.repairKey();
    await page.goto('/');
    const resume = page.locator('[data-part^="cause permission"] summary');
    expect(await choose(page, resume)).toContain('Hold h-1');
    for (const id of [...day.held, day.asking[3] ?? ''])
      expect(await day.rig.images.result(id)).toMatchObject({ route: 'main' });
    await page.locator('[data-part^="cause permission"]').waitFor({ state: 'detached' });
  });
});

describe('sessions', { timeout: SLOW }, () => {
  test('the last turn is undone, a new session is forked from an earlier one, and this one closed', async () => {
    const { page } = seen;
    await page.goto('/sessions');
    await page.getByRole('link', { name: 'fox' }).click();
    await page.getByRole('link', { name: 'all about this generation' }).first().click();
    await page.getByRole('link', { name: 'session fox' }).click();
    await decide(part(page, 'turn snow'), 'Undo it');
    await expectNotice(page, 'Turn snow is undone; the next turn goes on from hat');
    expect(await day.rig.images.openSession(day.session).describe()).toMatchObject({ head: 'hat' });

    await decide(part(page, 'turn snow'), 'Make the new session', { fields: { 'Name of the new': 'fox-2' } });
    await expectNotice(page, 'Forked');
    await page.getByRole('heading', { name: 'Session fox-2' }).waitFor();
    const forked = await day.rig.images.openSession('fox-2').describe();
    expect(forked.from).toEqual({ session: day.session, turnId: 'snow' });

    await decide(part(page, 'close'), 'Close it');
    await expectNotice(page, 'closed');
    expect(await part(page, 'close').count()).toBe(0);
  });
});

describe('dead letters', { timeout: SLOW }, () => {
  test('one is brought back by keys alone', async () => {
    const { page } = seen;
    const [id = ''] = day.dead;
    await page.goto('/dead-letters');
    const cause = page.locator('[data-part^="cause invalid-request"]');
    await follow(page, cause.locator('summary', { hasText: 'One by one' }));
    const letter = cause.locator('.letters li').filter({ has: page.getByRole('link', { name: id }) });
    expect(await choose(page, letter.locator('summary'))).toContain('runs again');
    await page.waitForURL('**/generations/**');
    expect(await day.rig.images.result(id)).toMatchObject({ id });
  });

  test('one is brought back; one that broke a use policy only with another prompt', async () => {
    const { page } = seen;
    await page.goto('/dead-letters');
    const [, , , id = ''] = day.dead;
    const letter = page
      .locator('.letters li')
      .filter({ has: page.getByRole('link', { name: id, includeHidden: true }) });
    await decide(letter, 'Revive it', { fields: { 'Its new prompt': 'a heron on its nest' } });
    await expectNotice(page, 'runs again');
    await page.waitForURL('**/generations/**');
    expect(await day.rig.images.result(id)).toMatchObject({ id });
  });

  test('a form that is refused is open, with what stood in it', async () => {
    const { page } = seen;
    await page.goto('/dead-letters');
    const cause = page.locator('[data-part^="cause invalid-request"]');
    const fields = { 'as on the command line': '1K', 'At most a minute': '30' };
    await decide(cause, 'Revive 2 dead letters', { fields });
    await expectNotice(page, 'say which field the new value is for');
    const form = cause.locator('form').first();
    for (const [label, value] of Object.entries(fields)) {
      expect(await form.getByLabel(label).inputValue()).toBe(value);
    }
    expect(await form.getByLabel('Why', { exact: false }).inputValue()).toBe(WHY);
  });

  test('a whole cause is brought back while the tab is closed, and told to whoever looks', async () => {
    const { page } = seen;
    await page.goto('/dead-letters');
    const cause = page.locator('[data-part^="cause invalid-request"]');
    await decide(cause, 'Revive 2 dead letters');
    await expectNotice(page, 'You may close this page');
    await page.close();
    // Until its turn comes each is the dead letter that it was.
    const stillDead = (error: unknown): undefined => {
      if (!(error instanceof GenerationFailed)) throw error;
    };
    for (const id of day.dead.slice(1, 3)) {
      const result = await eventually(`${id} delivers`, () => day.rig.images.result(id).catch(stillDead));
      expect(result).toMatchObject({ id });
    }
    const other = await visit(browser(), day.console.url);
    await other.page.goto('/dead-letters');
    await other.page.getByText('2 of 2 revived').first().waitFor();
    await other.page.locator('[data-part^="cause invalid-request"]').waitFor({ state: 'detached' });
    expect(other.problems).toEqual([]);
    await other.close();
  });
});
