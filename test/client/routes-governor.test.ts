/**
 * An operator and a real governor on a real server: what is said is taken or refused with words, a hold is
 * resumed by proof, and exactly those that wait for a cause are woken. A scripted process stands for the
 * fleet, executions that nobody works on for its generations.
 */
import { Client, Connection } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryArtifactStore } from '../../src/artifacts/memory-store.ts';
import { ServerUnreachable } from '../../src/client/errors.ts';
import { GeminiImages } from '../../src/client/gemini-images.ts';
import { approveCause } from '../../src/client/grants.ts';
import { resumeHold } from '../../src/client/routes-resume.ts';
import type { Clock } from '../../src/client/clock.ts';
import type { ClientContext } from '../../src/client/context.ts';
import {
  NoGovernorAnswered,
  RouteCommandRefused,
  UnknownGovernor,
} from '../../src/client/governors-errors.ts';
import type { ProbeOutcome, TrialEnd } from '../../src/contract/exchange.ts';
import type { MemoCause, MemoState } from '../../src/contract/names.ts';
import { ENTITY_TYPES, governorWorkflowId } from '../../src/contract/names.ts';
import type { Scope } from '../../src/contract/standing.ts';
import { governorViewSchema } from '../../src/schema/governor-view.ts';
import { InvalidRequest } from '../../src/schema/request.ts';
import { startDevServer } from '../../src/dev/server.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import { sharedDevServer } from '../support/servers.ts';
import type { Fleet, Governors } from './fleet.ts';
import { EVIDENCE, LEAKED, MODEL, report, startGovernors, startWaiting, wakes } from './fleet.ts';

const SAID = { by: 'ann', why: 'the key was replaced' } as const;
/** The pauses are shorter than real ones, and still there. */
const SLOW = 90_000;
const HURRY: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 10)),
};

let connection: Connection;
let client: Client;
let images: GeminiImages;
/** The same with a clock in a hurry. */
let context: ClientContext;
let governors: Governors;

beforeAll(async () => {
  const { address, namespace } = await sharedDevServer();
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace });
  images = new GeminiImages({ client, store: new MemoryArtifactStore() });
  context = { client, store: new MemoryArtifactStore(), deadlineMs: 10_000, clock: HURRY };
  governors = await startGovernors(client, { address, namespace });
});
afterAll(async () => {
  await governors.close();
  await connection.close();
});

/** Its view in the list of all, once the list has it. */
async function listed({ id }: Pick<Fleet, 'id'>) {
  return await eventually(`${id} in the list`, async () =>
    (await images.routes()).find((sight) => sight.id === id),
  );
}

function memo({ id, credential }: Fleet, more: Partial<MemoState> = {}): MemoState {
  const scope: Scope = { kind: 'credential', key: credential };
  return {
    phase: 'held',
    why: 'held by h-1: the key was reported as leaked',
    since: Date.now() - 60_000,
    ask: {
      evidence: EVIDENCE,
      choices: ['route-out backup', 'retry', 'reject'],
      worstUsd: { 'route-out backup': 0.134, retry: 0.134 },
    },
    cause: { branch: 'permission', reason: 'key-leaked', scope, hold: 'h-1', account: id },
    verdicts: ['permission/key-leaked'],
    ...more,
  };
}

/** Waits until visibility has all of them. */
async function start(
  fleet: Fleet,
  memos: readonly MemoState[],
  attributes = true,
): Promise<readonly string[]> {
  const ids = [];
  for (const each of memos) ids.push(await startWaiting(client, each, attributes));
  const asking = memos.filter(({ phase }) => phase === 'held' || phase === 'awaiting-operator').length;
  await eventually('all of them by cause', async () => {
    const groups = (await images.causes()).filter(({ governor }) => governor === fleet.id);
    return groups.reduce((sum, { count }) => sum + count, 0) === asking;
  });
  return ids;
}

