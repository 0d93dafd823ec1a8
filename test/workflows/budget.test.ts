/** The budget's entity on Temporal: what survives continue-as-new, a terminate, and two who start it at once. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BudgetView } from '../../src/contract/budget.ts';
import {
  budgetWorkflowId,
  ENTITY_QUERIES,
  ENTITY_TASK_QUEUE,
  ENTITY_TYPES,
  ENTITY_UPDATES,
} from '../../src/contract/names.ts';
import type { BudgetState } from '../../src/governor/budget/index.ts';
import { Budgets } from '../../src/quota/wallet-budgets.ts';
import { TemporalBudgetLink } from '../../src/quota/budget-link.ts';
import { bill, calls, DOLLAR, held, request } from '../governor/budget/requests.ts';
import { lentEntities } from '../support/lent-bundle.ts';
import { eventually } from '../support/eventually.ts';
import { timeSkippingEnv } from '../support/servers.ts';

let env: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
let link: TemporalBudgetLink;

beforeAll(async () => {
  const [server, { code }] = await Promise.all([timeSkippingEnv(), lentEntities()]);
  env = server;
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: ENTITY_TASK_QUEUE,
    workflowBundle: { code },
  });
  running = worker.run();
  link = new TemporalBudgetLink(env.client);
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await env.teardown();
});

const BUDGETS = new Budgets([{ tenant: '*', usd: 10, period: 'day', timeZone: 'UTC' }]);
/** The server's time, which may be ahead of ours: it is skipped. */
let now: number;
let day: number;
beforeEach(async () => {
  now = await env.currentTimeMs();
  day = BUDGETS.stamp('', now).day ?? 0;
});

function asked(process: string, seq: number, over: Parameters<typeof request>[2] = {}) {
  return request(process, seq, { terms: BUDGETS.terms('', now), ...over });
}

function entity(): { readonly tenant: string; readonly handle: WorkflowHandle } {
  const tenant = `tenant/${randomUUID()}`;
  return { tenant, handle: env.client.workflow.getHandle(budgetWorkflowId(tenant)) };
}

const stateOf = (handle: WorkflowHandle) => handle.query<BudgetState>(ENTITY_QUERIES.state);
const viewOf = (handle: WorkflowHandle) => handle.query<BudgetView>(ENTITY_QUERIES.budget);

