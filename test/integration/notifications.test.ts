/**
 * Webhooks of a whole fleet: four real processes, a real server, a real receiver. What all four see is told
 * once; who filters hears what was asked for; what people read of secrets is nowhere.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GenerationFailed } from '../../src/client/errors.ts';
import { ENTITY_UPDATES, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import type { GovernorCommand } from '../../src/contract/standing.ts';
import type { NotificationEvent } from '../../src/domain/notification.ts';
import { EVENT_TYPES } from '../../src/domain/notification.ts';
import { TemporalBudgetLink } from '../../src/quota/budget-link.ts';
import { Budgets } from '../../src/quota/wallet-budgets.ts';
import type { NotificationSettings } from '../../src/schema/webhooks.ts';
import { bill, calls, request } from '../governor/budget/requests.ts';
import { eventually } from '../support/eventually.ts';
import type { FleetRig } from '../support/fleet-rig.ts';
import { REQUEST, startFleetRig } from '../support/fleet-rig.ts';
import type { Rig } from '../support/rig.ts';
import { startRig } from '../support/rig.ts';
import { foundIn, leaves } from '../support/secret-scan.ts';
import type { Receiver } from '../support/webhook-receiver.ts';
import { startReceiver } from '../support/webhook-receiver.ts';

const SECRET = 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0';
const PROCESSES = 4;

const settings = (ops: Receiver, shop: Receiver): NotificationSettings => ({
  webhooks: [
    { name: 'ops', url: `${ops.url}/T0K3N`, secret: SECRET },
    { name: 'shop', url: shop.url, secret: SECRET, tags: ['shop'], events: ['done', 'dead'] },
    { name: 'flash', url: shop.url, secret: SECRET, routes: ['gemini-3-pro-image'] },
  ],
});

/** A zone where it is about noon now: no midnight comes in the middle of a test. */
function noonZone(): string {
  const ahead = 12 - new Date().getUTCHours();
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

const types = (receiver: Receiver): readonly string[] => receiver.events(SECRET).map(({ type }) => type);
const ofType = (receiver: Receiver, type: string): readonly NotificationEvent[] =>
  receiver.events(SECRET).filter((event) => event.type === type);

async function histories(client: Client): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for await (const { workflowId, runId } of client.workflow.list())
    all.push(await client.workflow.getHandle(workflowId, runId).fetchHistory());
  return all;
}

describe('a fleet', () => {
  let rig: FleetRig;
  let ops: Receiver;
  let shop: Receiver;
  beforeAll(async () => {
    [rig, ops, shop] = await Promise.all([
      startFleetRig({ emulator: { latencyMs: 50 } }),
      startReceiver(),
      startReceiver(),
    ]);
    const notifications = settings(ops, shop);
    await Promise.all(Array.from({ length: PROCESSES }, () => rig.fleetProcess({ notifications })));
  });
  afterAll(async () => {
    await rig.close();
    await Promise.all([ops.close(), shop.close()]);
  });

  it('tells of each image once, and of the tagged ones to who asked for the tag', async () => {
    rig.emulator.addFaults({ match: { prompt: 'forbidden' }, action: 'prohibited-content' });
    const tagged = { ...REQUEST, tags: ['shop', 'spring'] };
    const asked = [
      tagged,
      tagged,
      REQUEST,
      REQUEST,
      { ...tagged, prompt: 'forbidden' },
      { ...REQUEST, prompt: 'forbidden' },
    ];
    await Promise.all(asked.map((each) => rig.images.generate(each).catch(() => undefined)));
    await eventually('all of them', () => ops.received.length >= 6 && shop.received.length >= 3);
    expect([...types(ops)].sort()).toEqual(['dead', 'dead', 'done', 'done', 'done', 'done']);
    expect([...types(shop)].sort()).toEqual(['dead', 'done', 'done']);
    for (const event of shop.events(SECRET)) expect(event.data).toMatchObject({ tags: ['shop', 'spring'] });
    rig.emulator.clearFaults();
  });

  it('tells of each mark of a budget once, whichever processes report it', async () => {
    const budgets = new Budgets([{ tenant: 'acme', usd: 10, period: 'day', timeZone: noonZone() }]);
    const { day = 0 } = budgets.stamp('acme', Date.now());
    const webhooks = [{ name: 'ops', events: EVENT_TYPES }];
    const link = new TemporalBudgetLink(rig.client, { queue: rig.taskQueue, webhooks });
    const terms = budgets.terms('acme', Date.now());
    const spends = [[bill('a', 5, 0, day)], [bill('a', 5, 0, day), bill('b', 3, 0, day)], []];
    for (const [i, settled] of spends.entries()) {
      for (const process of ['p1', 'p2', 'p3', 'p4'])
        await link.exchange('acme', request(process, i + 1, { terms, settled, calls: calls([4, 1]) }));
    }
    await eventually('the cap', () => types(ops).includes('budget-100'));
    await eventually('all marks', () => types(ops).filter((type) => type.startsWith('budget')).length >= 3);
    expect(
      types(ops)
        .filter((type) => type.startsWith('budget'))
        .sort(),
    ).toEqual(['budget-100', 'budget-50', 'budget-80']);
  });

  it('tells of a hold once when it opens and once when it is released, although four processes see it', async () => {
    rig.emulator.addFaults({ match: { prompt: 'leaked' }, action: 'key-leaked' });
    const started = await Promise.all(
      Array.from({ length: 12 }, () => rig.images.start({ ...REQUEST, prompt: 'leaked' })),
    );
    await eventually('a hold', () => ofType(ops, 'hold-opened').length > 0);
    await eventually('all of them stuck', () => ofType(ops, 'stuck').length === started.length);
    rig.emulator.clearFaults();
    const [opened] = ofType(ops, 'hold-opened');
    const hold = opened?.type === 'hold-opened' ? (opened.data.hold ?? '') : '';
    await rig.governor().executeUpdate<unknown, [GovernorCommand]>(ENTITY_UPDATES.command, {
      args: [{ kind: 'resume', hold, by: 'ann', why: 'a new key' }],
    });
    await eventually('its release', () => ofType(ops, 'hold-released').length > 0);
    await Promise.all(started.map(({ id }) => rig.images.result(id)));
    expect(ofType(ops, 'hold-opened')).toHaveLength(1);
    expect(ofType(ops, 'hold-released')).toHaveLength(1);
    expect(opened?.data).toMatchObject({
      branch: 'permission',
      reason: 'key-leaked',
      scope: { kind: 'credential' },
    });
    // Who named another model hears of what stops every model, and of no generation.
    expect(new Set(types(shop).filter((type) => type.startsWith('hold') || type === 'stuck'))).toEqual(
      new Set(['hold-opened', 'hold-released']),
    );
  });

  it('sends no event twice, and each under the id of its notification', async () => {
    const ids = ops.events(SECRET).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      const { type, status } = await rig.client.workflow.getHandle(`gemini-notification/${id}`).describe();
      expect([type, status.name]).toEqual([WORKFLOW_TYPES.notification, 'COMPLETED']);
    }
  });

  it('writes neither a secret nor an address of a webhook into any history, nor a prompt into an event', async () => {
    const found: string[] = [];
    for (const history of await histories(rig.client)) {
      for (const leaf of leaves(history)) {
        for (const secret of [SECRET, SECRET.slice('whsec_'.length), 'T0K3N', ops.url])
          if (foundIn(leaf, secret) !== undefined) found.push(Buffer.from(leaf).toString().slice(0, 200));
      }
    }
    expect(found).toEqual([]);
    expect(ops.received.filter(({ body }) => body.includes('red fox'))).toEqual([]);
  });
});

