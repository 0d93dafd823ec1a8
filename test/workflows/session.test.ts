/** Sessions over weeks, on the time-skipping server: what calls come to is scripted, the rest is as it is. */
import type { WorkflowHandle } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery, GenerateInput } from '../../src/contract/generation.ts';
import { SESSION_QUERIES, SESSION_UPDATES, WORKFLOW_TYPES } from '../../src/contract/names.ts';
import type {
  AcceptedTurn,
  SessionEnd,
  SessionInput,
  SessionView,
  TurnPage,
  TurnView,
} from '../../src/contract/session.ts';
import { Courses } from '../support/course.ts';
import { eventually } from '../support/eventually.ts';
import { delivery, scripted } from '../support/scripted-activities.ts';

const DAY = 86_400_000;
const SLOW = 120_000;

// A server for each test: this one counts a held call against its clock even after that call's session is over.
let courses: Courses;
beforeEach(async () => {
  courses = await Courses.open('session');
}, SLOW);
afterEach(() => courses.env.teardown());

let sessions = 0;

/** A session and the worker that serves it. */
class Played {
  readonly id = `session-${(sessions += 1)}`;
  readonly handle: WorkflowHandle = courses.env.client.workflow.getHandle(this.id);
  /** What was generated, by generation id. */
  readonly calls: string[] = [];
  /** A call waits for it where it is set. */
  gate: Promise<void> | undefined;

  async start(settings: Partial<SessionInput['settings']> = {}): Promise<void> {
    await courses.env.client.workflow.start(WORKFLOW_TYPES.session, {
      workflowId: this.id,
      taskQueue: this.id,
      args: [{ settings: { defaults: {}, overflow: 'fail', idleMs: 30 * DAY, ...settings } }],
    });
  }

  async during(act: () => Promise<void>): Promise<void> {
    const scripts = scripted({ calls: [] });
    scripts.activities['gemini.generate'] = async (input) => {
      this.calls.push(input.generationId);
      await this.gate;
      return turnOf(input);
    };
    const worker = await courses.workerFor(scripts, this.id);
    try {
      await worker.runUntil(act);
    } finally {
      await courses.forget(this.handle);
    }
  }

  async edit(turnId: string, prompt = `draw ${turnId}`): Promise<AcceptedTurn> {
    return await this.handle.executeUpdate(SESSION_UPDATES.edit, { args: [{ turnId, prompt }] });
  }

  async turns(): Promise<readonly TurnView[]> {
    const all: TurnView[] = [];
    for (let from: number | undefined = 0; from !== undefined;) {
      const page: TurnPage = await this.handle.query(SESSION_QUERIES.turns, from);
      all.push(...page.turns);
      from = page.next;
    }
    return all;
  }

  async ended(turnId: string): Promise<TurnView> {
    return await eventually(`the end of ${turnId}`, async () =>
      (await this.turns()).find(
        (turn) => turn.turnId === turnId && turn.status !== 'running' && turn.status !== 'queued',
      ),
    );
  }

  /** The same edit again, until its run is over: what was accepted counts, and nothing else happens. */
  async goOn(turnId: string): Promise<void> {
    const before = (await this.handle.describe()).runId;
    for (let n = 0; n < 210; n += 1) await this.edit(turnId);
    await eventually('a new run', async () => (await this.handle.describe()).runId !== before);
  }
}

/** Each turn's conversation is told by the digest of its own id, so that it shows what it went on from. */
function turnOf(input: GenerateInput): Delivery {
  const from = input.request.conversation?.past?.sha256 ?? '';
  const image = { kind: 'artifact', sha256: 'a'.repeat(64), mime: 'image/jpeg', bytes: 1_000 } as const;
  const sha256 = `${from}>${input.generationId.split('/').at(-1)}`;
  const past = {
    sha256,
    turns: 1,
    images: 1,
    bytes: 9,
    older: 0,
    chars: 9,
    json: 9,
    tokens: 9,
    signedBy: 'here',
    image,
  };
  return { ...delivery(input), conversation: { past, use: 'verbatim', leftOut: 0 } };
}

function gate() {
  return Promise.withResolvers<void>();
}

describe('a session', { timeout: SLOW }, () => {
  it('goes on in a new run with a turn running and two in the queue: none is lost, none runs twice', async () => {
    const played = new Played();
    await played.start();
    await played.during(async () => {
      const { promise, resolve } = gate();
      played.gate = promise;
      for (const id of ['a', 'b', 'c']) await played.edit(id);
      await eventually('the call', () => played.calls.length === 1);
      await played.goOn('b');
      expect(await played.handle.query<SessionView>(SESSION_QUERIES.session)).toMatchObject({
        ...{ running: 'a', queued: 2, turns: 3 },
      });
      resolve();
      expect((await played.ended('c')).done?.past?.sha256).toBe('>a>b>c');
      expect(played.calls.map((id) => id.split('/').at(-1))).toEqual(['a', 'b', 'c']);
      // What was asked in an earlier run is still known.
      expect(await played.edit('a')).toMatchObject({ generationId: `${played.id}/a`, ahead: 0 });
      expect(played.calls).toHaveLength(3);
    });
  });

  it('ends by itself after its idle time, counted from its last turn', async () => {
    const played = new Played();
    await played.start();
    await played.during(async () => {
      await courses.env.sleep(20 * DAY);
      await played.edit('a');
      await played.ended('a');
      await courses.env.sleep(20 * DAY);
      expect((await played.handle.describe()).status.name).toBe('RUNNING');
      const end = (await played.handle.result()) as SessionEnd;
      expect(end).toMatchObject({ why: 'idle', turns: 1, cost: { sureUsd: 0.1 } });
      const { startTime, closeTime } = await played.handle.describe();
      expect((closeTime?.getTime() ?? 0) - startTime.getTime()).toBeGreaterThan(49 * DAY);
      expect((closeTime?.getTime() ?? 0) - startTime.getTime()).toBeLessThan(51 * DAY);
    });
  });
});
