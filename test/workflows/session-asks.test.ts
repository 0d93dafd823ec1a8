/** Workflows that wait for a session over its runs and its end, on the time-skipping server. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { notYet } from '../../activities/failures.ts';
import type { Delivery, GenerateInput } from '../../src/contract/generation.ts';
import {
  ASK_SIGNAL,
  FAILURES,
  SESSION_QUERIES,
  SESSION_UPDATES,
  WORKFLOW_TYPES,
} from '../../src/contract/names.ts';
import { sessionId } from '../../src/contract/session-id.ts';
import type { SessionEnd, SessionView } from '../../src/contract/session.ts';
import type * as callers from '../support/caller-workflows.ts';
import { Courses } from '../support/course.ts';
import { eventually } from '../support/eventually.ts';
import { ROOT } from '../support/root.ts';
import { delivery, scripted } from '../support/scripted-activities.ts';

const DAY = 86_400_000;
const SLOW = 120_000;

let bundle: WorkflowBundle;
beforeAll(async () => {
  const workflowsPath = `${ROOT}/test/support/caller-workflows.ts`;
  bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
}, SLOW);

// A server for each test: this one counts a held call against its clock even after that call's session is over.
let courses: Courses;
beforeEach(async () => {
  courses = await Courses.open('session-asks');
}, SLOW);
afterEach(() => courses.env.teardown());

/** A session whose calls wait for `gate`, and workflows that wait for its turns. */
class Waited {
  readonly id = sessionId(randomUUID());
  readonly handle: WorkflowHandle = courses.env.client.workflow.getHandle(this.id);
  readonly gate = Promise.withResolvers<void>();
  readonly calls: string[] = [];
  /** A turn's slot comes in half a day. */
  isLate = false;
  readonly #callers: WorkflowHandle[] = [];

  async during(act: () => Promise<void>): Promise<void> {
    await courses.env.client.workflow.start(WORKFLOW_TYPES.session, {
      workflowId: this.id,
      taskQueue: this.id,
      args: [{ settings: { defaults: {}, overflow: 'fail', idleMs: 30 * DAY } }],
    });
    const scripts = scripted({ calls: [] });
    scripts.activities['gemini.generate'] = async (input: GenerateInput): Promise<Delivery> => {
      this.calls.push(input.generationId);
      // A held call would stop the clock.
      if (this.isLate)
        throw notYet({ kind: 'wait', ms: DAY / 2, why: 'the day is full', limit: 'rpd', place: 1 });
      await this.gate.promise;
      return delivery(input);
    };
    const worker = await courses.workerFor(scripts, this.id, bundle);
    try {
      await worker.runUntil(act);
    } finally {
      for (const each of [...this.#callers, this.handle]) await courses.forget(each);
    }
  }

  async waits(turnId: string): Promise<WorkflowHandle<typeof callers.waits>> {
    const handle = await courses.env.client.workflow.start<typeof callers.waits>('waits', {
      workflowId: `waits-${randomUUID()}`,
      taskQueue: this.id,
      args: [this.id, { turnId, prompt: `draw ${turnId}` }],
    });
    this.#callers.push(handle);
    return handle;
  }

  async view(): Promise<SessionView> {
    return await this.handle.query(SESSION_QUERIES.session);
  }

  /** The same edit again, until its run is over. */
  async goOn(turnId: string): Promise<void> {
    const before = (await this.handle.describe()).runId;
    const args: [object] = [{ turnId, prompt: `draw ${turnId}` }];
    for (let n = 0; n < 210; n += 1) await this.handle.executeUpdate(SESSION_UPDATES.edit, { args });
    await eventually('a new run', async () => (await this.handle.describe()).runId !== before);
  }
}

// The server that skips time hangs now and then where a run goes on as new while its child runs: it gets a new one.
describe('a workflow that waits for a turn', { timeout: SLOW, retry: 2 }, () => {
  it('is answered by whichever run of the session the turn ends in, and one that is gone hinders nobody', async () => {
    const waited = new Waited();
    await waited.during(async () => {
      const [a, again, gone] = [await waited.waits('a'), await waited.waits('a'), await waited.waits('a')];
      await eventually('the call', () => waited.calls.length === 1);
      const b = await waited.waits('b');
      await eventually('both turns', async () => (await waited.view()).turns === 2);
      await gone.signal('finish');
      await gone.result();
      await waited.goOn('b');
      waited.gate.resolve();
      const [one, other, next] = await Promise.all([a.result(), again.result(), b.result()]);
      expect(other).toEqual(one);
      expect([one, next]).toMatchObject([
        { turnId: 'a', generationId: `${waited.id}/a` },
        { turnId: 'b', generationId: `${waited.id}/b` },
      ]);
      expect(waited.calls).toEqual([`${waited.id}/a`, `${waited.id}/b`]);
    });
  });

  it('of a session that was terminated under it is refused, though nobody tells it', async () => {
    const waited = new Waited();
    await waited.during(async () => {
      waited.isLate = true;
      const caller = await waited.waits('a');
      await eventually('the call', () => waited.calls.length === 1);
      await waited.handle.terminate('by hand');
      expect(await caller.result()).toMatchObject({ type: FAILURES.session, isChildFailure: false });
    });
  });
});

it('what nobody can be answered for is not heard, and the session goes on', { timeout: SLOW }, async () => {
  const waited = new Waited();
  waited.gate.resolve();
  await waited.during(async () => {
    for (const junk of [undefined, 'edit', { kind: 'close' }, { kind: 'close', askId: 1, from: 'x' }])
      await waited.handle.signal(ASK_SIGNAL, junk);
    await waited.handle.signal(ASK_SIGNAL, { kind: 'dance', askId: '1', from: 'no such workflow' });
    expect(await (await waited.waits('a')).result()).toMatchObject({ turnId: 'a' });
    // A server that skips time may have let it expire since; nothing else has ended it.
    const { status } = await waited.view();
    const ended = status === 'open' ? status : ((await waited.handle.result()) as SessionEnd).why;
    expect(['open', 'idle']).toContain(ended);
  });
});
