/** The entity itself, on a server whose time is skipped: what it answers, refuses, carries over, and when a day ends. */
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExchangeAnswer, GovernorView, LaneAnswer } from '../../src/contract/exchange.ts';
import { ENTITY_QUERIES, ENTITY_UPDATES, FAILURES, governorWorkflowId } from '../../src/contract/names.ts';
import type { GovernorState } from '../../src/governor/state.ts';
import type { EntityWorker } from '../../src/plugin/entity-worker.ts';
import { createEntityWorker } from '../../src/plugin/entity-worker.ts';
import { msToPacificMidnight } from '../../src/quota/pacific.ts';
import { TemporalGovernorLink } from '../../src/quota/temporal-governor-link.ts';
import { ASKED, asking } from '../support/asking.ts';
import { lentEntities } from '../support/lent-bundle.ts';
import { errorOf, eventually } from '../support/eventually.ts';
import { governorHistory } from '../support/governor-history.ts';
import { timeSkippingEnv } from '../support/servers.ts';

const HOUR = 3_600_000;
const LIMITS = { config: { rpm: 60 } };

let env: TestWorkflowEnvironment;
let worker: EntityWorker;

async function serve(): Promise<EntityWorker> {
  const { codePath } = await lentEntities();
  const made = await createEntityWorker({ connection: env.nativeConnection }, { codePath });
  made.run();
  return made;
}

beforeAll(async () => {
  env = await timeSkippingEnv();
  worker = await serve();
});
afterAll(async () => {
  await worker.stop();
  await env.teardown();
});

/** A governor of its own for each test. */
class Governed {
  readonly id: string;
  readonly #link = new TemporalGovernorLink(env.client);
  readonly #asked = new Map<string, number>();

  constructor(name: string) {
    this.id = `google/ai-studio/${name}`;
  }

  get handle(): WorkflowHandle {
    return env.client.workflow.getHandle(governorWorkflowId(this.id));
  }

  /** The next exchange of a process, with the server's time. */
  async ask(
    process: string,
    lane: Parameters<typeof asking>[3] = {},
    given: Parameters<typeof asking>[4] = {},
  ): Promise<ExchangeAnswer & { readonly lane: LaneAnswer }> {
    const n = (this.#asked.get(process) ?? 0) + 1;
    this.#asked.set(process, n);
    const request = asking(process, n, await env.currentTimeMs(), { ...LIMITS, ...lane }, given);
    const answer = await this.#link.exchange(this.id, request);
    return { ...answer, lane: answer.lanes[0] as LaneAnswer };
  }

  async repeat(request: ReturnType<typeof asking>): Promise<ExchangeAnswer> {
    return await this.#link.exchange(this.id, request);
  }

  view(): Promise<GovernorView> {
    return this.handle.query<GovernorView>(ENTITY_QUERIES.governor);
  }

  state(): Promise<GovernorState> {
    return this.handle.query<GovernorState>(ENTITY_QUERIES.state);
  }
}

/** Updates in its history, refused ones included. */
async function updates({ handle }: Governed): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter(
    (event) =>
      event.workflowExecutionUpdateAcceptedEventAttributes != null ||
      event.workflowExecutionUpdateRejectedEventAttributes != null,
  ).length;
}

/** Slots by the governor's clock: their names. */
function times({ at, lanes }: ExchangeAnswer): readonly number[] {
  return lanes.flatMap(({ slots }) => slots.map((ms) => at + ms));
}

describe('exchange', () => {
  it('is one update, answered with slots that nobody else has', async () => {
    const governor = new Governed('update');
    const [one, other] = [await governor.ask('p1', { wanted: 3 }), await governor.ask('p2', { wanted: 3 })];
    expect(one.lane).toMatchObject({ kind: 'paced', binding: { limit: 60, source: 'config' } });
    expect(times(one)).toHaveLength(3);
    expect(new Set([...times(one), ...times(other)]).size).toBe(6);
    const { exchanges, failedTasks } = await governorHistory(env.client, governor.handle.workflowId);
    expect(exchanges.map(({ answer }) => answer.requestId)).toEqual(['p1-1', 'p2-1']);
    expect(failedTasks).toEqual([]);
  });

  it('repeated it is answered as it was, also by a later run', async () => {
    const governor = new Governed('repeated');
    const lost = asking('early', 1, await env.currentTimeMs(), { ...LIMITS, wanted: 3 });
    const first = await governor.repeat(lost);
    expect(await governor.repeat(lost)).toMatchObject({
      at: first.at,
      lanes: [{ slots: first.lanes[0]?.slots }],
    });
    const { runId } = await governor.handle.describe();
    await eventually('the next run', async () => {
      await Promise.all(['p1', 'p2', 'p3', 'p4'].map((process) => governor.ask(process)));
      return (await governor.handle.describe()).runId !== runId;
    });
    const again = await governor.repeat(lost);
    expect([again.at, times(again)]).toEqual([first.at, times(first)]);
    expect((await governor.view()).processes).toHaveLength(5);
  });

  it('that is no exchange is refused, and is not history', async () => {
    const governor = new Governed('malformed');
    await governor.ask('p1');
    for (const argument of [undefined, {}, { requestId: 'r', process: 'p', lanes: 'many' }, 7, null]) {
      const refusal = await errorOf(
        governor.handle.executeUpdate(ENTITY_UPDATES.exchange, { args: [argument] }),
      );
      expect(refusal).toBeInstanceOf(WorkflowUpdateFailedError);
      expect(refusal.cause).toMatchObject({
        type: FAILURES.command,
        message: expect.stringContaining('not an ExchangeRequest') as string,
      });
    }
    expect(await updates(governor)).toBe(1);
    expect((await governor.ask('p1', { wanted: 1 })).lane.slots).toHaveLength(1);
  });
});

