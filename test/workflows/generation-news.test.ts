/** What a generation's webhooks are told; that without one it costs nothing; that each thing is told once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { UNNAMED_HOLD } from '../../src/domain/route-stop.ts';
import type { DeliverInput } from '../../src/contract/notification.ts';
import { SIGNALS, WAKE_SIGNAL } from '../../src/contract/names.ts';
import type { NotificationEvent } from '../../src/domain/notification.ts';
import type { Subscriber } from '../../src/domain/subscriber.ts';
import { GENERATION_EVENTS } from '../../src/domain/notification.ts';
import { failed, PRO } from '../support/attempts.ts';
import { Courses, failureFrom } from '../support/course.ts';
import { eventually } from '../support/eventually.ts';
import type { Script } from '../support/scripted-activities.ts';
import { devServerEnv } from '../support/servers.ts';
import { heldBy, LOOKING, times } from '../support/standing.ts';

let courses: Courses;
/** In real time: the server that skips time does not any more, nor answers for long, once a child was abandoned. */
beforeAll(async () => {
  courses = await Courses.open(`generation-news-${randomUUID()}`, devServerEnv());
});
afterAll(() => courses.env.teardown());

const OPS: Subscriber = { name: 'ops', events: GENERATION_EVENTS };
const leaked = failed('permission', 'key-leaked');
const asking = { version: 2, permits: { ask: true }, rungs: [PRO] } as const;

interface Told {
  readonly events: readonly NotificationEvent[];
  readonly history: number;
}

/** Runs a generation to its end; what was told by then, and once it is quiet after it. */
async function told(
  script: Script,
  notify: readonly Subscriber[] | undefined,
  act: (handle: WorkflowHandle, delivered: readonly DeliverInput[]) => Promise<unknown>,
  expected: number,
  draft: object = {},
): Promise<Told> {
  const delivered: DeliverInput[] = [];
  const snapshot = { ...script.snapshot, ...(notify === undefined ? {} : { notify }) };
  return await courses.during(
    { ...script, snapshot },
    draft,
    async ({ handle }) => {
      await act(handle, delivered);
      await eventually('all that is told', () => delivered.length >= expected);
      const { events = [] } = await handle.fetchHistory();
      return { events: delivered.map(({ event }) => event), history: events?.length ?? 0 };
    },
    ({ activities }) =>
      Object.assign(activities, {
        'gemini.notify': (input: DeliverInput) => {
          delivered.push(input);
          return Promise.resolve({ status: 204, tookMs: 1 });
        },
      }),
  );
}

const done = (handle: WorkflowHandle): Promise<unknown> => handle.result();

describe('a clean generation', () => {
  it('without a webhook has 12 events, and tells nobody', async () => {
    expect(await told({ calls: ['image'] }, undefined, done, 0)).toEqual({ events: [], history: 12 });
  });

  it('whose webhooks want other events costs nothing more either', async () => {
    const dead: Subscriber = { name: 'ops', events: ['dead'] };
    expect((await told({ calls: ['image'] }, [dead], done, 0)).history).toBe(12);
  });

  it('tells that it is done, with its images and no prompt', async () => {
    const { events } = await told({ calls: ['image'] }, [OPS], done, 1, { prompt: 'a fox', tags: ['shop'] });
    expect(events).toMatchObject([
      {
        type: 'done',
        data: { tags: ['shop'], route: 'default', model: PRO.model, attempts: 1, images: [{ width: 1_024 }] },
      },
    ]);
    expect(events[0]?.id).toBe(`done/${events[0]?.type === 'done' ? events[0].data.run : ''}`);
    expect(JSON.stringify(events)).not.toContain('a fox');
  });

  it('is told to who named its model, and not to who named another', async () => {
    const pro: Subscriber = { ...OPS, name: 'pro', routes: [PRO.model] };
    const flash: Subscriber = { ...OPS, name: 'flash', routes: ['gemini-3.1-flash-lite-image'] };
    expect((await told({ calls: ['image'] }, [pro, flash], done, 1)).events).toHaveLength(1);
  });
});

describe('a generation that dies', () => {
  const dead = failed('policy', 'prohibited-content');

  it('tells why, and who must act', async () => {
    const { events } = await told({ calls: [dead], snapshot: asking }, [OPS], failureFrom, 1);
    expect(events).toMatchObject([
      { type: 'dead', data: { branch: 'policy', reason: 'prohibited-content', attempts: 1 } },
    ]);
    expect(events[0]?.data).toHaveProperty('userAction');
  });

  it('that hides its prompt tells none of the words of a provider', async () => {
    const { events } = await told({ calls: [dead] }, [OPS], failureFrom, 1, { hidePrompt: true });
    expect(events[0]?.data).not.toHaveProperty('message');
  });

  it('of its own request tells that, too', async () => {
    const problem = {
      reason: 'size',
      field: 'size',
      value: '8K',
      allowed: '4K',
      message: 'too large',
    } as const;
    const quota = [
      { kind: 'invalid', problems: [problem], notify: [OPS, { ...OPS, name: 'eu', routes: ['eu'] }] },
    ] as const;
    const { events } = await told({ calls: [], quota: [...quota] }, undefined, failureFrom, 1);
    expect(events).toMatchObject([{ type: 'dead', data: { branch: 'invalid-request', attempts: 0 } }]);
  });
});

describe('a generation that is stuck', () => {
  it('tells its question once, with what may be chosen, and then its end', async () => {
    const { events } = await told(
      { calls: [leaked, 'image'], snapshot: asking },
      [OPS],
      async (handle, delivered) => {
        await eventually('that it is stuck', () => delivered.length === 1);
        const event = delivered[0]?.event;
        const evidence = event?.type === 'stuck' ? event.data.evidence : '';
        await handle.signal(SIGNALS.retryNow, { by: 'ann', why: 'a new key', evidence });
        await handle.result();
      },
      2,
    );
    expect(events.map(({ type }) => type)).toEqual(['stuck', 'done']);
    expect(events[0]).toMatchObject({
      id: expect.stringMatching(/^stuck\/[0-9a-f-]+\/1$/),
      data: { branch: 'permission', reason: 'key-leaked', choices: expect.arrayContaining(['retry']) },
    });
  });

  it('behind a hold tells that once, however often it looks', async () => {
    const { events } = await told(
      {
        calls: ['image'],
        // Its process stops it before the governor has named the hold, and stored evidence comes later still.
        quota: [
          ...times(2, heldBy({ id: UNNAMED_HOLD }, { evidence: 'd'.repeat(64) })),
          ...times(4, heldBy()),
        ],
        snapshot: LOOKING,
      },
      [OPS],
      async (handle, delivered) => {
        await eventually('that it is stuck', () => delivered.length === 1);
        const ended = handle.result().then(() => true);
        let isOver = false;
        void ended.then(() => (isOver = true));
        // Each one is a look.
        await eventually('its end', async () => {
          if (!isOver) await handle.signal(WAKE_SIGNAL).catch(() => undefined);
          return isOver;
        });
      },
      2,
    );
    expect(events.map(({ type }) => type)).toEqual(['stuck', 'done']);
    expect(events[0]?.subject).toMatch(/ is held: permission\/key-leaked$/);
    expect(events[0]?.data).not.toHaveProperty('hold');
  });
});