/** A process that does what its governor asks, until it is stopped; its text call ends as `probed` says. */
function process(fleet: Fleet, probed: (hold: string, scope: Scope) => ProbeOutcome): () => Promise<void> {
  let isOver = false;
  const running = (async () => {
    let probes: readonly ProbeOutcome[] = [];
    let trials: readonly TrialEnd[] = [];
    while (!isOver) {
      const answer = await fleet.exchange({ routes: [report(fleet, { wants: true, trials })], probes });
      probes = answer.probes.map(({ hold, scope }) => probed(hold, scope));
      trials = answer.stops.flatMap((stop) => stop.trials.map((trial) => ({ trial })));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return async () => {
    isOver = true;
    await running;
  };
}

describe('routes', () => {
  it('lists every governor with its view, and one that nobody works for with why', async () => {
    const fleet = await governors.start();
    await fleet.exchange({ routes: [report(fleet, LEAKED)] });
    const away = `google/ai-studio/away-${randomUUID()}`;
    const handle = await client.workflow.start(ENTITY_TYPES.governor, {
      workflowId: governorWorkflowId(away),
      taskQueue: `nobody-${randomUUID()}`,
      args: [{ id: away }],
    });
    const hasty = new GeminiImages({ client, store: new MemoryArtifactStore(), rpcDeadlineMs: 1_000 });
    const silent = await eventually('the one that is away', async () =>
      (await hasty.routes()).find(({ id }) => id === away),
    );
    expect(silent).toMatchObject({ unreachable: expect.stringContaining("start one with quota: 'fleet'") });
    expect(governorViewSchema.safeParse(await listed(fleet)).error).toBeUndefined();
    expect(await listed(fleet)).toMatchObject({
      id: fleet.id,
      exchanges: 1,
      holds: [{ id: 'h-1', branch: 'permission', scope: { kind: 'credential', key: fleet.credential } }],
    });
    const late = await errorOf(hasty.command(away, { kind: 'resume', hold: 'h-1', ...SAID }));
    expect(late).toBeInstanceOf(NoGovernorAnswered);
    await handle.terminate('the test is over');
  });

  it('a command is refused in the words of the governor, or names the field that is wrong', async () => {
    const fleet = await governors.start();
    const refused = await errorOf(images.command(fleet.id, { kind: 'resume', hold: 'h-7', ...SAID }));
    expect(refused).toBeInstanceOf(RouteCommandRefused);
    expect(refused.message).toBe(
      `the governor of ${fleet.id} refused: hold: there is no h-7; nothing is held`,
    );
    const wrong = await errorOf(images.command(fleet.id, { kind: 'resume', hold: '', by: ' ', why: 'x' }));
    expect(wrong).toBeInstanceOf(InvalidRequest);
    expect(wrong.message).toContain('by must be a text; hold must be a text');
    const unknown = await errorOf(images.command(`${fleet.id}x`, { kind: 'resume', hold: 'h-1', ...SAID }));
    expect(unknown).toBeInstanceOf(UnknownGovernor);
    const { events } = await client.workflow.getHandle(governorWorkflowId(fleet.id)).fetchHistory();
    expect((events ?? []).filter((each) => each.workflowExecutionUpdateAcceptedEventAttributes)).toEqual([]);
  });

  it('a server that is away is said to be', async () => {
    const nowhere = Connection.lazy({ address: '127.0.0.1:1' });
    const away = new GeminiImages({
      client: new Client({ connection: nowhere }),
      store: new MemoryArtifactStore(),
      rpcDeadlineMs: 1_000,
    });
    const asks = [
      () => away.routes(),
      () => away.causes(),
      () => away.grants(),
      () => away.command('google/ai-studio/shop', { kind: 'resume', hold: 'h-1', ...SAID }),
    ];
    for (const ask of asks) expect(await errorOf(ask())).toBeInstanceOf(ServerUnreachable);
    await nowhere.close();
  });
});

describe('a pause', () => {
  it(
    'stops what its short name means, is refused twice, and is over with its resume',
    { timeout: SLOW },
    async () => {
      const fleet = await governors.start();
      await fleet.exchange({ routes: [report(fleet, { calls: 1 })] });
      await listed(fleet);
      const key = fleet.credential.slice(0, 12);
      const { governor, hold } = await images.pause({ scope: { kind: 'credential', key }, ...SAID });
      expect(governor).toBe(fleet.id);
      expect(hold).toMatchObject({
        branch: 'operator',
        scope: { kind: 'credential', key: fleet.credential },
        message: SAID.why,
        by: 'ann',
        phase: 'held',
      });
      const again = await errorOf(images.pause({ scope: hold.scope, governor, ...SAID }));
      expect(again.message).toContain('was paused by ann before (h-1)');

      const operator = {
        branch: 'operator',
        reason: 'paused',
        scope: hold.scope,
        hold: 'h-1',
        account: fleet.id,
      };
      const [id] = await start(fleet, [memo(fleet, { cause: operator })]);
      const phases: string[] = [];
      const resumed = await resumeHold(context, {
        hold: 'h-1',
        governor,
        ...SAID,
        onPhase: (each) => phases.push(each),
      });
      expect(resumed).toMatchObject({ governor, hold: 'h-1', phase: 'released', woken: 1, left: 0 });
      expect(phases).toEqual(['released']);
      expect(await wakes(client, id as string)).toBe(1);
    },
  );
});

describe('a hold', () => {
  it(
    'is released by proof, and then everybody who waits for it is woken, and nobody else',
    { timeout: SLOW },
    async () => {
      const fleet = await governors.start();
      await fleet.exchange({ routes: [report(fleet, LEAKED)] });
      await listed(fleet);
      const other = {
        ...memo(fleet).cause,
        branch: 'billing',
        reason: 'spent',
        scope: { kind: 'project', key: 'p' },
      };
      const { hold: _hold, ...unheld } = other;
      const ids = await start(fleet, [
        ...Array.from({ length: 30 }, () => memo(fleet)),
        memo(fleet, { cause: unheld }),
        memo(fleet, { phase: 'waiting' }),
      ]);
      const stop = process(fleet, (hold, scope) => ({ hold, scope, ok: true, why: 'it answered' }));
      const phases: string[] = [];
      const resumed = await resumeHold(context, {
        hold: 'h-1',
        governor: fleet.id,
        ...SAID,
        onPhase: (each) => phases.push(each),
      });
      await stop();
      expect(resumed).toMatchObject({ phase: 'released', woken: 30, left: 0, before: { phase: 'held' } });
      expect(phases[0]).toBe('probing');
      expect(phases.at(-1)).toBe('released');
      for (const id of ids.slice(0, 30)) expect(await wakes(client, id)).toBeGreaterThanOrEqual(1);
      for (const id of ids.slice(30)) expect(await wakes(client, id)).toBe(0);

      // They still wait, as far as their memos tell: the same command goes on with them.
      const again = await resumeHold(context, { hold: 'h-1', governor: fleet.id, ...SAID });
      expect(again).toMatchObject({ phase: 'released', woken: 30 });
      expect(again.before).toBeUndefined();
    },
  );

  it(
    'whose cause is still there stands again, and only who asked for the proof was woken',
    { timeout: SLOW },
    async () => {
      const fleet = await governors.start();
      await fleet.exchange({ routes: [report(fleet, LEAKED)] });
      await listed(fleet);
      const ids = await start(fleet, [memo(fleet), memo(fleet), memo(fleet)]);
      const verdict = {
        branch: 'permission',
        reason: 'key-leaked',
        message: 'Your API key is still leaked.',
        generationId: 'probe',
      } as const;
      const stop = process(fleet, (hold, scope) => ({ hold, scope, ok: false, why: 'refused', verdict }));
      const resumed = await resumeHold(context, { hold: 'h-1', governor: fleet.id, ...SAID });
      await stop();
      expect(resumed).toMatchObject({
        phase: 'held',
        woken: 1,
        left: 2,
        now: { phase: 'held', message: 'Your API key is still leaked.' },
      });
      const woken = await Promise.all(ids.map((id) => wakes(client, id)));
      expect(woken.filter((n) => n > 0)).toHaveLength(1);
    },
  );

  it(
    'that is being tried already is not resumed again: a second operator goes on with it',
    { timeout: SLOW },
    async () => {
      const fleet = await governors.start();
      await fleet.exchange({ routes: [report(fleet, LEAKED)] });
      const first = await resumeHold(context, { hold: 'h-1', governor: fleet.id, ...SAID });
      // Nobody waits for it, so nobody is woken, and the next generation proves it.
      expect(first).toMatchObject({ phase: 'probing', woken: 0, left: 0 });
      const second = await resumeHold(context, { hold: 'h-1', governor: fleet.id, by: 'bob', why: 'me too' });
      expect(second).toMatchObject({ phase: 'probing', now: { resumed: { by: 'ann' } } });
    },
  );
});

describe('a grant', () => {
  it('answers all that wait for a cause, once, on what was seen', { timeout: SLOW }, async () => {
    const fleet = await governors.start();
    await fleet.exchange({ routes: [report(fleet, LEAKED)] });
    await listed(fleet);
    const ids = await start(fleet, [memo(fleet), memo(fleet, { phase: 'awaiting-operator' })]);
    // Its memo names no hold yet: its governor does.
    const other = await governors.start();
    await other.exchange({ routes: [report(other, LEAKED)] });
    const { hold: _hold, ...unheld } = memo(other).cause as MemoCause;
    const [apart] = await start(other, [memo(other, { cause: unheld })]);
    const cause = `permission@credential:${fleet.credential}`;
    const [group] = (await images.causes()).filter(({ name }) => name === cause);
    const [unnamed] = (await images.causes()).filter(({ governor }) => governor === other.id);
    expect(unnamed).toMatchObject({ hold: 'h-1', count: 1 });
    expect(group).toMatchObject({
      count: 2,
      hold: 'h-1',
      evidence: EVIDENCE,
      routes: [{ route: 'backup', count: 2, worstUsd: 0.134, totalUsd: 0.268 }],
    });
    const until = new Date(Date.now() + 3_600_000);
    const approval = { cause, route: 'backup', until, maxCostUsd: 400, by: 'ann', why: 'the sale is live' };

    const stale = await errorOf(images.approveCause({ ...approval, evidence: 'a'.repeat(64) }));
    expect(stale).toMatchObject({ name: 'DecisionRefused', outcome: 'stale', evidence: EVIDENCE });
    const elsewhere = await errorOf(images.approveCause({ ...approval, route: 'bakcup' }));
    expect(elsewhere.message).toContain('route must be one that is offered: backup');
    const past = await errorOf(images.approveCause({ ...approval, until: new Date(0) }));
    expect(past.message).toContain('until must be a time that is still to come');
    expect((await images.grants()).filter(({ governor }) => governor === fleet.id)).toEqual([]);

    let told: string | undefined;
    const granted = await approveCause(context, {
      ...approval,
      evidence: EVIDENCE.slice(0, 16),
      onGranted: ({ grant }) => (told = grant.id),
    });
    expect(granted).toMatchObject({
      governor: fleet.id,
      woken: 2,
      left: 0,
      group: { name: cause, count: 2 },
      grant: {
        id: 'g-1',
        cause: { branch: 'permission', scope: { kind: 'credential', key: fleet.credential } },
        route: 'backup',
        until: until.getTime(),
        maxCostUsd: 400,
        evidence: EVIDENCE,
      },
    });
    expect(told).toBe('g-1');
    for (const id of ids) expect(await wakes(client, id)).toBe(1);
    expect(await wakes(client, apart as string)).toBe(0);

    const all = (await images.grants()).filter(({ governor }) => governor === fleet.id);
    expect(all).toEqual([{ governor: fleet.id, grant: granted.grant }]);
    const revoked = await images.revokeGrant({ grant: 'g-1', governor: fleet.id, ...SAID });
    expect(revoked.grant.revoked).toMatchObject({ by: 'ann' });
    const twice = await errorOf(images.revokeGrant({ grant: 'g-1', governor: fleet.id, ...SAID }));
    expect(twice.message).toContain('g-1 was revoked by ann before');
    const unknown = await errorOf(images.revokeGrant({ grant: 'g-9', governor: fleet.id, ...SAID }));
    expect(unknown.message).toContain('grant must be a grant: g-1 (permission)');
  });
});

describe('degraded mode', () => {
  it('is ended by the name of its route, and what is not degraded is refused', async () => {
    const fleet = await governors.start();
    await fleet.exchange({ routes: [report(fleet, { calls: 20, failures: { capacity: 9 } })] });
    const request = { route: MODEL, governor: fleet.id, ...SAID };
    expect(await images.endDegraded(request)).toEqual({
      governor: fleet.id,
      route: { credential: fleet.credential, model: MODEL, tier: 'standard' },
    });
    expect((await errorOf(images.endDegraded(request))).message).toContain(
      'route must be one that is degraded',
    );
  });
});

describe('a namespace without search attributes', () => {
  it('has its causes in the memos, and woken is who is in them', { timeout: SLOW }, async () => {
    const server = await startDevServer();
    const nearby = await Connection.connect({ address: server.address });
    const there = new Client({ connection: nearby, namespace: server.namespace });
    const local = await startGovernors(there, server);
    try {
      const fleet = await local.start();
      await fleet.exchange({ routes: [report(fleet, LEAKED)] });
      const held = await startWaiting(there, memo(fleet), false);
      const busy = await startWaiting(there, memo(fleet, { phase: 'backing-off' }), false);
      const plain = new GeminiImages({ client: there, store: new MemoryArtifactStore() });
      const groups = await eventually('it by its cause', async () => {
        const found = await plain.causes();
        return found.lookedAt === 2 && found;
      });
      expect([...groups]).toMatchObject([
        { name: `permission@credential:${fleet.credential}`, count: 1, oldest: held },
      ]);
      await eventually('the governor in the list', async () => (await plain.routes()).length === 1);
      const granted = await approveCause(
        { ...context, client: there },
        {
          cause: 'permission',
          route: 'backup',
          until: new Date(Date.now() + 60_000),
          maxCostUsd: 1,
          ...SAID,
        },
      );
      expect(granted).toMatchObject({ woken: 1, left: 0, grant: { evidence: EVIDENCE } });
      expect(await wakes(there, busy)).toBe(0);
    } finally {
      await local.close();
      await nearby.close();
      await server.stop();
    }
  });
});