describe('budget entity', () => {
  it('is started by the first exchange; two at once are one entity', async () => {
    const { tenant, handle } = entity();
    const both = await Promise.all([
      link.exchange(tenant, asked('a', 1, { calls: calls([4, 1]) })),
      link.exchange(tenant, asked('b', 1, { calls: calls([4, 1]) })),
    ]);
    expect(both.map(({ grantedMicros }) => grantedMicros / DOLLAR)).toEqual([4, 4]);
    expect(new Set(both.map(({ epoch }) => epoch)).size).toBe(1);
    expect(await viewOf(handle)).toMatchObject({
      tenant,
      budgets: [{ usd: 10, leasedUsd: 8 }],
      exchanges: 2,
    });
  });

  it('a repeated request is answered alike and is one exchange', async () => {
    const { tenant, handle } = entity();
    const once = asked('a', 1, { calls: calls([4, 1]) });
    const first = await link.exchange(tenant, once);
    expect(await link.exchange(tenant, once)).toEqual(first);
    const another = { args: [once] as [object], updateId: 'of a relay that made up its own' };
    expect(await handle.executeUpdate(ENTITY_UPDATES.budget, another)).toEqual(first);
    expect((await viewOf(handle)).exchanges).toBe(1);
  });

  it('tells in Temporal’s UI what was spent, for sure and possibly, and which marks were passed', async () => {
    const { tenant, handle } = entity();
    const settled = [bill('k', 5, 0, day), bill('l', 0, 1.2, day)];
    await link.exchange(tenant, asked('a', 1, { settled, calls: calls([2, 1]) }));
    const details = String(
      await handle
        .query('__temporal_workflow_metadata')
        .then((m) => (m as { currentDetails: string }).currentDetails),
    );
    expect(details).toContain('$6.20 of $10.00 spent ($1.20 of it possibly), $2.00 held by processes, until');
    expect(details).toContain('50 % of the day');
  });

  it('refuses what is no request, with words', async () => {
    const { tenant, handle } = entity();
    await link.exchange(tenant, asked('a', 1));
    const junk = handle.executeUpdate(ENTITY_UPDATES.budget, { args: [{ process: 'a' }] as [object] });
    await expect(junk).rejects.toMatchObject({
      cause: { message: expect.stringContaining('not a BudgetRequest') },
    });
    expect((await viewOf(handle)).exchanges).toBe(1);
  });

  it('continues as new with every lease, booked call and answer', async () => {
    const { tenant, handle } = entity();
    const lease = asked('a', 1, { calls: calls([4, 1]), settled: [bill('k', 2, 0, day)] });
    const answer = await link.exchange(tenant, lease);
    const { runId } = await handle.describe();
    for (let seq = 1; seq <= 300; seq += 10) {
      const batch = Array.from({ length: 10 }, (_, i) => link.exchange(tenant, asked(`p${i}`, seq)));
      await Promise.all(batch);
    }
    const after = await handle.describe();
    expect(after.runId).not.toBe(runId);
    expect(await link.exchange(tenant, lease)).toEqual(answer);
    await link.exchange(tenant, asked('b', 1, { settled: [bill('k', 2, 0, day)] }));
    expect((await viewOf(handle)).budgets[0]).toMatchObject({ leasedUsd: 4, now: { sureUsd: 2 } });
  });

  it('terminated: the next exchange starts one that knows what the first one knew', async () => {
    const { tenant, handle } = entity();
    const settled = [bill('k', 2, 0, day)];
    const before = await link.exchange(tenant, asked('a', 1, { calls: calls([4, 1]), settled }));
    await handle.terminate('by mistake');
    const after = await link.exchange(
      tenant,
      asked('a', 2, { holds: held(4, day), settled, calls: calls([4, 2]) }),
    );
    expect(after.epoch).toBe(before.epoch);
    expect(after.grantedMicros).toBe(4 * DOLLAR);
    expect((await viewOf(handle)).budgets[0]).toMatchObject({ leasedUsd: 8, now: { sureUsd: 2 } });
  });

  it('cancelled: as well', async () => {
    const { tenant, handle } = entity();
    await link.exchange(tenant, asked('a', 1, { calls: calls([4, 1]) }));
    await handle.cancel();
    await eventually('a closed entity', async () => (await handle.describe()).status.name === 'CANCELLED');
    await link.exchange(tenant, asked('b', 1));
    expect((await viewOf(handle)).budgets[0]).toMatchObject({ leasedUsd: 4 });
  });

  it('an old one that cannot be read: what processes hold and heard stands, and the view says that more is lost', async () => {
    const { tenant, handle } = entity();
    const first = await link.exchange(tenant, asked('a', 1, { settled: [bill('k', 6, 0, day)] }));
    const { standings } = await link.exchange(tenant, asked('a', 2, { calls: calls([1, 1]) }));
    await handle.terminate('gone');
    const args = [{ tenant, lost: true }];
    await env.client.workflow.start(ENTITY_TYPES.budget, {
      workflowId: handle.workflowId,
      taskQueue: ENTITY_TASK_QUEUE,
      args,
    });
    const known = { epoch: first.epoch, heard: standings, holds: held(1, day) };
    await link.exchange(tenant, asked('a', 3, { ...known, calls: calls([1, 9]) }));
    expect(await viewOf(handle)).toMatchObject({
      lost: true,
      budgets: [{ leasedUsd: 4, now: { sureUsd: 6 } }],
    });
    expect((await stateOf(handle)).epoch).not.toBe(first.epoch);
  });
});
