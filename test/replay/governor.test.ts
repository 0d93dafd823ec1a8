/**
 * Kept histories of governors: a first run, and one that took over what another knew. A release that cannot
 * replay them, or cannot read the state they carry, stops a fleet that is under way. Add one; never re-record.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { WorkflowBundle } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GovernorView } from '../../src/contract/exchange.ts';
import { ENTITY_UPDATES } from '../../src/contract/names.ts';
import type { GovernorCommand } from '../../src/contract/standing.ts';
import { lentEntities } from '../support/lent-bundle.ts';
import type { Brokers } from '../support/fleet-brokers.ts';
import { startBrokers } from '../support/fleet-brokers.ts';

const NAMES = ['governor-first-run', 'governor-carried'] as const;
type Name = (typeof NAMES)[number];

let workflowBundle: WorkflowBundle;
const isRecording = process.env['RECORD_HISTORIES'] === '1' && NAMES.some((name) => !existsSync(file(name)));
let all: Brokers | undefined;

beforeAll(async () => {
  workflowBundle = { code: (await lentEntities()).code };
  if (!isRecording) return;
  all = await startBrokers();
  await all.serve();
});
afterAll(() => all?.close());

function file(name: Name): string {
  return fileURLToPath(new URL(`./histories/${name}.json`, import.meta.url));
}

function kept(name: Name): ReturnType<typeof historyFromJSON> {
  return historyFromJSON(JSON.parse(readFileSync(file(name), 'utf8')) as object);
}

/** What processes and people do to a governor, once each: the second run begins where the first was closed. */
const COURSES: Readonly<Record<Name, (fleet: Brokers) => Promise<void>>> = {
  'governor-first-run': async (fleet) => {
    const lane = { config: { rpm: 60, rpd: 1_000 } };
    await fleet.ask('p1', { ...lane, wanted: 4 });
    const { at, lanes } = await fleet.ask('p2', { ...lane, wanted: 9 });
    const slots = lanes[0]?.slots.map((ms) => at + ms) ?? [];
    const violations = [{ window: 'minute', unit: 'requests', limit: 50 }] as const;
    const rejections = [{ violations, retryAfterMs: 1_500, slotAt: slots[0] ?? 0, agoMs: 20 }];
    await fleet.ask('p2', { ...lane, wanted: 2, lagMs: 12, rejections, returned: slots.slice(-2) });
    const scope = { kind: 'project', key: 'shop' } as const;
    const paused = await command(fleet, { kind: 'pause', scope, by: 'ann', why: 'a look at the bill' });
    await fleet.ask('p1', lane);
    await command(fleet, { kind: 'resume', hold: paused.holds[0]?.id ?? '', by: 'ann', why: 'it is paid' });
    await fleet.ask('p1', { ...lane, wanted: 1 });
    await fleet.ask('p2', {}, { leaving: true });
  },
  'governor-carried': async (fleet) => {
    await fleet.governor().terminate('by hand');
    await fleet.ask('p1', { wanted: 3 });
    await fleet.ask('p3', { wanted: 3, unpaced: 2 });
  },
};

async function command(fleet: Brokers, told: GovernorCommand): Promise<GovernorView> {
  const update = fleet.governor().executeUpdate<GovernorView, [GovernorCommand]>(ENTITY_UPDATES.command, {
    args: [told],
  });
  return await update;
}

async function record(fleet: Brokers, name: Name): Promise<void> {
  await COURSES[name](fleet);
  const history = historyToJSON(await fleet.governor().fetchHistory());
  // The recorder's process and host are nobody's business.
  const json = history.replaceAll(/"identity":\s*"[^"]*"/g, '"identity": "recorder"');
  writeFileSync(file(name), `${JSON.stringify(JSON.parse(json))}\n`);
}

describe('recorded governors', () => {
  // A new one is recorded with RECORD_HISTORIES=1; a kept history is never written over.
  it.each(NAMES)('%s: this release replays the kept history', async (name) => {
    if (all !== undefined && !existsSync(file(name))) await record(all, name);
    await expect(Worker.runReplayHistory({ workflowBundle }, kept(name), name)).resolves.toBeUndefined();
  });

  it('a governor that answers otherwise than by its update does not replay: the check can fail', async () => {
    const history = kept('governor-first-run');
    const answered = history.events?.find(
      (event) => event.workflowExecutionUpdateCompletedEventAttributes != null,
    );
    if (answered === undefined) throw new Error('the kept history has no answer');
    answered.eventType = 17;
    answered.workflowExecutionUpdateCompletedEventAttributes = null;
    answered.timerStartedEventAttributes = { timerId: '1' };
    await expect(Worker.runReplayHistory({ workflowBundle }, history)).rejects.toThrow();
  });
});
