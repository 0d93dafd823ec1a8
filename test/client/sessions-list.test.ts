/** Sessions are found with their turns, cost and last image by the memo that each one leaves: no worker is asked. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListedSession } from '../../src/client/sessions-list.ts';
import { WORKFLOW_TYPES } from '../../src/contract/names.ts';
import { InvalidRequest } from '../../src/schema/request.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import { ownNamespace } from '../support/namespaces.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ server: await ownNamespace() });
});
afterAll(() => rig.close());

/** Milliseconds: several turns on a busy machine. */
const SLOW = 120_000;

/** Once the list, which may be a moment behind, says so. */
async function listed(id: string, isSo: (session: ListedSession) => boolean): Promise<ListedSession> {
  return await eventually(`${id} in the list`, async () => {
    const found = (await rig.images.sessions()).find((session) => session.id === id);
    return found !== undefined && isSo(found) ? found : undefined;
  });
}

describe('a list of sessions', { timeout: SLOW }, () => {
  it('tells turns, failures, cost and the last image with every worker down; undone and closed ones too', async () => {
    const worker = await rig.worker();
    const session = await rig.images.session({ id: 'fox', model: 'gemini-3-pro-image', size: '1K' });
    const hidden = await rig.images.session({ id: 'hidden', model: 'gemini-3-pro-image', hidePrompt: true });
    await (await session.edit({ turnId: 'hat', prompt: 'a fox with a hat' })).result();
    await (await session.edit({ turnId: 'snow', prompt: 'let it snow' })).result();
    await errorOf(
      (await session.edit({ turnId: 'bad', prompt: 'now [[fault:prohibited-content]]' })).result(),
    );
    await (await hidden.edit({ turnId: 'one', prompt: 'a secret fox' })).result();
    await listed(session.id, ({ failed, running }) => failed === 1 && running === undefined);
    await listed(hidden.id, ({ head }) => head === 'one');
    const turns = await session.turns();
    await session.undo();
    await hidden.close();
    await listed(hidden.id, ({ status }) => status === 'closed');
    const undone = await listed(session.id, ({ head }) => head === 'hat');
    await worker.stop();

    const listing = await rig.images.sessions();
    expect(listing.map(({ id }) => id)).toEqual([session.id, hidden.id]);
    expect(listing.total).toBe(2);
    expect(listing.next).toBeUndefined();
    const [open, closed] = listing;
    expect(open).toEqual(undone);
    expect(open).toMatchObject({
      status: 'open',
      turns: 3,
      failed: 1,
      queued: 0,
      excerpt: 'a fox with a hat',
    });
    expect(open?.image).toEqual(turns[0]?.done?.images[0]);
    expect(open?.cost?.sureUsd).toBeGreaterThan(0);
    expect(open?.activeAt).toBeGreaterThanOrEqual(Date.parse(open?.startedAt ?? ''));
    expect(closed).toMatchObject({ status: 'closed', turns: 1 });
    expect(closed?.endedAt).toBeDefined();
    expect(JSON.stringify(closed)).not.toContain('secret');
    expect((await rig.images.sessions({ status: 'ended' })).map(({ id }) => id)).toEqual([hidden.id]);
  });

  it('goes on from page to page, open ones first; one that tells nothing is listed with its status', async () => {
    const { client, taskQueue } = rig;
    for (let n = 0; n < 5; n += 1) {
      const workflowId = `gemini-session/plain-${n}`;
      await client.workflow.start(WORKFLOW_TYPES.session, {
        ...{ workflowId, taskQueue },
        args: [{ settings: { defaults: {}, overflow: 'fail', idleMs: 1e9 } }],
      });
    }
    await client.workflow.getHandle('gemini-session/plain-0').terminate('the test wants it so');
    await listed('gemini-session/plain-0', ({ status }) => status === 'terminated');
    await listed('gemini-session/plain-4', ({ status }) => status === 'open');
    const pages: (readonly string[])[] = [];
    let after: string | undefined;
    do {
      const page = await rig.images.sessions({ limit: 3, ...(after === undefined ? {} : { after }) });
      expect(page.total).toBe(7);
      pages.push(page.map(({ status }) => status));
      after = page.next;
    } while (after !== undefined);
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual(['open', 'open', 'open', 'open', 'open', 'terminated', 'closed']);
    const [plain] = (await rig.images.sessions({ status: 'open', limit: 1 })) as readonly ListedSession[];
    expect(plain?.turns).toBeUndefined();
  });

  it.each([
    [{ status: 'shut' as 'open' }, 'status'],
    [{ limit: 0 }, 'limit'],
    [{ limit: 201 }, 'limit'],
    [{ after: 'no-token' }, 'after'],
  ])('%j is refused and names %s', async (options, field) => {
    const error = await errorOf(rig.images.sessions(options));
    expect(error).toBeInstanceOf(InvalidRequest);
    expect((error as InvalidRequest).problems[0]?.field).toBe(field);
  });
});