describe('one process without a fleet', () => {
  let rig: Rig;
  let ops: Receiver;
  beforeAll(async () => {
    [rig, ops] = await Promise.all([startRig({ emulator: { latencyMs: 10 } }), startReceiver()]);
    await rig.worker({
      // Room for three calls, whose worst price is $0.15 and which cost a third of that.
      budgets: [{ tenant: 'acme', usd: 0.25, period: 'day', timeZone: noonZone() }],
      notifications: { webhooks: [{ name: 'ops', url: ops.url, secret: SECRET, timeoutMs: 1_000 }] },
      worker: { maxConcurrentActivityTaskExecutions: 12 },
    });
  });
  afterAll(async () => {
    await rig.close();
    await ops.close();
  });

  it('tells nothing twice of a generation that was reset', async () => {
    const { id } = await rig.images.generate({ ...REQUEST, prompt: 'once' }, { waitMs: 60_000 });
    const dones = (): number =>
      ofType(ops, 'done').filter(({ data }) => 'generation' in data && data.generation === id).length;
    await eventually('it is told', () => dones() > 0);
    const { client } = rig;
    const { runId } = await client.workflow.getHandle(id).describe();
    const reset = await client.workflowService.resetWorkflowExecution({
      ...{ namespace: rig.server.namespace, workflowExecution: { workflowId: id, runId } },
      ...{ reason: 'a test', workflowTaskFinishEventId: 4, requestId: randomUUID() },
    });
    const again = client.workflow.getHandle(id, reset.runId);
    await again.result();
    const { events } = await again.fetchHistory();
    // It was about to tell, and the event was known.
    const known = events?.filter((event) => event.startChildWorkflowExecutionFailedEventAttributes != null);
    expect(known).toHaveLength(1);
    expect(dones()).toBe(1);
  });

  it('goes on making images while its webhook hangs, and tells of all of them afterwards', async () => {
    ops.answer = 'hang';
    const made = await Promise.all(
      Array.from({ length: 20 }, () => rig.images.generate(REQUEST, { waitMs: 90_000 })),
    );
    ops.answer = 204;
    for (const { id } of made) {
      const { raw } = await rig.client.workflow.getHandle(id).describe();
      const run = raw.workflowExecutionInfo?.firstRunId ?? '';
      const told = rig.client.workflow.getHandle(`gemini-notification/done/${run}`);
      expect(await told.result()).toEqual({ delivered: ['ops'] });
    }
  }, 180_000);

  it('tells of its own budget and hold, and of what dies of them', async () => {
    rig.emulator.addFaults({ match: { prompt: 'leaked' }, action: 'key-leaked' });
    const asked = { ...REQUEST, routeOut: 'never', urgency: 'interactive', callTimeoutMs: 10_000 } as const;
    const ask = async (more: object): Promise<unknown> =>
      await rig.images.generate({ ...asked, ...more }, { waitMs: 90_000 }).catch((error: unknown) => error);
    for (let n = 0; n < 4; n += 1) await ask({ tenant: 'acme' });
    expect(await ask({ prompt: 'leaked' })).toBeInstanceOf(GenerationFailed);
    rig.emulator.clearFaults();
    const all = ['budget-50', 'dead', 'done', 'hold-opened'];
    await eventually('all of it', () => all.every((type) => types(ops).includes(type)));
    expect(ofType(ops, 'hold-opened')).toHaveLength(1);
    expect(ofType(ops, 'budget-50')).toMatchObject([{ data: { tenant: 'acme', percent: 50, usd: 0.25 } }]);
  });
});
