/** The page of one generation, over HTTP, on a real server, a real worker and a real store. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../src/artifacts/errors.ts';
import { FileArtifactStore } from '../../src/artifacts/file-store.ts';
import { pathTo } from '../../src/console/page.ts';
import type { RunningWorker } from '../../src/worker/run.ts';
import { asked, BY, GONE, startOperatorRig, twoRoutes } from '../client/operator-rig.ts';
import { ConsoleBrowser, formIn, formsIn, words } from '../support/console-browser.ts';
import type { ConsoleRig } from '../support/console-rig.ts';
import { startConsoleRig } from '../support/console-rig.ts';
import { eventually } from '../support/eventually.ts';

let rig: ConsoleRig;
let worker: RunningWorker;

beforeAll(async () => {
  rig = await startConsoleRig(await startOperatorRig(), { temporalUi: 'http://127.0.0.1:8233/' });
  worker = await rig.rig.worker(twoRoutes(rig.rig));
});
afterAll(() => rig.close());

const SAID = { by: BY.by, why: BY.why };
const pageOf = (id: string): string => pathTo('/generations', id);

async function asking(prompt = 'a tin robot'): Promise<{ readonly id: string; readonly evidence: string }> {
  const { id } = await rig.rig.images.start({ prompt: `${prompt} ${GONE}` });
  const { ask } = await asked(rig.rig, id);
  return { id, evidence: ask.evidence };
}

describe('a question', () => {
  test('is told with its cause, evidence, prices and consequences, and approved with who and why (I12)', async () => {
    const { id, evidence } = await asking();
    const browser = rig.browser();
    const page = await browser.get(pageOf(id));
    const text = words(page.text);
    expect(page.status).toBe(200);
    expect(text).toContain('It is awaiting-operator, for');
    expect(text).toContain('model-gone/not-found');
    expect(text).toContain(`Evidence ${evidence.slice(0, 16)}`);
    expect(text).toMatch(/Leave to backup: at most \d+\.\d+ USD/);
    expect(page.text).toContain(
      `http://127.0.0.1:8233/namespaces/default/workflows/${encodeURIComponent(id)}/`,
    );
    const done = await browser.submit(page, { action: 'decide', choice: 'route-out' }, SAID);
    expect(done.status).toBe(200);
    expect(words(done.text)).toContain('taken: route out to backup, by ann');
    const { decisions } = await rig.rig.images.result(id);
    expect(decisions).toMatchObject([{ by: 'ann', why: BY.why, outcome: 'taken', evidence }]);
    // Their name need not be typed again.
    expect(words((await browser.get('/')).text)).toContain('ann');
  });

  test.each([
    [{ by: 'ann', why: ' ' }, 'why: must not be empty'],
    [{ by: '', why: 'because' }, 'your name: must not be empty'],
    [{ by: 'ann', why: 'x'.repeat(501) }, 'why: must be at most 500'],
  ])('is not decided by %j, and nothing is typed twice', async (fields, cure) => {
    const { id } = await asking();
    const browser = rig.browser();
    const refused = await browser.submit(
      await browser.get(pageOf(id)),
      { action: 'decide', choice: 'retry' },
      fields,
    );
    expect(refused.status).toBe(422);
    expect(words(refused.text)).toContain(cure);
    expect(formIn(refused, { action: 'decide', choice: 'retry' }).fields).toMatchObject({
      by: fields.by,
      why: fields.why.trim(),
    });
    expect((await rig.rig.images.describe(id)).decisions).toEqual([]);
  });

  test('a stale tab is refused, is shown the new evidence, and decides on that', async () => {
    const { id, evidence } = await asking();
    const [ann, bob] = [rig.browser(), rig.browser()];
    const tab = await bob.get(pageOf(id));
    await ann.submit(await ann.get(pageOf(id)), { action: 'decide', choice: 'retry' }, SAID);
    const { ask } = await asked(rig.rig, id, { not: evidence });
    const said = { by: 'bob', why: 'it is urgent' };
    const refused = await bob.submit(tab, { action: 'decide', choice: 'route-out' }, said);
    expect(refused.status).toBe(409);
    const text = words(refused.text);
    expect(text).toContain('Not taken: the question has changed');
    expect(text).toContain(`Evidence ${ask.evidence.slice(0, 16)}`);
    expect(text).toContain('retry by ann taken');
    const form = formIn(refused, { action: 'decide', choice: 'route-out' });
    expect(form.fields).toMatchObject({ ...said, evidence: ask.evidence });
    const taken = await bob.post(form.address, { ...form.fields });
    expect(words(taken.text)).toContain('taken: route out to backup, by bob');
  });

  test('of two operators who decide at once one wins, and the other sees who and what', async () => {
    const { id } = await asking();
    const people = ['ann', 'bob'].map((by) => ({ by, browser: rig.browser() }));
    const tabs = await Promise.all(people.map(({ browser }) => browser.get(pageOf(id))));
    const which = { action: 'decide', choice: 'route-out' };
    const answers = await Promise.all(
      people.map(({ browser, by }, i) =>
        browser.submit(tabs[i] as (typeof tabs)[number], which, { by, why: `${by} thinks so` }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const winner = people[answers.findIndex(({ status }) => status === 200)]?.by ?? '';
    const lost = answers.find(({ status }) => status === 409);
    expect(words(lost?.text ?? '')).toContain(`route-out backup by ${winner} taken ${winner} thinks so`);
    const { decisions = [] } = await rig.rig.images.result(id);
    expect(decisions.filter(({ outcome }) => outcome === 'taken')).toHaveLength(1);
  });

  test('one variable is changed, and what the schema says of a wrong value is said on the page', async () => {
    const { id } = await asking();
    const browser = rig.browser();
    const which = { action: 'decide', choice: 'change' };
    const page = await browser.get(pageOf(id));
    const wrong = await browser.submit(page, which, { ...SAID, field: 'size', value: '3K' });
    expect(wrong.status).toBe(422);
    expect(words(wrong.text)).toContain('must be one of 512, 1K, 2K, 4K');
    const right = await browser.submit(wrong, which, { ...SAID, field: 'size', value: '2K' });
    expect(right.status).toBe(200);
    await eventually('the changed call', async () => {
      const { trail } = await rig.rig.images.describe(id);
      return trail.length > 1;
    });
    const text = await eventually('the changed call on the page', async () => {
      const seen = words((await browser.get(pageOf(id))).text);
      return seen.includes('change by a person') && seen;
    });
    expect(text).toMatch(/changed since attempt 1 format .*→ .*2K/);
  });
});

describe('images and evidence', () => {
  test('an image is served as what it is, for ever, and harmless where it is opened as a page', async () => {
    const { id, images } = await rig.rig.images.generate({ prompt: 'a red fox in snow' });
    const browser = rig.browser();
    const page = await browser.get(pageOf(id));
    const [image] = images;
    if (image === undefined) throw new Error('no image');
    expect(page.text).toContain(`src="/artifacts/${image.sha256}"`);
    expect(words(page.text)).toContain('It was delivered');
    const response = await fetch(new URL(`/artifacts/${image.sha256}`, rig.console.url));
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(image.sha256);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': image.mime,
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
      'content-disposition': `inline; filename="${image.sha256.slice(0, 16)}.${image.mime === 'image/png' ? 'png' : 'jpg'}"`,
      'cache-control': expect.stringContaining('immutable'),
    });
  });

  test('nothing but images has an address: not what else lies in the store, not SVG, not what is not there', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const { id } = await asking();
    const { trail } = await rig.rig.images.describe(id);
    const kept = [
      (await rig.rig.store.put(svg, 'image/png')).sha256,
      (await rig.rig.store.put(Buffer.from(''), 'image/png')).sha256,
      trail[0]?.evidence ?? '',
      '0'.repeat(64),
      'nothing',
    ];
    for (const sha256 of kept) expect((await rig.browser().get(`/artifacts/${sha256}`)).status).toBe(404);
  });

  test('the evidence is text with the original error, and is found by its generation only', async () => {
    const { id } = await asking();
    const browser = rig.browser();
    const page = await browser.get(pageOf(id));
    const [, link = ''] = /href="(\/evidence[^"]+)"/.exec(page.text) ?? [];
    const evidence = await browser.get(link.replaceAll('&amp;', '&'));
    expect(evidence.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(evidence.headers.get('content-security-policy')).toContain('sandbox');
    expect(JSON.parse(evidence.text)).toMatchObject({
      generation: id,
      n: 1,
      verdict: { branch: 'model-gone' },
    });
    expect(
      (await browser.get(`/evidence?${new URLSearchParams({ generation: id, n: '7' }).toString()}`)).status,
    ).toBe(404);
  });

  test('with the store away the page says so, and everything that Temporal knows', async () => {
    class AwayStore extends FileArtifactStore {
      override open(): Promise<never> {
        return Promise.reject(new StoreUnavailable('the disk is gone — operator: mount it'));
      }
      override get(): Promise<never> {
        return this.open();
      }
      override readRecord(): Promise<never> {
        return this.open();
      }
      override listRecords(): Promise<never> {
        return this.open();
      }
    }
    const { id, images } = await rig.rig.images.generate({ prompt: `a red fox [[fault:capacity]]` });
    const away = await rig.another({ images: rig.rig.anotherClient(new AwayStore(rig.rig.directory)) });
    const browser = new ConsoleBrowser(away.url);
    const page = await browser.get(pageOf(id));
    expect(page.status).toBe(200);
    expect(words(page.text)).toContain('Images and evidence cannot be read: the disk is gone');
    expect(words(page.text)).toContain('capacity/overloaded');
    expect((await browser.get(`/artifacts/${images[0]?.sha256 ?? ''}`)).status).toBe(503);
    expect((await browser.get('/')).status).toBe(200);
  });
});

describe('what people and providers wrote', () => {
  const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(1)> \u202egnp.exe javascript:alert(1)`;

  test('stays text: prompts, names, reasons, ids, tags', async () => {
    const { id } = await rig.rig.images.start({
      prompt: `${HOSTILE} ${GONE}`,
      idempotencyKey: `../../${HOSTILE}`,
      tags: [HOSTILE.slice(0, 60)],
    });
    await asked(rig.rig, id);
    const browser = rig.browser();
    const page = await browser.get(pageOf(id));
    const said = { by: HOSTILE, why: HOSTILE };
    const after = await browser.submit(page, { action: 'decide', choice: 'retry' }, said);
    expect([page.status, after.status]).toEqual([200, 200]);
    for (const { text } of [page, after, await browser.get('/')]) {
      expect(text).not.toMatch(/<script(?! src="\/assets)|<img(?! src="\/artifacts)|href="javascript/i);
      // Whatever turns the reading around is alone in its box.
      expect(text.replace(/<bdi[^>]*>[^<]*<\/bdi>|<title>[^<]*<\/title>|value="[^"]*"/g, '')).not.toContain(
        '\u202e',
      );
    }
    expect(words(after.text)).toContain('<script>alert(1)</script>');
  });

  test('a key that somebody pasted is repeated nowhere (I7)', async () => {
    const key = 'AIzaSyD3m0key-0123456789abcdefghijklmno';
    const { id } = await rig.rig.images.start({ prompt: `a fox ${key} ${GONE}`, tags: [key] });
    await asked(rig.rig, id);
    const browser = rig.browser();
    const page = await browser.get(pageOf(id));
    const after = await browser.submit(page, { action: 'decide', choice: 'retry' }, { by: 'ann', why: key });
    for (const { text } of [page, after]) expect(text).not.toContain(key);
    expect(words(page.text)).toContain('a fox [redacted]');
  });

  test('a prompt that is to be hidden is on no page', async () => {
    const { id } = await rig.rig.images.start({ prompt: `the secret campaign ${GONE}`, hidePrompt: true });
    await asked(rig.rig, id);
    const page = await rig.browser().get(pageOf(id));
    expect(page.text).not.toContain('secret campaign');
    expect(words(page.text)).toContain('The prompt is hidden');
    // Its model repeats what it was asked.
    const done = await rig.rig.images.generate({ prompt: 'the secret campaign', hidePrompt: true });
    expect(done.texts.join()).toContain('secret campaign');
    expect((await rig.browser().get(pageOf(done.id))).text).not.toContain('secret campaign');
  });
});

describe('an open page', () => {
  test('is told that it has changed, once it has; the console’s end ends its stream', async () => {
    const { id } = await asking();
    const room = await rig.another();
    const page = await new ConsoleBrowser(room.url).get(pageOf(id));
    const [, version = ''] = /data-version="([0-9a-f]+)"/.exec(page.text) ?? [];
    const query = new URLSearchParams({ page: pageOf(id), version });
    const stream = await fetch(`${room.url}/events?${query.toString()}`, {
      signal: AbortSignal.timeout(60_000),
    });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const told = events(stream);
    await rig.rig.images.decide(id, { choice: 'reject', ...SAID });
    const { value } = await told.next();
    expect(value).toMatch(/^[0-9a-f]{32}$/);
    expect(value).not.toBe(version);
    await room.close();
    // What still came, and then the end.
    for (let next = await told.next(); next.done !== true;) next = await told.next();
  });

  test('there is none for what is no page', async () => {
    expect((await rig.browser().get('/events?page=/nothing')).status).toBe(404);
    expect((await rig.browser().get('/events?page=//evil.example/')).status).toBe(404);
  });
});

async function* events(response: Response): AsyncGenerator<string, void> {
  let text = '';
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    const all = text.split('\n\n');
    text = all.pop() ?? '';
    for (const each of all) {
      const [, data] = /^event: version\ndata: (.*)$/m.exec(each) ?? [];
      if (data !== undefined) yield data;
    }
  }
}

describe('without being asked', () => {
  test('cancelled with who and why in its history, and revived from its page', async () => {
    const { id } = await asking();
    const browser = rig.browser();
    const cancelled = await browser.submit(await browser.get(pageOf(id)), { action: 'cancel' }, SAID);
    expect(cancelled.status).toBe(200);
    await eventually('its end', async () => (await rig.rig.images.describe(id)).status === 'cancelled');
    const { events: history = [] } = await rig.rig.client.workflow.getHandle(id).fetchHistory();
    const request = history?.find((event) => event.workflowExecutionCancelRequestedEventAttributes != null);
    expect(request?.workflowExecutionCancelRequestedEventAttributes?.cause).toBe(`ann: ${BY.why}`);
    const dead = await eventually('its end on the page', async () => {
      const page = await browser.get(pageOf(id));
      return words(page.text).includes('It ended: cancelled') && page;
    });
    const revive = formsIn(dead).find(({ button }) => button === 'Revive it');
    const revived = await browser.post(revive?.address ?? '', { ...revive?.fields, ...SAID });
    expect(words(revived.text)).toContain('It was revived');
    await asked(rig.rig, id);
    // From the old page it is not revived twice.
    const twice = await browser.post(revive?.address ?? '', { ...revive?.fields, ...SAID });
    expect(twice.status).toBe(409);
  });

  test('what nobody has is said so', async () => {
    const page = await rig.browser().get(pageOf('gemini-image/nothing'));
    expect(page.status).toBe(404);
    expect(words(page.text)).toContain('no generation gemini-image/nothing');
  });
});

describe('Now', () => {
  test('counts are right where not all are looked at', async () => {
    await Promise.all([asking(), asking(), asking()]);
    const { images } = rig.rig;
    const some = await images.causes({ limit: 2 });
    expect({ complete: some.complete, lookedAt: some.lookedAt }).toEqual({ complete: false, lookedAt: 2 });
    // Others use this server: all three are asked anew until nobody came or went between them.
    await eventually('the count', async () => {
      const total = (await images.causes()).reduce((sum, { count }) => sum + count, 0);
      const counted = await images.count({ status: 'running', phases: ['held', 'awaiting-operator'] });
      const page = words((await rig.browser().get('/')).text);
      return counted === total && page.includes(`waiting for a person ${total} `);
    });
  });

  test('a list is read page by page: the next has what is older than the last of this, and nothing younger', async () => {
    const { images } = rig.rig;
    const { id } = await asking();
    // The newest, whosever it is: others use this server.
    const startedBy = await eventually('it is listed', async () => {
      const [newest] = await images.list({ limit: 1 });
      const { startedAt } = await images.describe(id);
      return newest !== undefined && newest.startedAt >= startedAt ? newest.startedAt : undefined;
    });
    const next = await images.list({ startedBy: new Date(startedBy), limit: 1_000 });
    expect(next.map((each) => each.id)).toContain(id);
    expect(next.filter(({ startedAt }) => startedAt > startedBy)).toEqual([]);
    expect((await rig.browser().get(`/?before=${startedBy}`)).status).toBe(200);
    expect((await rig.browser().get('/?before=nonsense')).status).toBe(422);
  });
});

test('with all workers down: less detail, said so, and a decision waits for one that comes back', async () => {
  const { id, evidence } = await asking();
  await worker.stop();
  const browser = rig.browser();
  const page = await browser.get(pageOf(id));
  expect(words(page.text)).toContain('No worker answered: this is what the server alone knows');
  const sent = await browser.submit(page, { action: 'decide', choice: 'route-out', route: 'backup' }, SAID);
  expect(words(sent.text)).toContain('It was left for a worker that comes back');
  await rig.rig.worker(twoRoutes(rig.rig));
  const { decisions } = await rig.rig.images.result(id);
  expect(decisions).toMatchObject([{ by: 'ann', via: 'signal', outcome: 'taken', evidence }]);
  expect(rig.logged).toEqual([]);
});