describe('command', () => {
  it('that cannot be done is refused with words, and is not history', async () => {
    const governor = new Governed('refused');
    await governor.ask('p1');
    const args = [{ kind: 'resume', hold: 'h-9', by: 'ann', why: 'fixed' }] as const;
    const refusal = await errorOf(governor.handle.executeUpdate(ENTITY_UPDATES.command, { args: [...args] }));
    expect(refusal.cause).toMatchObject({
      type: FAILURES.command,
      message: expect.stringContaining('h-9') as string,
    });
    expect(await updates(governor)).toBe(1);
  });

  it('a pause stops every process at its next exchange', async () => {
    const governor = new Governed('paused');
    await governor.ask('p1');
    const scope = { kind: 'project', key: 'paused' };
    const args = [{ kind: 'pause', scope, by: 'ann', why: 'the bill is being looked at' }] as const;
    const { holds } = await governor.handle.executeUpdate<GovernorView, [object]>(ENTITY_UPDATES.command, {
      args: [...args],
    });
    expect(holds).toMatchObject([{ scope, branch: 'operator', by: 'ann' }]);
    for (const process of ['p1', 'p2']) {
      expect((await governor.ask(process)).stops).toMatchObject([{ kind: 'hold', hold: { scope } }]);
    }
  });
});

describe('closed by hand', () => {
  it('its successor knows what it knew: leases, limits, the day', async () => {
    const governor = new Governed('terminated');
    const before = await governor.ask('p1', { config: { rpm: 600, rpd: 10 }, wanted: 6 });
    await governor.handle.terminate('by hand');
    const after = await governor.ask('p2', { config: { rpm: 600, rpd: 10 }, wanted: 9 });
    expect(after.epoch).toBe(before.epoch);
    expect(new Set([...times(before), ...times(after)]).size).toBe(
      times(before).length + times(after).length,
    );
    // Ten a day, whoever runs.
    expect(times(before).length + times(after).length).toBe(10);
  });

  it('with nobody there who could read it: nothing is leased for a window, and half of the day is taken', async () => {
    const governor = new Governed('lost');
    const lane = { config: { rpm: 60, rpd: 100 }, wanted: 9 };
    const { epoch } = await governor.ask('p1', lane);
    await worker.stop();
    await governor.handle.terminate('by hand');
    const knows = { epoch };
    await errorOf(governor.ask('p1', lane, knows));
    worker = await serve();

    const quiet = await governor.ask('p1', lane, knows);
    expect(quiet.lane.slots).toEqual([]);
    expect(quiet.lane.closed?.by).toBe('pause');
    expect(quiet.lane.closed?.ms).toBeGreaterThan(60_000);
    await env.sleep(quiet.lane.closed?.ms ?? 0);
    const later = await governor.ask('p1', lane, knows);
    // Evenly spaced: a second apart, as if the window before had been full.
    expect(later.lane.slots.length).toBeGreaterThan(0);
    expect(later.lane.slots.length).toBeLessThanOrEqual(8);
    expect((await governor.state()).lanes[ASKED]?.dayIsUnknown).toBe(true);
    expect((await governor.ask('p1', { config: { rpm: 60, rpd: 2 } }, knows)).lane.closed?.by).toBe('rpd');
  });
});

describe('a day', () => {
  /** Midnight in California at which a day of so many hours begins. */
  async function midnightOf(hours: number): Promise<number> {
    let at = await env.currentTimeMs();
    do at += msToPacificMidnight(at);
    while (msToPacificMidnight(at) !== hours * HOUR);
    return at;
  }

  it.each([24, 23, 25])('of %i hours: what it allows comes back at its end, not before', async (hours) => {
    const governor = new Governed(`day-${hours}`);
    const begins = await midnightOf(hours);
    await env.sleep(begins + HOUR - (await env.currentTimeMs()));
    const lane = { config: { rpm: 60, rpd: 3 }, wanted: 5 };
    expect((await governor.ask('p1', lane)).lane.slots).toHaveLength(3);
    await env.sleep(HOUR);

    const { at, lane: spent } = await governor.ask('p1', lane);
    expect([spent.slots, spent.closed?.by]).toEqual([[], 'rpd']);
    const opens = at + (spent.closed?.ms ?? 0);
    const ends = begins + hours * HOUR;
    expect(opens).toBeGreaterThan(ends);
    expect(opens).toBeLessThan(ends + 2_000);
    await env.sleep(ends - at - 60_000);
    expect((await governor.ask('p1', lane)).lane.slots).toEqual([]);
    await env.sleep(62_000);
    expect((await governor.ask('p1', lane)).lane.slots).toHaveLength(3);
  });
});
